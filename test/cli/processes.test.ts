/** The command as a process of its own: signals, exit codes, pipes, death. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundleCommand } from '../../scripts/build/bundle-command.ts';
import { folderWith, WORKFLOWS } from './some-files.ts';

const place = mkdtempSync(join(tmpdir(), 'troupe-built-'));
const command = join(place, 'troupe.mjs');

beforeAll(() => bundleCommand(command));
afterAll(() => rmSync(place, { recursive: true, force: true }));

class Process {
  out = '';
  err = '';
  readonly child: ChildProcess;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  readonly #waiting: { pattern: RegExp; found: () => void }[] = [];

  constructor(cwd: string, words: readonly string[], file = process.execPath, before: readonly string[] = [command]) {
    this.child = spawn(file, [...before, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.out += chunk.toString();
      for (const { pattern, found } of this.#waiting) if (pattern.test(this.out)) found();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.err += chunk.toString();
    });
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(code ?? signal)));
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  printed(pattern: RegExp): Promise<void> {
    return new Promise((found, reject) => {
      this.#waiting.push({ pattern, found });
      if (pattern.test(this.out)) found();
      void this.ended.then((code) => reject(new Error(`ended with ${code} before it printed ${pattern}: ${this.out}${this.err}`)));
    });
  }
}

const start = (cwd: string, ...words: string[]): Process => new Process(cwd, words);

async function finish(cwd: string, ...words: string[]): Promise<{ code: number | NodeJS.Signals | null; out: string; err: string }> {
  const started = start(cwd, ...words);
  const code = await started.ended;
  return { code, out: started.out, err: started.err };
}

/** Three steps by a program that writes its task's key into a log and, at its first attempt, ends only when a file `go` is there. */
const SLOW = {
  'workflow.yml': `name: slow
steps:
  - {id: a, type: persona-request, persona: worker, params: {waits: false}}
  - {id: b, type: persona-request, persona: worker, params: {waits: true}, dependencies: [a]}
  - {id: c, type: persona-request, persona: worker, params: {waits: false}, dependencies: [b]}
`,
  'worker.mjs': `import { appendFileSync, existsSync, readFileSync, watch } from 'node:fs';
const { key, params } = JSON.parse(readFileSync(0, 'utf8'));
appendFileSync('effects.log', key + '\\n');
const done = () => existsSync('go') && (console.log('{"ok":true}'), process.exit(0));
if (!params.waits) { console.log('{"ok":true}'); process.exit(0); }
watch('.', done);
done();
`,
  'crew.yml': 'agents:\n  worker: {kind: command, command: [node, worker.mjs], output: json, grace: 100ms}\n',
};

const effects = (cwd: string): string[] => readFileSync(join(cwd, 'effects.log'), 'utf8').trim().split('\n');

describe('the command, from the first file to the last fact', () => {
  it('init, validate, plan, run, ps, show, logs, replay', async () => {
    const cwd = folderWith({});
    for (const words of [['init'], ['validate', '.'], ['plan', 'workflow.yml'], ['run', 'workflow.yml', '--id', 'first'], ['ps']]) {
      expect(await finish(cwd, ...words)).toMatchObject({ code: 0, err: '' });
    }
    for (const words of [
      ['show', 'latest'],
      ['logs', 'f'],
      ['replay', 'first', '--until', '2'],
    ]) {
      expect(await finish(cwd, ...words)).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringContaining(words[0] === 'logs' ? 'plan#1' : 'first'),
      });
    }
  });

  it('ends with 5 for an unknown run and with 3 for an invalid file, never with a stack', async () => {
    const cwd = folderWith({ 'bad.yml': 'name: bad\nsteps: 3\n' });
    const unknown = await finish(cwd, 'show', 'nope');
    const invalid = await finish(cwd, 'run', 'bad.yml');
    expect([unknown.code, invalid.code]).toEqual([5, 3]);
    expect(unknown.err + invalid.err).not.toMatch(/^ +at /m);
  });

  it('every command prints JSON with --json, errors included', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOWS.one, 'crew.yml': 'agents:\n  worker: {kind: scripted, script: {"*": {}}}\n' });
    const documents = [['validate', '.'], ['plan', '.'], ['graph', '.'], ['ps'], ['schema'], ['show', 'nope'], ['rum']];
    const outs = await Promise.all(documents.map(async (words) => (await finish(cwd, ...words, '--json')).out));
    expect(() => outs.map((out) => JSON.parse(out))).not.toThrow();
    const { out } = await finish(cwd, 'run', '.', '--json');
    expect(() =>
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).not.toThrow();
  });

  it('a reader that has seen enough ends it quietly', async () => {
    const cwd = folderWith({});
    const shell = new Process(cwd, ['-c', `"${process.execPath}" "${command}" schema | head -n 1`], '/bin/sh', []);
    expect(await shell.ended).toBe(0);
    expect({ out: shell.out, err: shell.err }).toEqual({ out: '{\n', err: '' });
  });
});

