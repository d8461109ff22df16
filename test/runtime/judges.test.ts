import { expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import type { GroupStep, SyncStep, VoteStep } from '../../src/definition/workflow.ts';
import { keyOf } from '../../src/policy/shared-context.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

test('the judge of a vote sees the shared context as its group does, and what it writes is merged, or not, with its group', async () => {
  const y: SyncStep = {
    kind: 'sync',
    id: 'y',
    name: 'y',
    type: 'sync-point',
    sync: 'context_merge',
    members: ['a'],
    dependencies: ['a'],
  };
  const vote: VoteStep = {
    kind: 'vote',
    id: 'v',
    name: 'v',
    type: 'vote',
    dependencies: ['y'],
    steps: [task('v.1'), task('v.2')],
    judge: task('v.judge', { reads: ['k'], writes: ['j'] }),
    rule: 'judged',
    choice: [],
  };
  const steps = [task('a', { writes: ['k'] }), y, vote, task('bad')];
  const group: GroupStep = {
    kind: 'group',
    id: 'g',
    name: 'g',
    type: 'parallel',
    dependencies: [],
    mode: 'parallel',
    waitFor: 'all',
    onFailure: 'settle',
    steps,
  };
  const seen: unknown[] = [];
  const end = await simulate(workflowOf([group], { shared: { k: 0, j: 0 } }), {
    crew: {
      personas: {
        '*': ({ task: { step, context } }) => {
          if (step === 'bad') throw new Error('no');
          if (step === 'v.judge') seen.push(context?.values.k);
          return step === 'a' ? completed(1, { writes: { k: 5 } }) : completed('yes', step === 'v.judge' ? { writes: { j: 7 } } : {});
        },
      },
    },
  });
  const context = foldJournal('simulation', end.workflow, end.journal).state.root.cell?.current;
  expect([end.status, seen, context === undefined ? null : keyOf(context, 'j').value]).toEqual(['failed', [5], 0]);
});
