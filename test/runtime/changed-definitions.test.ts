import { describe, expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { ApprovalStep, GroupStep, MapStep, SignalStep, Step } from '../../src/definition/workflow.ts';
import { definitionChanges } from '../../src/runtime/definition-changes.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { task, workflowOf } from './linear.ts';
import { Lives } from './lives.ts';

const group = (id: string, steps: readonly Step[], more: Partial<GroupStep> = {}): GroupStep => ({
  kind: 'group',
  id,
  name: id,
  type: 'parallel',
  mode: 'parallel',
  waitFor: 'all',
  dependencies: [],
  steps,
  ...more,
});
const items: MapStep = {
  kind: 'map',
  id: 'items',
  name: 'items',
  type: 'map',
  dependencies: [],
  over: '[1, 2]',
  as: 'item',
  workflow: workflowOf([task('one')]),
};
const ask: SignalStep = { kind: 'signal', id: 'ask', name: 'ask', type: 'signal', dependencies: ['a'], signal: 'go' };
const leave: ApprovalStep = {
  kind: 'approval',
  id: 'leave',
  name: 'leave',
  type: 'approval',
  dependencies: ['p'],
  subject: 'May it?',
} as never;
const phase = (max: number) =>
  group('p', [task('x')], { type: 'phase', mode: 'graph', dependencies: ['b'], phase: { gate: { onFailure: 'rework', max } } });

/** Where the run stands: `a`, `both` and `items` have completed, `long` is at work, `ask` waits, the rest has not begun. */
const steps = {
  a: task('a') as Step,
  long: task('long') as Step,
  both: group('both', [task('m1'), task('m2')]) as Step,
  items: items as Step,
  ask: ask as Step,
  b: task('b', { dependencies: ['ask'] }) as Step,
  p: phase(1) as Step,
  leave: leave as Step,
};
const changed = (other: Readonly<Record<string, Step | null>>) =>
  workflowOf(Object.entries({ ...steps, ...other }).flatMap(([, step]) => (step === null ? [] : [step])));
const script: AgentScript = { '*': { after: 10, output: 'done' }, m2: { after: 20, output: 'done' }, long: { forever: true } };

async function standing(): Promise<Lives> {
  const lives = new Lives();
  await lives.start(changed({}), script);
  return lives;
}

describe('a run at rest', () => {
  test.each<[string, Readonly<Record<string, Step | null>>]>([
    ['a step that has not begun is renamed', { b: task('b2', { dependencies: ['ask'] }), p: { ...phase(1), dependencies: ['b2'] } }],
    ['a step that has not begun gets a timeout and retries', { b: task('b', { dependencies: ['ask'], timeout: 1000 }) }],
    ['a phase that has not begun gets another gate', { p: phase(3) }],
    ['an approval that has not begun asks something else', { leave: { ...leave, subject: 'Really?' } as never }],
    ['what waits waits for another signal', { ask: { ...ask, signal: 'start' } }],
    ['a step is added that nothing has waited for', { more: task('more', { dependencies: ['leave'] }) }],
    ['what has not begun goes', { leave: null }],
  ])('adopts a definition in which %s', async (_what, other) => {
    const lives = await standing();
    const view = await lives.live(script, (runtime) => runtime.resume('run', { adopt: changed(other) }));
    expect(view.status).toBe('running');
    const ids = changed(other).steps.map(({ id }) => id);
    expect(view.steps.map(({ path }) => path)).toEqual(expect.arrayContaining(ids));
    expect((await lives.fold('run')).status).toBe('running');
  });

  test.each<[string, Readonly<Record<string, Step | null>>, string]>([
    ['a step that has ended is renamed', { a: task('a2'), ask: { ...ask, dependencies: ['a2'] } }, 'now starts a2#1'],
    ['a step that has ended waits for another one', { a: task('a', { dependencies: ['long'] }) }, 'recorded starts a#1'],
    ['a step at work goes', { long: null }, 'starts long#1'],
    ['a step at work is asked something else', { long: task('long', { params: { much: true } }) }, 'starts long#1 with something else'],
    ['a group that has ended is joined otherwise', { both: group('both', [task('m1'), task('m2')], { waitFor: 'any' }) }, 'withdraws m2#1'],
    ['a map goes over more', { items: { ...items, over: '[1, 2, 3]' } }, 'starts items[2]/one#1'],
  ])('refuses one in which %s, and says which fact does not fit', async (_what, other, why) => {
    const lives = await standing();
    const before = await lives.store.read('run');
    const refused = lives.live(script, (runtime) => runtime.resume('run', { adopt: changed(other) }));
    await expect(refused).rejects.toMatchObject({ code: 'DEFINITION_UNFIT', message: expect.stringContaining(why) });
    expect(await lives.store.read('run')).toEqual(before);
  });
});

test('a run that is under way is neither gone back in nor given another definition; it can be forked', async () => {
  const lives = await standing();
  const time = new VirtualTime(lives.now);
  const runtime = await createRuntime({ store: lives.store, time, crew: { personas: { '*': () => 'done' } } });
  const handle = await runtime.resume('run');
  const refusal = { code: 'RUN_UNDER_WAY', hint: expect.stringContaining('fork it') };
  await expect(runtime.resume('run', { adopt: changed({ p: phase(2) }) })).rejects.toMatchObject(refusal);
  await expect(runtime.retry('run', { from: 'a' })).rejects.toMatchObject(refusal);
  expect(await runtime.resume('run')).toBe(handle);
  const fork = await runtime.fork('run', { id: 'fork' });
  await untilQuiet(fork, time, 1000);
  expect(fork.state().steps.find(({ path }) => path === 'long')?.outcome).toBe('completed');
  await runtime.stop({ graceMs: 0 });
});

test('what has changed is said down to the key, with its place, and where a step has moved', () => {
  const here = { position: { line: 4, column: 5 } };
  const before = { ...changed({}), file: 'flows/flow.yml' };
  const after = {
    ...changed({ p: { ...phase(2), ...here } as Step, a: null, both: group('both', [task('m1'), task('m2'), steps.a]) }),
    file: 'flows/flow.yml',
  };
  expect(definitionChanges(before, after, [])).toEqual([
    '~ step a: stands in the workflow → both',
    '~ step p: phase.gate.max 1 → 2  (flow.yml:4:5)',
  ]);
});