describe('a run whose process ends', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s is saved, and resumed under the same keys: nothing completed runs again',
    async (signal) => {
      const cwd = folderWith(SLOW);
      const run = start(cwd, 'run', '.', '--id', 'x');
      await run.printed(/b +started/);
      run.child.kill(signal);
      expect(await run.ended).toBe(130);
      expect(run.out).toContain(`resume x`);
      writeFileSync(join(cwd, 'go'), '');
      expect((await finish(cwd, 'resume')).code).toBe(0);
      expect(new Set(effects(cwd))).toEqual(new Set(['x/a#1', 'x/b#1', 'x/c#1']));
      expect(effects(cwd).filter((key) => key === 'x/a#1')).toHaveLength(1);
    },
  );

  it('by kill -9 too, and its store is free at once', async () => {
    const cwd = folderWith(SLOW);
    const run = start(cwd, 'run', '.', '--id', 'x');
    await run.printed(/b +started/);
    run.child.kill('SIGKILL');
    expect(await run.ended).toBe('SIGKILL');
    expect((await finish(cwd, 'ps')).out).toMatch(/x +slow +unfinished +1\/3/);
    writeFileSync(join(cwd, 'go'), '');
    const resumed = await finish(cwd, 'resume', 'x');
    expect(resumed.code).toBe(0);
    expect(resumed.out).toMatch(/\(run\) +resumed +again: b#1/);
    expect(effects(cwd).filter((key) => key === 'x/a#1')).toHaveLength(1);
  });

  it('leaves no program of its agents behind', async () => {
    const cwd = folderWith({
      ...SLOW,
      'worker.mjs': `import { writeFileSync } from 'node:fs';\nwriteFileSync('pid', String(process.pid));\nconsole.error('here');\nsetInterval(() => {}, 1000);\n`,
    });
    const run = start(cwd, 'run', '.', '--id', 'x', '--json');
    await run.printed(/"line":"here"/);
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).not.toThrow();
    run.child.kill('SIGINT');
    await run.ended;
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});

describe('an agent that throws where nobody catches', () => {
  it('ends the command with 1 and words, not with a stack, unless that is asked for; the run is saved', async () => {
    const agent = "export const worker = () => new Promise(() => setTimeout(() => { throw new Error('out of nowhere'); }, 1));\n";
    const crew = 'agents:\n  worker: {kind: module, module: ./agent.mjs, export: worker}\n';
    const cwd = folderWith({ 'workflow.yml': WORKFLOWS.one, 'crew.yml': crew, 'agent.mjs': agent });
    const { code, err } = await finish(cwd, 'run', '.', '--id', 'x');
    expect(code).toBe(1);
    expect(err).toContain('an error was thrown where nobody catches it: out of nowhere (INTERNAL)');
    expect(err).not.toMatch(/^ +at /m);
    const debugged = new Process(cwd, ['TROUPE_DEBUG=1', process.execPath, command, 'resume', 'x'], 'env', []);
    expect(await debugged.ended).toBe(1);
    expect(debugged.err).toMatch(/^ +at .*agent\.mjs/m);
    expect((await finish(cwd, 'ps')).out).toMatch(/x +one +unfinished/);
  });
});

describe('two processes on one store', () => {
  it('the second one that writes ends with 6; looking, signals and cancel work', async () => {
    const cwd = folderWith(SLOW);
    const run = start(cwd, 'run', '.', '--id', 'x');
    await run.printed(/b +started/);
    const second = await finish(cwd, 'run', '.');
    expect(second.code).toBe(6);
    expect(second.err).toMatch(/STORE_LOCKED[\s\S]*logs x -f/);
    const follower = start(cwd, 'logs', 'x', '-f');
    await follower.printed(/a#1 completed/);
    expect((await finish(cwd, 'cancel', 'x', '--reason', 'enough')).code).toBe(0);
    expect(await run.ended).toBe(1);
    expect(await follower.ended).toBe(0);
    expect(follower.out).toMatch(/cancel requested: enough +→ withdraws b#1, ends cancelled/);
    expect(existsSync(join(cwd, '.troupe', 'control.sock'))).toBe(false);
    appendFileSync(join(cwd, 'go'), '');
    expect((await finish(cwd, 'run', '.')).code).toBe(0);
  });

  it('a question outlives the process that asked it, and is answered once by another', async () => {
    const steps = `
  - {id: ask, type: approval, subject: Ship it?}
  - {id: ship, type: persona-request, persona: worker, dependencies: ask}
`;
    const crew = 'agents:\n  worker: {kind: scripted, script: {"*": {}}}\n';
    const cwd = folderWith({ 'workflow.yml': `name: asking\nsteps:${steps}`, 'crew.yml': crew });
    const run = start(cwd, 'run', '.', '--id', 'x', '--wait');
    await run.printed(/ask +asked/);
    run.child.kill('SIGKILL');
    expect(await run.ended).toBe('SIGKILL');
    expect((await finish(cwd, 'inbox', '--quiet')).out).toBe('x ask\n');
    expect(await finish(cwd, 'approve', 'x', '--by', 'ann')).toMatchObject({ code: 0, err: '' });
    expect(await finish(cwd, 'approve', 'x', 'ask', '--by', 'ann')).toMatchObject({ code: 0, err: '' });
    expect((await finish(cwd, 'resume', 'x')).code).toBe(0);
    const { out } = await finish(cwd, 'logs', 'x');
    expect(out.match(/ship#\d+ completed/gu)).toEqual(['ship#1 completed']);
  });

  it('a paused run keeps its process awake until it is unpaused', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOWS.approval, 'crew.yml': 'agents:\n  worker: {kind: scripted, script: {"*": {}}}\n' });
    const run = start(cwd, 'run', '.', '--id', 'x', '--wait');
    await run.printed(/b +completed/);
    await finish(cwd, 'pause', 'x');
    await finish(cwd, 'signal', 'x', 'go');
    await finish(cwd, 'unpause', 'x');
    expect(await run.ended).toBe(0);
  });
});
