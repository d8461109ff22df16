import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { begin, troupe } from './fake-surroundings.ts';
import { crewOf, folderWith, HANGING, WILLING, WORKFLOWS } from './some-files.ts';
import { TerminalEmulator } from './terminal-emulator.ts';

const one = (crew: string) => folderWith({ 'workflow.yml': WORKFLOWS.one, 'crew.yml': crew });
const approval = (crew = WILLING) => folderWith({ 'workflow.yml': WORKFLOWS.approval, 'crew.yml': crew });
const lines = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('run', () => {
  it('shows one line for each transition, then how it went, where it is kept and what to type next', async () => {
    const { code, out, err } = await troupe(['run', '.', '--id', 'first'], { cwd: one(WILLING) });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const clock = String.raw`\d\d:\d\d:\d\d`;
    expect(out).toMatch(
      new RegExp(
        [
          `^${clock}  \\(run\\)  started    one  first`,
          `${clock}  work   started    worker`,
          `${clock}  work   completed  \\d+ ms`,
          `${clock}  \\(run\\)  completed`,
          '',
          '✓ completed  one  first  in \\d+ ms',
          '  steps    1 completed',
          '  outputs  work: {"ok":true}',
          '  kept in  \\.troupe',
          '  next     troupe show first\n$',
        ].join('\n'),
      ),
    );
  });

  it('names steps that nobody knew of before the run in full', async () => {
    const workflow =
      'name: many\nsteps: [{id: each, type: map, over: "[1, 2]", steps: [{id: work, type: persona-request, persona: worker}]}]';
    const { out } = await troupe(['run', '.'], { cwd: folderWith({ 'workflow.yml': workflow, 'crew.yml': WILLING }) });
    const completed = Array.from(out.matchAll(/ (\S+) +completed/gu), ([, step]) => step);
    expect(completed).toEqual(expect.arrayContaining(['each[0]/work', 'each[0]', 'each[1]/work', 'each[1]', 'each']));
  });

  it('with --json prints events as JSON lines and the result as the last one', async () => {
    const { code, out } = await troupe(['run', '.', '--json', '--id', 'first'], { cwd: one(WILLING) });
    const events = lines(out);
    expect(events.map(({ type }) => type)).toEqual(['run.started', 'task.started', 'step.settled', 'run.ended', 'run.result']);
    expect(events.at(-1)).toMatchObject({ run: 'first', status: 'completed', exitCode: code, outputs: { work: { ok: true } } });
  });

  it('with --json also prints how members get along, as far as no other event says it', async () => {
    const side = (id: string) => `{id: ${id}, type: persona-request, persona: worker, writes: [plan]}`;
    const conflicts = '{ladder: [automatic], timeout: 1s}';
    const workflow = `name: both\nshared: {plan: none}\nsteps:\n  - {id: g, type: parallel, conflicts: ${conflicts}, steps: [${side('a')}, ${side('b')}]}\n`;
    const crew = `agents:\n  worker: {kind: scripted, script: {a: {output: 1, writes: {plan: x}}, b: {output: 2, writes: {plan: y}}}}\n`;
    const { out } = await troupe(['run', '.', '--json'], { cwd: folderWith({ 'workflow.yml': workflow, 'crew.yml': crew }) });
    const told = lines(out).flatMap(({ type, event }) => (type === 'coordination' ? [(event as { type: string }).type] : []));
    expect(told).toContain('conflict.detected');
    expect(told).not.toContain('agent.started');
    expect(told).not.toContain('agent.completed');
  });

  it('with --quiet prints nothing when all is well', async () => {
    expect(await troupe(['run', '.', '--quiet'], { cwd: one(WILLING) })).toEqual({ code: 0, out: '', err: '' });
  });

  it('gives the workflow its input and variables', async () => {
    const workflow =
      'name: v\nsteps:\n  - {id: s, type: variables, set: {sum: "{{ variables.n + task.n }}"}}\noutputs: {sum: "{{ variables.sum }}"}\n';
    const cwd = folderWith({ 'workflow.yml': workflow, 'task.json': '{"task": {"n": 2}}' });
    const { out } = await troupe(['run', '.', '--json', '--input', '@task.json', '--var', 'n=40'], { cwd });
    expect(lines(out).at(-1)).toMatchObject({ outputs: { sum: 42 } });
  });

  it('ends with 1 when the run fails, and says what failed, why, and what to type', async () => {
    const { code, out } = await troupe(['run', '.'], { cwd: one(crewOf('{fail: two tests are red}')) });
    expect(code).toBe(1);
    expect(out).toMatch(/work +failed +\d+ ms +AGENT_FAILED: two tests are red/);
    expect(out).toMatch(/✗ failed {2}one/);
    expect(out).toMatch(/error +\S+ at work: .*two tests are red/);
  });

  it('ends with 3 for a file with errors, with the place of each', async () => {
    const cwd = folderWith({
      'workflow.yml': WORKFLOWS.one.replace('persona: worker', 'persona: worker, dependencies: [x]'),
      'crew.yml': WILLING,
    });
    const { code, out, err } = await troupe(['run', '.'], { cwd });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(/^workflow\.yml:3:\d+ DEPENDENCY_UNKNOWN/);
  });

  it('ends with 5 for a file that is not there, and names those that are', async () => {
    const { code, err } = await troupe(['run', 'workflow.yaml'], { cwd: one(WILLING) });
    expect(code).toBe(5);
    expect(err).toContain('. holds crew.yml, workflow.yml');
  });

  it('ends with 7, before anything starts, when nobody can do the work', async () => {
    const nobody = await troupe(['run', '.'], { cwd: folderWith({ 'workflow.yml': WORKFLOWS.one }) });
    expect(nobody.code).toBe(7);
    expect(nobody.err).toContain('--crew');
    const stranger = await troupe(['run', '.'], { cwd: one('agents:\n  wroker: {kind: scripted, script: {"*": {}}}\n') });
    expect(stranger.code).toBe(7);
    expect(stranger.err).toMatch(/PERSONA_UNKNOWN[\s\S]*did you mean "wroker"/);
  });

  it('ends with 124 when its time is up; then the run is cancelled', async () => {
    const { code, out } = await troupe(['run', '.', '--timeout', '20ms'], { cwd: one(HANGING) });
    expect(code).toBe(124);
    expect(out).toContain('the run took longer than 20ms (--timeout)');
    expect(out).toContain('⊘ timed out');
  });

  it('ends with 2 for an id that is taken', async () => {
    const cwd = one(WILLING);
    await troupe(['run', '.', '--id', 'first'], { cwd });
    const { code, err } = await troupe(['run', '.', '--id', 'first'], { cwd });
    expect(code).toBe(2);
    expect(err).toContain('RUN_EXISTS');
  });
});

