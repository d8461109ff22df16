import { describe, expect, it } from 'vitest';
import { begin, temporaryFolder, troupe } from './fake-surroundings.ts';
import { crewOf, folderWith, HANGING, WILLING, WORKFLOWS } from './some-files.ts';

/** A folder whose store holds: `done` completed, `asks` waiting for a person, `broke` failed. */
async function threeRuns(): Promise<string> {
  const cwd = folderWith({
    'approval.yml': WORKFLOWS.approval,
    'one.yml': WORKFLOWS.one,
    'crew.yml': WILLING,
    'bad.crew.yml': crewOf('{throw: the line is dead}'),
  });
  await troupe(['run', 'one.yml', '--id', 'done'], { cwd });
  await troupe(['run', 'approval.yml', '--id', 'asks'], { cwd });
  await troupe(['run', 'one.yml', '--id', 'broke', '--crew', 'bad.crew.yml'], { cwd });
  return cwd;
}

describe('ps', () => {
  it('lists runs, oldest first, with how they stand and what they wait for', async () => {
    const cwd = await threeRuns();
    const { code, out } = await troupe(['ps'], { cwd });
    expect(code).toBe(0);
    const [head, done, asks, broke] = out.split('\n');
    expect(head).toMatch(/^RUN +WORKFLOW +STATUS +STEPS +STARTED +TOOK +NOTE$/);
    expect(done).toMatch(/^done +one +completed +1\/1 +now +\d+ ms$/);
    expect(asks).toMatch(/^asks +approval +waiting +2\/4 +now +ask waits for the signal "go"$/);
    expect(broke).toMatch(/^broke +one +failed +1\/1 +now +\d+ ms +.*the line is dead$/);
    expect((await troupe(['ps', '--quiet'], { cwd })).out).toBe('done\nasks\nbroke\n');
    expect((await troupe(['ps', '--quiet', '--last', '1'], { cwd })).out).toBe('broke\n');
    const { runs } = JSON.parse((await troupe(['ps', '--json'], { cwd })).out) as {
      runs: { id: string; standing: string; live: boolean }[];
    };
    expect(runs.map(({ standing }) => standing)).toEqual(['completed', 'waiting', 'failed']);
  });

  it('says what to type where there are no runs', async () => {
    const { code, out } = await troupe(['ps'], { cwd: temporaryFolder() });
    expect({ code, out }).toEqual({ code: 0, out: 'No runs in .troupe yet.\n  next: troupe run workflow.yml\n' });
  });

  it('ends with 6 where the store is no folder', async () => {
    const cwd = folderWith({ store: 'a file' });
    const { code, err } = await troupe(['ps', '--store', 'store'], { cwd });
    expect(code).toBe(6);
    expect(err).toContain('store is a file, not the folder of a store (STORE_UNWRITABLE)');
  });

  it('looks where --store says, and the next command to type says so too', async () => {
    const cwd = folderWith({ 'one.yml': WORKFLOWS.one, 'crew.yml': WILLING });
    const { out } = await troupe(['run', 'one.yml', '--id', 'x', '--store', 'kept here'], { cwd });
    expect(out).toContain("troupe show x --store 'kept here'");
    expect((await troupe(['ps', '--quiet'], { cwd })).out).toBe('');
    expect((await troupe(['--store', 'kept here', 'ps', '--quiet'], { cwd })).out).toBe('x\n');
  });
});

