import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { GroupStep, Step, SyncStep, Workflow } from '../../src/definition/workflow.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';

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

const meeting = (id: string, members: readonly string[], more: Partial<SyncStep> = {}): SyncStep => ({
  kind: 'sync',
  id,
  name: id,
  type: 'sync-point',
  sync: 'context_merge',
  members,
  dependencies: members,
  ...more,
});

const [a, b] = [task('a', { writes: ['k'] }), task('b', { writes: ['k'] })];

async function perform(steps: readonly Step[], script: Parameters<typeof scriptedAgent>[1]) {
  const workflow: Workflow = workflowOf(steps, { shared: { k: 0 } });
  const end = await simulate(workflow, { crew: { personas: { '*': scriptedAgent('player', script) } } });
  const run = foldJournal('simulation', end.workflow, end.journal);
  expect(leftovers(run)).toEqual({});
  return { end, ends: end.history.map(([path, outcome]) => `${path} ${outcome}`), k: run.state.root.cell?.current.keys.k?.value };
}

describe('a conflict that its group does not wait for', () => {
  test('takes nothing from a group that is joined without that member', async () => {
    const quorum = group([a, b, task('c')], {
      mode: 'graph',
      waitFor: 'quorum',
      quorum: 2,
      onFailure: 'fall_back_sequential',
      conflicts: { ladder: ['person'] },
    });
    const { ends, k } = await perform([quorum], {
      a: { after: 10, output: 1, writes: { k: 1 } },
      b: { after: 20, output: 1, writes: { k: 2 } },
      c: { after: 30, output: 1 },
    });
    expect([ends, k]).toEqual([['a completed', 'c completed', '(conflict)/b/decision cancelled', 'b skipped', 'g completed'], 1]);
  });

  test('is left with the sync point that had asked for the merge, and so is whoever was asked', async () => {
    const steps = [a, b, meeting('y', ['a', 'b'], { timeout: 100 }), task('c')];
    const { ends } = await perform([group(steps, { onFailure: 'settle', conflicts: { ladder: ['person'] } })], {
      a: { after: 10, output: 1, writes: { k: 1 } },
      b: { after: 20, output: 1, writes: { k: 2 } },
      c: { after: 300, output: 1 },
    });
    expect(ends.slice(2)).toEqual(['(conflict)/y/decision cancelled', 'y failed', 'c completed', 'g failed']);
  });
});

describe('sync points that merge the same members', () => {
  test('do so one after the other: a member that runs again does so once, and both have it', async () => {
    const steps = [a, b, meeting('y', ['a', 'b']), meeting('x', ['a', 'b'])];
    const { ends, k } = await perform([group(steps, { conflicts: { ladder: ['rerun'] } })], {
      a: { after: 10, output: 1, writes: { k: 1 } },
      b: { after: 20, output: 1, writes: { k: 2 } },
    });
    expect([ends, k]).toEqual([['a completed', 'b completed', 'b completed', 'y completed', 'x completed', 'g completed'], 2]);
  });
});

describe('a member that ran again in vain', () => {
  test('has nothing left for anybody to decide about', async () => {
    const { end, ends } = await perform([group([a, b], { conflicts: { ladder: ['rerun', 'person'] } })], {
      a: { after: 10, output: 1, writes: { k: 1 } },
      b: [{ after: 20, output: 1, writes: { k: 2 } }, { fail: 'not again' }],
    });
    expect([ends, end.failure?.code]).toEqual([['a completed', 'b completed', 'b failed', 'g failed'], 'CONFLICT_UNRESOLVED']);
    expect(end.failure?.message).toContain('not again');
  });
});

describe('a member that ran again', () => {
  test('leaves what it has come to this time, and nothing of the first', async () => {
    const choice: Step = {
      kind: 'choice',
      id: 'c',
      name: 'c',
      type: 'if',
      dependencies: [],
      when: 'steps.d === 1',
      then: [task('first')],
      otherwise: [task('second')],
    };
    const inner = group([task('d', { writes: ['k'] }), choice], { id: 'i', name: 'i', mode: 'sequential' });
    const { end, k } = await perform([group([a, inner], { conflicts: { ladder: ['rerun'] } })], {
      a: { after: 10, output: 1, writes: { k: 1 } },
      d: [1, 2].map((output) => ({ after: 20, output, writes: { k: output + 1 } })),
      '*': { output: 'there' },
    });
    expect([end.status, k, Object.keys(end.outputs as object).sort()]).toEqual(['completed', 3, ['a', 'c', 'd', 'g', 'i', 'second']]);
  });
});

describe('members that run one after the other because their group fell back', () => {
  test('wait also for a conflict of the one before', async () => {
    const block = group([a, task('b'), task('c')], { onFailure: 'fall_back_sequential', conflicts: { ladder: ['rerun'] } });
    const { ends, k } = await perform([block, task('out', { writes: ['k'] })], {
      a: [1, 1, 4].map((value, i) => ({ after: 10 ** (i + 1), output: i, writes: { k: value } })),
      b: [
        { after: 20, fail: 'no' },
        { after: 50, output: 2 },
      ],
      c: { after: 5, output: 3 },
      out: { after: 60, output: 1, writes: { k: 3 } },
    });
    const again = ends.slice(ends.indexOf('out completed') + 1);
    expect([again, k]).toEqual([['a completed', 'b completed', 'c completed', 'g completed'], 4]);
  });
});
