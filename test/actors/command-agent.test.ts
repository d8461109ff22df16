import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandAgent } from '../../src/actors/programs/command-agent.ts';
import { live, nodeAgent, ran } from './children.ts';
import { aContext, aTask } from './work.ts';

const directory = mkdtempSync(join(tmpdir(), 'troupe-command-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ECHO_STDIN = 'process.stdin.pipe(process.stdout)';

describe('what goes into a command', () => {
  it('arguments arrive untouched, whatever is in them', async () => {
    const nasty = [
      'two words',
      `"double" 'single'`,
      'line\nbreak',
      '$(touch x) `id` ${HOME} $HOME',
      '; rm -rf *',
      '\\',
      '',
      '☃ é',
      'a\tb',
      '--',
      '-n',
      '%PATH%',
    ];
    const args = nasty.map((_, index) => `{{params.list[${index}]}}`);
    const agent = nodeAgent('process.stdout.write(JSON.stringify(process.argv.slice(1)))', { output: 'json' }, ...args);
    expect(await agent.perform(aTask({ params: { list: nasty } }), aContext())).toEqual({ ok: true, output: nasty });
  });

  it('the environment holds what is allowed and nothing else', async () => {
    process.env.TROUPE_TEST_SECRET = 'secret';
    process.env.PASSED_ON = 'passed';
    const report = await ran('process.stdout.write(JSON.stringify(process.env))', {
      output: 'json',
      env: ['PASSED_ON', 'GIVEN=a=b', 'ABSENT'],
    });
    const env = (report.ok ? report.output : {}) as Record<string, string>;
    const known = [
      'PATH',
      'HOME',
      'LANG',
      'TERM',
      'TZ',
      'TMPDIR',
      'PASSED_ON',
      'GIVEN',
      'TROUPE_RUN',
      'TROUPE_STEP',
      'TROUPE_ATTEMPT',
      'TROUPE_TASK_KEY',
      'TROUPE_MARK',
    ];
    expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([]);
    expect(env).toMatchObject({
      PASSED_ON: 'passed',
      GIVEN: 'a=b',
      TROUPE_RUN: 'run',
      TROUPE_STEP: 'step',
      TROUPE_ATTEMPT: '1',
      TROUPE_TASK_KEY: 'run/step#1',
    });
  });

  it('a map sets values and passes on what it names with null', async () => {
    process.env.PASSED_ON = 'passed';
    const report = await ran('const { N, B, PASSED_ON } = process.env; console.log(N, B, PASSED_ON)', {
      env: { N: 1, B: false, PASSED_ON: null },
    });
    expect(report).toMatchObject({ ok: true, output: { stdout: '1 false passed\n' } });
  });

  it('stdin holds the task as JSON, a text of it, or nothing', async () => {
    const task = aTask({ params: { prompt: 'write é\n', n: 1 } });
    expect(await nodeAgent(ECHO_STDIN, { output: 'json' }).perform(task, aContext())).toEqual({ ok: true, output: task });
    expect(await nodeAgent(ECHO_STDIN, { input: 'text' }).perform(task, aContext())).toMatchObject({ output: { stdout: 'write é\n' } });
    expect(await nodeAgent(ECHO_STDIN, { input: 'none' }).perform(task, aContext())).toMatchObject({ output: { stdout: '' } });
    const silent = aTask({ params: { n: 1 } });
    expect(await nodeAgent(ECHO_STDIN, { input: 'text' }).perform(silent, aContext())).toMatchObject({ output: { stdout: '{"n":1}' } });
  });

  it('a program that ignores or closes its stdin is none the worse for it, however much there is to read', async () => {
    const params = { params: { text: 'x'.repeat(4_000_000) } };
    expect(await ran('process.exitCode = 0', {}, params)).toMatchObject({ ok: true });
    expect(await ran(`process.stdin.destroy(); process.stdout.write('closed')`, {}, params)).toMatchObject({
      ok: true,
      output: { stdout: 'closed' },
    });
  });

  it('it works where it is told to', async () => {
    expect(await ran('process.stdout.write(process.cwd())', { cwd: directory })).toMatchObject({ output: { stdout: directory } });
  });

  it('a cancelled attempt starts no process', async () => {
    const context = aContext();
    context.abort();
    const agent = commandAgent('child', { command: ['/nowhere/at/all'] });
    expect(await agent.perform(aTask(), context)).toMatchObject({ ok: false, error: { code: 'AGENT_FAILED', message: 'enough' } });
  });
});

describe('what comes out of a command', () => {
  it('text is kept with the exit code, both streams apart', async () => {
    const report = await ran(`process.stdout.write('out\\n'); process.stderr.write('err\\n'); process.exitCode = 3`, {
      okExitCodes: [0, 3],
    });
    expect(report).toEqual({ ok: true, output: { exitCode: 3, stdout: 'out\n', stderr: 'err\n' } });
  });

  it('nothing said is an empty text, or null', async () => {
    expect(await ran('')).toEqual({ ok: true, output: { exitCode: 0, stdout: '', stderr: '' } });
    expect(await ran('', { output: 'json' })).toEqual({ ok: true, output: null });
  });

  it('what is not JSON is refused with the end of what was said', async () => {
    const report = await ran(`console.log('Done!'); console.error('why')`, { output: 'json' });
    expect(report).toMatchObject({
      ok: false,
      thrown: true,
      error: { code: 'AGENT_OUTPUT_INVALID', details: { stdout: 'Done!', stderr: 'why' } },
    });
  });

  it('JSON is held to the limits of every output', async () => {
    const report = await ran(`process.stdout.write('['.repeat(1e5) + ']'.repeat(1e5))`, { output: 'json' });
    expect(report).toMatchObject({ ok: false, error: { code: 'AGENT_OUTPUT_INVALID', message: expect.stringContaining('deeper') } });
  });

  it('a report is JSON with output, variables and writes, and nothing else', async () => {
    const print = (said: unknown) => ran(`process.stdout.write(${JSON.stringify(JSON.stringify(said))})`, { output: 'report' });
    const report = { output: [1], variables: { v: 1 }, writes: { plan: 2 } };
    expect(await print(report)).toEqual({ ok: true, ...report });
    expect(await print({})).toEqual({ ok: true, output: null });
    for (const said of [[1], 'text', { outputs: 1 }]) {
      expect(await print(said)).toMatchObject({ ok: false, thrown: true, error: { code: 'AGENT_OUTPUT_INVALID' } });
    }
  });

  it('a report may be an error: its message, its details, and the service that it came from', async () => {
    const print = (said: unknown, exitCode = 0) =>
      ran(`process.exitCode = ${exitCode}; process.stdout.write(${JSON.stringify(JSON.stringify(said))})`, { output: 'report' });
    const down = { error: { message: 'no answer', service: 'github', details: { status: 502 } }, usage: { tokens: 3 } };
    expect(await print(down)).toEqual({
      ok: false,
      thrown: false,
      error: { code: 'AGENT_FAILED', message: 'no answer', details: { status: 502, service: 'github' } },
      usage: { tokens: 3 },
    });
    expect(await print(down, 3)).toMatchObject({
      error: {
        code: 'COMMAND_EXITED',
        message: expect.stringMatching(/exit code 3: no answer$/u),
        details: { service: 'github', exitCode: 3 },
      },
    });
    for (const wrong of [{ error: 'x' }, { error: { message: 'x', service: 3 } }, { ...down, output: 1 }])
      expect(await print(wrong)).toMatchObject({ error: { code: 'AGENT_OUTPUT_INVALID' } });
  });

  it('lines of stderr that say so are reports of progress, the rest is chatter', async () => {
    const child = live(
      nodeAgent(`console.error('::troupe progress 40\\nworking\\n::troupe phase test'); console.log('::troupe progress 90')`),
    );
    await child.report;
    expect(child.reports).toEqual([{ percent: 40 }, { phase: 'test' }]);
    expect(child.notes).toEqual(
      expect.arrayContaining([
        { stream: 'stderr', line: 'working' },
        { stream: 'stdout', line: '::troupe progress 90' },
      ]),
    );
  });

  it('a failing exit code is the program’s own word, with its last lines', async () => {
    const program = `for (let n = 0; n < 100; n++) console.error('line', n); console.error('\\u001b[31mit broke\\u001b[0m'); process.exit(2)`;
    expect(await ran(program)).toMatchObject({
      ok: false,
      thrown: false,
      error: {
        code: 'COMMAND_EXITED',
        message: expect.stringMatching(/exit code 2: it broke$/),
        details: { exitCode: 2, stderr: expect.stringMatching(/^line 81\n/) },
      },
    });
  });

  it('an end by a signal says that the performer broke', async () => {
    expect(await ran(`process.kill(process.pid, 'SIGKILL')`)).toMatchObject({
      ok: false,
      thrown: true,
      error: { code: 'COMMAND_EXITED', details: { exitCode: null, signal: 'SIGKILL' } },
    });
  });

  it('bytes that are not UTF-8 are replaced, and that is noted', async () => {
    const child = live(nodeAgent(`process.stdout.write(Buffer.from([0x61, 0xff, 0xfe, 0x62]))`));
    expect(await child.report).toMatchObject({ ok: true, output: { stdout: 'a\ufffd\ufffdb', invalidUtf8: true } });
    expect(child.notes).toContainEqual(expect.stringContaining('not UTF-8'));
    expect(await ran(`process.stdout.write(Buffer.from([0x22, 0xff, 0x22]))`, { output: 'json' })).toEqual({ ok: true, output: '\ufffd' });
  });

  it('too much output ends the program, even one that is deaf to TERM, and is no matter of retrying', async () => {
    const program = `process.on('SIGTERM', () => {}); const chunk = Buffer.alloc(1e6, 120); let n = 0;
      const go = () => { while (n++ < 100) if (!process.stdout.write(chunk)) return process.stdout.once('drain', go); }; go(); setInterval(() => {}, 1e6)`;
    const report = await ran(program, { graceMs: 20 });
    expect(report).toMatchObject({
      ok: false,
      thrown: true,
      error: { code: 'COMMAND_OUTPUT_TOO_LARGE', retryable: false, details: { maxOutputBytes: 1_048_576 } },
    });
  });

  it('output up to the limit is whole', async () => {
    const report = await ran(`process.stdout.write('x'.repeat(100_000))`, { maxOutputBytes: 100_000 });
    expect(report).toMatchObject({ ok: true, output: { stdout: 'x'.repeat(100_000) } });
  });

  it('of a long stderr the end is kept', async () => {
    const report = await ran(`process.stderr.write('é'.repeat(200_000) + 'end')`);
    const stderr = report.ok ? String((report.output as { stderr: string }).stderr) : '';
    expect([Buffer.byteLength(stderr) <= 65_536, stderr.length > 30_000, /^é+end$/.test(stderr)]).toEqual([true, true, true]);
  });
});

describe('a command that cannot be started', () => {
  const plain = join(directory, 'plain.txt');
  writeFileSync(plain, 'text');
  const report = (command: string[], cwd = directory) =>
    commandAgent('child', { command, cwd }).perform(aTask({ params: { big: 'x'.repeat(300_000) } }), aContext());

  it.each([
    ['no such program', ['troupe-no-such-program', 'x'], /there is no program "troupe-no-such-program"/, /install it/],
    ['no such path', ['./nothing-here'], /there is no program/, /the path is taken from/],
    ['not executable', [plain], /not a program this system can execute/, /chmod/],
  ])('%s: COMMAND_NOT_FOUND with advice, and retrying does not help', async (_, command, message, hint) => {
    expect(await report(command)).toMatchObject({
      ok: false,
      thrown: true,
      error: { code: 'COMMAND_NOT_FOUND', retryable: false, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    });
  });

  it('a missing working directory is not blamed on the program', async () => {
    expect(await report([process.execPath], join(directory, 'absent'))).toMatchObject({
      error: { message: expect.stringContaining('working directory') },
    });
  });

  it('arguments that are too long are told so', async () => {
    expect(await report([process.execPath, 'x={{params.big}}'])).toMatchObject({
      ok: false,
      error: { code: 'AGENT_FAILED', retryable: false, hint: expect.stringContaining('stdin') },
    });
  });
});