describe('show', () => {
  it('shows a run with its steps; --why says in one sentence what each unfinished one waits for', async () => {
    const cwd = await threeRuns();
    const { code, out } = await troupe(['show', 'asks', '--why'], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/^● running {2}approval {2}asks {2}nobody is running it\n/);
    expect(out).toMatch(/^ {2}✓ a +completed +worker +\d+ ms$/m);
    expect(out).toMatch(/^ {2}◆ ask +awaiting signal/m);
    expect(out).toMatch(/^ask waits for the signal "go", without a deadline$/m);
    expect(out).toMatch(/^c waits for ask$/m);
    expect(out).toContain("troupe signal asks go '{}'");
    expect((await troupe(['show', 'done', '--why'], { cwd })).out).toContain('Every step has ended.');
    expect((await troupe(['show', 'broke'], { cwd })).out).toMatch(/error +\S+.*the line is dead/);
  });

  it('says who of several did a step, and with --why for what reason', async () => {
    const crew = ['ann', 'ben'].map((id) => `  ${id}: {kind: scripted, personas: worker, capacity: 1, script: {"*": {output: 1}}}\n`);
    const cwd = folderWith({ 'one.yml': WORKFLOWS.one, 'crew.yml': `agents:\n${crew.join('')}` });
    expect((await troupe(['run', 'one.yml', '--id', 'r'], { cwd })).code).toBe(0);
    const { out } = await troupe(['show', 'r', '--why'], { cwd });
    expect(out).toMatch(/^ {2}✓ work +completed +worker: ann/m);
    expect(out).toMatch(/^work was given to ann of 2, score 0\.\d\d, no less than ben$/m);
  });

  it('with --json prints the view', async () => {
    const cwd = await threeRuns();
    const view = JSON.parse((await troupe(['show', 'asks', '--json'], { cwd })).out);
    expect(view).toMatchObject({ id: 'asks', status: 'running', live: false, waitsFor: [{ step: 'ask', signal: 'go' }] });
  });

  it('knows a run by the beginning of its id and by "latest", and ends with 5 for what it does not know', async () => {
    const cwd = await threeRuns();
    expect((await troupe(['show', 'do'], { cwd })).out).toContain('one  done');
    expect((await troupe(['show', 'latest'], { cwd })).out).toContain('one  broke');
    const unknown = await troupe(['show', 'brok3'], { cwd });
    expect(unknown.code).toBe(5);
    expect(unknown.err).toMatch(/RUN_NOT_FOUND[\s\S]*did you mean "broke"\?/);
    expect(JSON.parse((await troupe(['show', 'x', '--json'], { cwd })).out)).toMatchObject({
      error: { code: 'RUN_NOT_FOUND' },
      exitCode: 5,
    });
  });
});

