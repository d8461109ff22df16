import { describe, expect, it } from 'vitest';
import { troupe } from './fake-surroundings.ts';
import { folderWith } from './some-files.ts';

const WORKFLOW = `name: thrifty
steps:
  - id: build
    type: phase
    budget: {tokens: 3000, attempt: 2000}
    steps:
      - {id: draft, type: persona-request, persona: worker}
      - {id: polish, type: persona-request, persona: worker, dependencies: [draft]}
`;
const CREW = 'agents:\n  worker: {kind: scripted, script: {"*": {output: done, usage: {tokens: 1800}}}}\n';

describe('a run that has spent what a step of it may', () => {
  it('shows the account, and goes on with more', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOW, 'crew.yml': CREW });
    expect((await troupe(['run', '.', '--id', 'first'], { cwd })).code).toBe(1);
    const shown = (await troupe(['show', 'first'], { cwd })).out;
    expect(shown).toContain('1,800 tokens spent, 0 reserved, no limit');
    expect(shown).toContain('phase build: 1,800 of 3,000 tokens spent, 0 reserved, 1,200 left');
    expect(shown).toContain('polish is expected to use 2,000 tokens, and 1,200 of 3,000 are left in the budget of phase build');
    const json = JSON.parse((await troupe(['show', 'first', '--json'], { cwd })).out);
    expect(json.budget.accounts).toMatchObject([{ path: 'build', owner: 'phase build', tokens: 3000, spent: 1800, left: 1200 }]);
    const { code, out } = await troupe(['retry', 'first', '--budget', 'build=4000'], { cwd });
    expect([code, out.includes('polish')]).toEqual([0, true]);
    expect((await troupe(['logs', 'first'], { cwd })).out).toContain('goes on; again: polish, build; 1,000 tokens more for build');
    expect((await troupe(['show', 'first'], { cwd })).out).toContain(
      'phase build: 3,600 of 4,000 tokens (1,000 of them given by people) spent',
    );
  });

  it.each([
    [['--budget', 'bild=4000'], 'did you mean "build"?'],
    [['--budget', '4000'], 'the run has no budget'],
    [['--budget', 'build=3000'], 'is 3000 tokens already'],
    [['--budget', 'build=much'], '--budget takes a whole number'],
    [['--budget', 'build=1', '--budget', 'build=2'], '--budget is given twice for build'],
  ])('is refused %s', async (options, why) => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOW, 'crew.yml': CREW });
    await troupe(['run', '.', '--id', 'first'], { cwd });
    const { code, err } = await troupe(['retry', 'first', ...options], { cwd });
    expect([code === 0, err]).toEqual([false, expect.stringContaining(why)]);
  });

  it('is given more while it goes on, whoever runs it', async () => {
    const asking = WORKFLOW.replace('attempt: 2000}', 'attempt: 2000, on_spent: ask}');
    const cwd = folderWith({ 'workflow.yml': asking, 'crew.yml': CREW });
    expect((await troupe(['run', '.', '--id', 'first'], { cwd })).code).toBe(4);
    const { code, out } = await troupe(['budget', 'first', 'build=4000'], { cwd });
    expect([code, out]).toEqual([0, expect.stringContaining('first may spend more; nobody is running it.')]);
    expect((await troupe(['logs', 'first'], { cwd })).out).toContain('given: 1,000 tokens more for build');
    expect((await troupe(['resume', 'first'], { cwd })).code).toBe(0);
    expect(await troupe(['budget', 'first', 'build=5000'], { cwd })).toMatchObject({ err: expect.stringContaining('RUN_ENDED') });
  });

  it('of a run that has failed is not raised in passing: it says how the run goes on', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOW, 'crew.yml': CREW });
    expect((await troupe(['run', '.', '--id', 'first'], { cwd })).code).toBe(1);
    const { code, err } = await troupe(['budget', 'first', 'build=5000'], { cwd });
    expect([code, err]).toEqual([2, expect.stringContaining('retry first --budget build=5000')]);
    expect((await troupe(['retry', 'first', '--budget', 'build=5000'], { cwd })).code).toBe(0);
  });

  it('is warned of by its plan', async () => {
    const planned = WORKFLOW.replaceAll('persona: worker', 'persona: worker, requires: {tokens: 2000}');
    const cwd = folderWith({ 'workflow.yml': planned, 'crew.yml': CREW });
    expect((await troupe(['plan', '.'], { cwd })).out).toContain('build: 3,000 tokens, and 4,000 are expected');
  });

  it('is not given more where it only goes on', async () => {
    const cwd = folderWith({ 'workflow.yml': WORKFLOW, 'crew.yml': CREW });
    expect(await troupe(['resume', 'first', '--budget', '10'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('goes back'),
    });
  });
});
