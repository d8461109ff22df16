import { describe, expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { GroupFailurePolicy } from '../../src/definition/joining.ts';
import type { GroupStep, Step, TaskStep } from '../../src/definition/workflow.ts';
import type { CoordinationEvent } from '../../src/protocol/coordination.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { sharedOf } from './witnesses.ts';

/** Writes its path to what it may write, after a time of its own; its output is what it saw of the plan. */
const player: AgentFunction = async ({ task: { step, params, context }, sleep }) => {
  await sleep(Number(params.ms ?? 0));
  const writable = context?.writable ?? [];
  return completed(context?.values.plan ?? null, { writes: Object.fromEntries(writable.map((key) => [key, step])) });
};

const reader = (onStale?: TaskStep['onStale'], more: Partial<TaskStep> = {}) =>
  task('reader', { params: { ms: 50 }, reads: ['plan'], writes: ['report'], ...(onStale === undefined ? {} : { onStale }), ...more });
const planner = task('planner', { params: { ms: 10 }, writes: ['plan'] });

async function perform(steps: readonly Step[]) {
  const told: CoordinationEvent[] = [];
  const end = await simulate(workflowOf(steps, { shared: { plan: 'first', report: 'none' } }), {
    crew: { personas: { '*': player } },
    onEvent: (event) => {
      if (event.type === 'coordination' && event.event.type === 'conflict.detected') told.push(event.event);
    },
  });
  const run = foldJournal('simulation', end.workflow, end.journal);
  expect(leftovers(run)).toEqual({});
  return { end, told, shared: sharedOf(run), reader: end.view.steps.find(({ path }) => path === 'reader') };
}

const group = (steps: readonly Step[], more: Partial<GroupStep> = {}): GroupStep => ({
  kind: 'group',
  id: 'g',
  name: 'g',
  type: 'parallel',
  dependencies: [],
  mode: 'parallel',
  waitFor: 'all',
  steps,
  ...more,
});

describe('a key that changed after it was read', () => {
  test('is told, with who changed it, and accepted unless the step says otherwise', async () => {
    const { end, told, shared } = await perform([reader(), planner]);
    expect([end.status, shared]).toEqual(['completed', { plan: 'planner', report: 'reader' }]);
    expect(told).toMatchObject([
      { source: 'reader', affected: ['planner'], priority: 'high', data: { kind: 'stale_read', keys: ['plan'] } },
    ]);
  });

  test('is read anew where the step is to run again', async () => {
    const { end, reader: ended } = await perform([reader('rerun'), planner]);
    expect([end.status, end.outputs]).toMatchObject(['completed', { reader: 'planner' }]);
    expect(ended?.attempts).toBe(2);
  });

  test('fails the step where that is what it says, and nothing of it is left', async () => {
    const { end, shared, reader: ended } = await perform([reader('fail'), planner]);
    expect([end.failedStep, end.failure?.code, ended?.attempts]).toEqual(['reader', 'CONTEXT_STALE', 1]);
    expect(end.error).toContain('plan changed after reader had read it');
    expect(shared).toEqual({ plan: 'planner', report: 'none' });
  });

  test('that changes again while the step runs again is read once more, alone; then it must do', async () => {
    const busy = [10, 60, 60].map((ms, i) =>
      task(`planner${i}`, { params: { ms }, writes: ['plan'], dependencies: i === 0 ? [] : [`planner${i - 1}`] }),
    );
    const { end, shared } = await perform([reader('rerun'), ...busy]);
    expect([end.status, shared.report, end.outputs]).toMatchObject(['completed', 'reader', { reader: 'planner2' }]);
  });
});

describe('side by side', () => {
  test('a member is merged after those that stand before it: what they wrote it has not read', async () => {
    const before = await perform([group([planner, reader()])]);
    const after = await perform([group([reader(), planner])]);
    expect([before.told.length, after.told.length]).toEqual([1, 0]);
  });

  test('a member that is to run again does so on what the others wrote, before the join', async () => {
    const { end, shared } = await perform([group([planner, reader('rerun')])]);
    expect([end.status, shared, end.outputs]).toMatchObject([
      'completed',
      { plan: 'planner', report: 'reader' },
      { g: { planner: 'first', reader: 'planner' } },
    ]);
  });

  test('a member that fails on it fails its group, which leaves nothing', async () => {
    const { end, shared } = await perform([group([planner, reader('fail')])]);
    expect([end.failedStep, end.failure?.code]).toEqual(['g', 'CONTEXT_STALE']);
    expect(shared).toEqual({ plan: 'first', report: 'none' });
  });

  test('what a whole group has read is held against what others outside have written meanwhile', async () => {
    const { told } = await perform([group([reader()]), planner]);
    expect(told).toMatchObject([{ source: 'g', affected: ['planner'], data: { kind: 'stale_read', keys: ['plan'] } }]);
  });
});

describe('a group whose members wrote what does not fit, with nobody to settle it,', () => {
  const clash = (onFailure: GroupFailurePolicy) =>
    group(
      ['a', 'b'].map((id) => task(id, { writes: ['plan'], compensate: { type: 'undo', params: {} } })),
      { onFailure, conflicts: { ladder: ['automatic'] } },
    );

  test('is compensated, or falls back, as it says for failures', async () => {
    const undone = await perform([clash('compensate')]);
    expect([undone.end.failure?.code, undone.shared.plan]).toEqual(['CONFLICT_UNRESOLVED', 'first']);
    expect(undone.end.history.map(([path]) => path)).toEqual(['a', 'b', '(compensation)/b', '(compensation)/a', 'g']);
    const inTurn = await perform([clash('fall_back_sequential')]);
    expect([inTurn.end.status, inTurn.shared.plan, inTurn.end.outputs]).toMatchObject(['completed', 'b', { a: 'first', b: 'a' }]);
  });
});