describe('logs and replay', () => {
  it('logs number every fact, and replay shows the run as it stood after one of them', async () => {
    const cwd = await threeRuns();
    const { out } = await troupe(['logs', 'asks'], { cwd });
    expect(out.split('\n').map((line) => line.replace(/\d\d:\d\d:\d\d/, 'T').trim())).toEqual([
      '0  T  run of approval started  → starts a#1',
      '1  T  a#1 completed {"ok":true}  → starts b#1',
      '2  T  b#1 completed {"ok":true}',
      '',
    ]);
    const facts = (await troupe(['logs', 'asks', '--json'], { cwd })).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(facts.map(({ n }) => n)).toEqual([0, 1, 2]);
    const then = await troupe(['replay', 'asks', '--until', '0', '--why'], { cwd });
    expect(then.out).toContain('as it stood after fact 0 of 2');
    expect(then.out).toMatch(/^ {2}● a +attempting/m);
    expect(then.out).toContain('b waits for a');
    expect(then.out).toContain('troupe replay asks --until 1');
    const whole = JSON.parse((await troupe(['replay', 'asks', '--json'], { cwd })).out);
    expect(whole).toMatchObject({
      until: 2,
      facts: 3,
      history: [
        ['a', 'completed'],
        ['b', 'completed'],
      ],
    });
  });

  it('every fact can be replayed to, and the last one gives what show gives', async () => {
    const cwd = await threeRuns();
    const shown = JSON.parse((await troupe(['show', 'done', '--json'], { cwd })).out);
    const { facts, until, ...last } = JSON.parse((await troupe(['replay', 'done', '--json'], { cwd })).out);
    expect(until).toBe(facts - 1);
    expect(shown).toMatchObject(last);
    const beyond = await troupe(['replay', 'done', '--until', String(facts)], { cwd });
    expect(beyond.code).toBe(2);
    expect(beyond.err).toContain(`its facts are 0 to ${facts - 1}`);
  });

  it('logs -f follows until the run ends, and Ctrl-C leaves it alone', async () => {
    const cwd = folderWith({ 'approval.yml': WORKFLOWS.approval, 'crew.yml': WILLING });
    const run = begin(['run', 'approval.yml', '--id', 'x', '--wait'], { cwd });
    await run.at.printed(/b +completed/);
    const left = begin(['logs', 'x', '-f'], { cwd });
    await left.at.printed(/b#1 completed/);
    left.at.interrupt();
    expect(await left.code).toBe(130);
    const followed = begin(['logs', 'x', '-f'], { cwd });
    await followed.at.printed(/b#1 completed/);
    await troupe(['signal', 'x', 'go'], { cwd });
    expect([await run.code, await followed.code]).toEqual([0, 0]);
    expect(followed.at.out).toMatch(/signal go received[\s\S]*c#1 completed.*→ ends completed\n$/);
  });
});

describe('telling a run something', () => {
  it('cancel ends a run of another command, and one that nobody runs', async () => {
    const cwd = folderWith({ 'one.yml': WORKFLOWS.one, 'crew.yml': HANGING });
    const run = begin(['run', 'one.yml', '--id', 'live'], { cwd });
    await run.at.printed(/work +started/);
    expect((await troupe(['cancel', 'live', '--reason', 'wrong branch'], { cwd })).code).toBe(0);
    expect(await run.code).toBe(1);
    expect(run.at.out).toContain('cancelling  wrong branch');
    const stopped = begin(['run', 'one.yml', '--id', 'still'], { cwd });
    await stopped.at.printed(/work +started/);
    stopped.at.interrupt();
    await stopped.code;
    expect((await troupe(['cancel', 'still'], { cwd })).out).toContain('Cancelled still.');
    expect((await troupe(['show', 'still'], { cwd })).out).toMatch(/^⊘ cancelled/);
    expect((await troupe(['cancel', 'still'], { cwd })).code).toBe(2);
  });

  it('pause holds a run of another command until unpause; resume lifts a pause', async () => {
    const cwd = folderWith({ 'approval.yml': WORKFLOWS.approval, 'crew.yml': WILLING });
    const run = begin(['run', 'approval.yml', '--id', 'x', '--wait'], { cwd });
    await run.at.printed(/b +completed/);
    await troupe(['pause', 'x'], { cwd });
    await troupe(['signal', 'x', 'go'], { cwd });
    expect((await troupe(['show', 'x', '--why'], { cwd })).out).toMatch(
      /another process is running it[\s\S]*c is ready; waits because the run is paused/,
    );
    await troupe(['unpause', 'x'], { cwd });
    expect(await run.code).toBe(0);
  });

  it('pause says so when nobody is running the run', async () => {
    const cwd = await threeRuns();
    expect((await troupe(['pause', 'asks'], { cwd })).out).toContain('Nobody is running asks');
  });

  it('a store that another command writes is locked, and the refusal says how to watch it', async () => {
    const cwd = folderWith({ 'one.yml': WORKFLOWS.one, 'crew.yml': HANGING });
    const run = begin(['run', 'one.yml', '--id', 'live'], { cwd });
    await run.at.printed(/work +started/);
    const { code, err } = await troupe(['run', 'one.yml'], { cwd });
    expect(code).toBe(6);
    expect(err).toMatch(/STORE_LOCKED[\s\S]*troupe logs live -f/);
    expect((await troupe(['ps'], { cwd })).out).toMatch(/live +one +running/);
    run.at.interrupt();
    await run.code;
  });
});
