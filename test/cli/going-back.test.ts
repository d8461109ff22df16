import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { troupe } from './fake-surroundings.ts';
import { crewOf, folderWith, WILLING } from './some-files.ts';

const CHAIN = `name: chain
steps:
  - {id: plan, type: persona-request, persona: worker}
  - {id: build, type: persona-request, persona: worker, dependencies: [plan]}
`;
const BROKEN = 'agents:\n  worker: {kind: scripted, script: {build: {fail: no wood}, "*": {output: {ok: true}}}}\n';

async function failed(): Promise<string> {
  const cwd = folderWith({ 'workflow.yml': CHAIN, 'crew.yml': BROKEN });
  expect((await troupe(['run', '.', '--id', 'first'], { cwd })).code).toBe(1);
  writeFileSync(join(cwd, 'crew.yml'), WILLING);
  return cwd;
}

describe('retry', () => {
  it('goes on with a run that failed, and shows only what happens now', async () => {
    const cwd = await failed();
    expect((await troupe(['show', 'first'], { cwd })).out).toMatch(/next +troupe retry first --failed/u);
    const { code, out } = await troupe(['retry', 'first', '--failed'], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/\(run\) +goes on +again: build\n.*build +started +worker +attempt 2/u);
    expect(out).not.toContain('plan   started');
    expect((await troupe(['ps', '--json'], { cwd })).out).toContain('"status": "completed"');
    expect(await troupe(['retry', 'first'], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining('NOTHING_TO_RETRY') });
  });
});

describe('resume --from', () => {
  it('runs a step again with what depends on it, and wants the run named', async () => {
    const cwd = await failed();
    const { code, out } = await troupe(['resume', 'first', '--from', 'plan', '--json'], { cwd });
    expect(code).toBe(0);
    expect(out).toContain('"again":["plan","build"]');
    expect(await troupe(['resume', '--from', 'plan'], { cwd })).toMatchObject({ code: 2 });
    expect(await troupe(['resume', 'first', '--fresh-rounds'], { cwd })).toMatchObject({ code: 2 });
    expect(await troupe(['resume', 'first', '--from', 'paln'], { cwd })).toMatchObject({
      err: expect.stringContaining('did you mean "plan"?'),
    });
  });
});

