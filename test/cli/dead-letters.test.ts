import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { begin, temporaryFolder, troupe } from './fake-surroundings.ts';
import { folderWith, WILLING } from './some-files.ts';

const CHAIN = `name: chain
steps:
  - {id: plan, type: persona-request, persona: worker}
  - {id: build, type: persona-request, persona: worker, dependencies: [plan]}
  - {id: ship, type: persona-request, persona: worker, dependencies: [build]}
`;
const BROKEN = 'agents:\n  worker: {kind: scripted, script: {build: {fail: no wood}, "*": {output: {ok: true}}}}\n';

async function failed(): Promise<string> {
  const cwd = folderWith({ 'workflow.yml': CHAIN, 'crew.yml': BROKEN });
  const { code, out } = await troupe(['run', '.', '--id', 'first'], { cwd });
  expect(code).toBe(1);
  expect(out).toContain('troupe retry first --failed');
  expect(out).toContain('troupe dead list');
  return cwd;
}

describe('dead letters', () => {
  it('want to be told what is to be done with them', async () => {
    const { code, err } = await troupe(['dead'], { cwd: temporaryFolder() });
    expect([code, err]).toEqual([2, 'troupe: that is half a command (USAGE)\n  next:  add --help to it, which lists what may follow\n']);
    expect((await troupe(['dead', '--help'], { cwd: temporaryFolder() })).out).toContain('dead list');
  });

  it('are listed, shown, and counted with the runs', async () => {
    const cwd = await failed();
    expect((await troupe(['dead', 'list'], { cwd })).out).toMatch(/LETTER +WHAT +SINCE +WHY\nfirst\/build#1 +agent.error +.*no wood/u);
    expect((await troupe(['dead', 'list', '-q'], { cwd })).out).toBe('first/build#1\n');
    expect((await troupe(['dead', 'show', 'first/build#1'], { cwd })).out).toContain("troupe dead retry 'first/build#1'");
    expect((await troupe(['ps'], { cwd })).out).toContain('1 dead letter: troupe dead list');
    const { out } = await troupe(['dead', 'list', '--json'], { cwd });
    expect(JSON.parse(out).letters).toMatchObject([
      { letter: 'first/build#1', kind: 'task', from: 'build', failure: 'agent.error', dropped: null },
    ]);
    expect(await troupe(['dead', 'show', 'first/biuld#1'], { cwd })).toMatchObject({
      code: 5,
      err: expect.stringContaining('did you mean "first/build#1"?'),
    });
  });

  it('that are tried again are letters no more, and run once', async () => {
    const cwd = await failed();
    writeFileSync(join(cwd, 'crew.yml'), WILLING);
    const { code, out } = await troupe(['dead', 'retry', 'first/build#1'], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/build +started +worker +attempt 2/u);
    expect((await troupe(['dead', 'list', '--all'], { cwd })).out).toContain('No dead letters');
    expect(await troupe(['dead', 'retry', 'first/build#1'], { cwd })).toMatchObject({ code: 5 });
  });

  it('that are put aside never come back, and say who did so and why', async () => {
    const cwd = await failed();
    expect((await troupe(['dead', 'drop', 'first/build#1', '--by', 'ann', '--reason', 'built by hand'], { cwd })).code).toBe(0);
    expect((await troupe(['dead', 'list'], { cwd })).out).toContain('No dead letters');
    expect((await troupe(['dead', 'list', '--all'], { cwd })).out).toContain('dropped by ann: built by hand');
    expect((await troupe(['ps'], { cwd })).out).not.toContain('dead letter');
    expect((await troupe(['logs', 'first'], { cwd })).out).toContain('ann puts the dead letter build#1 aside: built by hand');
    expect(await troupe(['dead', 'drop', 'first/build#1', '--by', 'ben'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('LETTER_CLOSED'),
    });
    expect(await troupe(['dead', 'retry', 'first/build#1'], { cwd })).toMatchObject({ code: 2 });
  });

  it('are put aside while another process runs the store', async () => {
    const cwd = await failed();
    const waits = 'name: waits\nsteps: [{id: go, type: wait-for-signal, signal: go}]\n';
    writeFileSync(join(cwd, 'waits.yml'), waits);
    const going = begin(['run', 'waits.yml', '--crew', 'crew.yml', '--id', 'second', '--wait'], { cwd });
    await going.at.printed(/started +waits/u);
    const drop = (by: string) => troupe(['dead', 'drop', 'first/build#1', '--by', by], { cwd });
    expect(await drop('ann')).toMatchObject({ code: 0, err: '' });
    expect(await drop('ben')).toMatchObject({ code: 2, err: expect.stringContaining('LETTER_CLOSED') });
    expect((await troupe(['dead', 'list', '--all'], { cwd })).out).toContain('dropped by ann');
    expect((await troupe(['signal', 'second', 'go'], { cwd })).code).toBe(0);
    expect(await going.code).toBe(0);
  });

  it('that are messages are sent again by the process whose run they are of', async () => {
    const workflow = `name: talk
steps:
  - {id: plan, type: persona-request, persona: writer}
  - {id: go, type: wait-for-signal, signal: go, dependencies: plan}
`;
    const writer = "export const writer = async ({ send }) => { send('nobody', 'hello'); return {}; };\n";
    const crew = 'agents:\n  writer: {kind: module, module: ./writer.mjs, export: writer}\n';
    const cwd = folderWith({ 'workflow.yml': workflow, 'crew.yml': crew, 'writer.mjs': writer });
    const going = begin(['run', '.', '--id', 'first', '--wait'], { cwd });
    await going.at.printed(/unheard/u);
    const letters = async () => (await troupe(['dead', 'list', '-q'], { cwd })).out.trim().split('\n');
    const [letter = ''] = await letters();
    expect(letter).toMatch(/^first\//u);
    expect(await troupe(['dead', 'retry', letter], { cwd })).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Sent ${letter} again.`),
    });
    const [again = ''] = await letters();
    expect([again, again === letter]).toEqual([expect.stringMatching(/^first\//u), false]);
    expect((await troupe(['signal', 'first', 'go'], { cwd })).code).toBe(0);
    expect(await going.code).toBe(0);
  });
});