describe('a run that waits for a person', () => {
  it('is saved and left with 4 where nobody watches; a signal and resume go on', async () => {
    const cwd = approval();
    const { code, out } = await troupe(['run', '.', '--id', 'first'], { cwd });
    expect(code).toBe(4);
    expect(out).toContain('waits    ask waits for the signal "go"');
    expect(out).toContain("troupe signal first go '{}'");
    expect((await troupe(['resume'], { cwd })).code).toBe(4);
    const signal = await troupe(['signal', 'first', 'go', '{"by": "me"}'], { cwd });
    expect(signal.out).toContain('nobody is running it');
    const resumed = await troupe(['resume', 'first'], { cwd });
    expect(resumed.code).toBe(0);
    expect(resumed.out).toMatch(/\(run\) +resumed +again: c#1/);
    expect(resumed.out).toContain('said: {"by":"me"}');
  });

  it('signal --resume does both', async () => {
    const cwd = approval();
    await troupe(['run', '.', '--id', 'first'], { cwd });
    expect((await troupe(['signal', 'first', 'go', '--resume'], { cwd })).code).toBe(0);
  });

  it('says so when nobody waits for the signal', async () => {
    const cwd = approval();
    await troupe(['run', '.', '--id', 'first'], { cwd });
    expect((await troupe(['signal', 'first', 'goo'], { cwd })).err).toContain('nobody waits for "goo" yet; it is kept. Waited for now: go');
  });

  it('with --wait stays, and hears the signal of another command', async () => {
    const cwd = approval();
    const { at, code } = begin(['run', '.', '--id', 'first', '--wait'], { cwd });
    await at.printed(/b +completed/);
    expect((await troupe(['signal', 'first', 'go'], { cwd })).out).toContain('Signal go given to first.');
    expect(await code).toBe(0);
  });
});

describe('resume', () => {
  it('goes on with every unfinished run, each with its own crew, and tells of those it cannot take up', async () => {
    const cwd = folderWith({ 'one.yml': WORKFLOWS.one, 'a.crew.yml': WILLING, 'b.crew.yml': HANGING, 'crew.yml': HANGING });
    for (const [id, crew] of [
      ['first', 'b.crew.yml'],
      ['second', 'crew.yml'],
      ['third', 'b.crew.yml'],
    ]) {
      const { at, code } = begin(['run', 'one.yml', '--id', id!, '--crew', crew!], { cwd });
      await at.printed(/work +started/);
      at.interrupt();
      await code;
    }
    writeFileSync(join(cwd, 'b.crew.yml'), WILLING);
    writeFileSync(join(cwd, 'crew.yml'), WILLING.replace('worker', 'somebody'));
    const { code, out, err } = await troupe(['resume'], { cwd });
    expect(code).toBe(7);
    expect(out).toMatch(/✓ completed {2}one {2}first[\s\S]*✓ completed {2}one {2}third/);
    expect(err).toMatch(/run second: run second needs somebody to play worker \(AGENT_UNAVAILABLE\)[\s\S]*--crew/);
    expect((await troupe(['resume', 'second', '--crew', 'a.crew.yml'], { cwd })).code).toBe(0);
    expect((await troupe(['resume'], { cwd })).out).toBe('Nothing to resume: every run has ended.\n');
    expect((await troupe(['resume', 'first'], { cwd })).code).toBe(2);
  });
});

describe('Ctrl-C', () => {
  it('the first one saves and stops with 130; resume goes on under the same key', async () => {
    const cwd = one(HANGING);
    const { at, code } = begin(['run', '.', '--id', 'first'], { cwd });
    await at.printed(/work +started/);
    at.interrupt();
    expect(await code).toBe(130);
    expect(at.out).toContain('Ctrl-C again stops at once');
    expect(at.out).toMatch(/stopped, saved {2}one {2}first/);
    expect(at.out).toContain('troupe resume first');
    const crew = folderWith({ 'crew.yml': WILLING });
    const resumed = await troupe(['resume', 'first', '--crew', `${crew}/crew.yml`, '--json'], { cwd });
    expect(resumed.code).toBe(0);
    expect(lines(resumed.out)[0]).toMatchObject({ type: 'run.recovered', interrupted: ['work#1'] });
    expect(lines(resumed.out)).toContainEqual(
      expect.objectContaining({ type: 'step.settled', step: 'work', outcome: 'completed', attempts: 1 }),
    );
  });

  it('the second one stops at once', async () => {
    const { at, code } = begin(['run', '.'], { cwd: one(HANGING) });
    await at.printed(/work +started/);
    at.interrupt();
    at.interrupt();
    expect(at.left).toEqual([130]);
    await code;
  });

  it('and so does a reader who goes away, without a word', async () => {
    const { at, code } = begin(['run', '.', '--id', 'first'], { cwd: one(HANGING) });
    await at.printed(/work +started/);
    at.closeOutput();
    expect(await code).toBe(130);
    expect(at.err).toBe('');
  });
});

describe('in a terminal', () => {
  it('a run is one live tree, never wider than the terminal, with the cursor given back', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOWS.approval, 'crew.yml': crewOf('{output: {}, after: 30ms}') });
    const { at, code } = begin(['run', '.', '--id', 'first'], { cwd, terminal: { columns: 50, rows: 12 } });
    await at.printed(/awaiting signal[\s\S]*waits for a person/);
    await troupe(['signal', 'first', 'go'], { cwd });
    expect(await code).toBe(0);
    const terminal = new TerminalEmulator(50, 12);
    const end = at.out.lastIndexOf('completed  approval');
    terminal.write(at.out.slice(0, end));
    expect(terminal.wrapped).toBe(false);
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.screen.slice(0, 5)).toEqual([
      expect.stringMatching(/^. approval {2}first {2}completed {2}4\/4 steps/),
      ...['a', 'b', 'ask', 'c'].map((step) => expect.stringMatching(new RegExp(`^  ✓ ${step} +completed`))),
    ]);
  });
});