describe('fork', () => {
  it('starts another run with another output, and runs only what depends on it', async () => {
    const cwd = await failed();
    const { code, out } = await troupe(['fork', 'first', '--with', 'plan.output={"by": "hand"}', '--id', 'second'], { cwd });
    expect(code).toBe(0);
    expect(out).toContain('fork of first after fact 2, kept: 1');
    expect(out).toContain('plan: {"by":"hand"}');
    expect((await troupe(['logs', 'second'], { cwd })).out).toContain('as a fork of first after fact 2, with another output of plan');
    expect((await troupe(['resume', 'first', '--from', 'build'], { cwd })).code).toBe(0);
  });

  it('takes other input for what the run was started with', async () => {
    const cwd = folderWith({ 'workflow.yml': CHAIN.replace('worker}', "worker, params: {of: '{{ title }}'}}"), 'crew.yml': WILLING });
    expect((await troupe(['run', '.', '--id', 'first', '--input', '{"title": "one"}'], { cwd })).code).toBe(0);
    const { code, out } = await troupe(['fork', 'first', '--input', '{"title": "two"}', '--id', 'second'], { cwd });
    expect([code, out]).toEqual([0, expect.stringContaining('fork of first after fact 2, kept: 0')]);
    expect((await troupe(['logs', 'second'], { cwd })).out).toContain('after fact 2, with other input for title; kept: 0');
  });

  it('refuses what it cannot read, facts that are not there, and ids that are taken', async () => {
    const cwd = await failed();
    expect(await troupe(['fork', 'first', '--with', 'plan'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('step.output=json'),
    });
    expect(await troupe(['fork', 'first', '--at', '99'], { cwd })).toMatchObject({ err: expect.stringContaining('its facts are 0 to 2') });
    expect(await troupe(['fork', 'first', '--id', 'first'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('RUN_EXISTS'),
    });
  });
});

describe('a checkpoint', () => {
  const MARKED = `${CHAIN}  - {id: planned, type: sync-point, sync: checkpoint, dependencies: [plan]}
  - {id: paint, type: persona-request, persona: worker, dependencies: [planned]}
`;

  it('is listed, shown, gone back to, forked at and replayed to by its name', async () => {
    const cwd = folderWith({ 'workflow.yml': MARKED, 'crew.yml': WILLING });
    expect((await troupe(['run', '.', '--id', 'first'], { cwd })).code).toBe(0);
    expect((await troupe(['checkpoints', 'first'], { cwd })).out).toMatch(/planned +1 .*stands/u);
    expect((await troupe(['checkpoints', 'first', '--quiet'], { cwd })).out).toBe('planned\n');
    expect(JSON.parse((await troupe(['checkpoints', 'first', '--json'], { cwd })).out)).toMatchObject({ checkpoints: [{ fact: 1 }] });
    expect((await troupe(['show', 'first'], { cwd })).out).toContain('passed   planned after fact 1');
    expect((await troupe(['replay', 'first', '--until', 'planned'], { cwd })).out).toContain('as it stood after fact 1 of');
    expect((await troupe(['fork', 'first', '--at', 'planned', '--id', 'second'], { cwd })).out).toContain(
      'fork of first after fact 1, kept: 2',
    );
    expect(await troupe(['replay', 'first', '--until', 'planed'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean "planned"?'),
    });
    expect((await troupe(['resume', 'first', '--from', 'planned'], { cwd })).out).toContain('again: planned, paint');
    expect((await troupe(['checkpoints', 'first'], { cwd })).out).toMatch(/planned +1 .*passed again.*\nplanned +\d+ .*stands/u);
  });
});

describe('a run whose file has changed', () => {
  it('is not resumed until somebody has said by which definition', async () => {
    const cwd = await failed();
    writeFileSync(join(cwd, 'workflow.yml'), `# a comment changes nothing\n${CHAIN.replace('id: build,', 'id: build, timeout: 9m,')}`);
    writeFileSync(join(cwd, 'crew.yml'), crewOf('{output: 1}'));
    const refused = await troupe(['retry', 'first'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('workflow.yml has changed since run first was started: (DEFINITION_CHANGED)');
    expect(refused.err).toContain('\n  ~ step build: timeout nothing → 540000 (workflow.yml:5:5)');
    const adopted = await troupe(['retry', 'first', '--adopt'], { cwd });
    expect(adopted.code).toBe(0);
    expect((await troupe(['logs', 'first'], { cwd })).out).toContain('goes on by the definition');
    expect((await troupe(['resume', 'first', '--from', 'build', '--as-started'], { cwd })).code).toBe(0);
  });

  it('says fact by fact why it cannot adopt the file', async () => {
    const cwd = await failed();
    writeFileSync(join(cwd, 'workflow.yml'), CHAIN.replace('id: plan,', 'id: plan, params: {more: true},'));
    const { code, err } = await troupe(['retry', 'first', '--adopt'], { cwd });
    expect(code).toBe(2);
    expect(err).toContain('\n  fact 0 (run.started): recorded starts plan#1; now starts plan#1 with something else');
  });

  it('goes on by a file only where there is one that can be read, and by one of the two', async () => {
    const cwd = await failed();
    const retry = (...words: string[]) => troupe(['retry', 'first', ...words], { cwd });
    expect(await retry('--adopt', '--as-started')).toMatchObject({ code: 2, err: expect.stringContaining('--as-started') });
    writeFileSync(join(cwd, 'workflow.yml'), 'name: chain\nsteps: 3\n');
    expect(await retry('--adopt')).toMatchObject({ code: 2, err: expect.stringContaining('has errors now') });
    rmSync(join(cwd, 'workflow.yml'));
    expect(await retry('--adopt')).toMatchObject({ code: 5, err: expect.stringContaining('there is nothing to adopt') });
    expect((await retry()).code).toBe(0);
  });

  it('takes an answer all the same, and says so before it says why the run does not go on', async () => {
    const asking = `${CHAIN.replace('[plan]', '[sign]')}  - {id: sign, type: approval, subject: Go on?, dependencies: [plan]}\n`;
    const cwd = folderWith({ 'workflow.yml': asking, 'crew.yml': WILLING });
    expect((await troupe(['run', '.', '--id', 'first'], { cwd })).code).toBe(4);
    writeFileSync(join(cwd, 'workflow.yml'), asking.replace('Go on?', 'Shall it go on?'));
    const answered = await troupe(['approve', 'first', '--by', 'ann', '--resume'], { cwd });
    expect([answered.code, answered.out]).toEqual([2, 'ann approved sign.\n']);
    expect(answered.err).toContain('DEFINITION_CHANGED');
  });
});
