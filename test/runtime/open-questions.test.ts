import { expect, test } from 'vitest';
import { foldJournal } from '../../src/runtime/fold.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';

test('a question that timed out is forgotten, however many there were', async () => {
  const end = await simulate(workflowOf([task('asks'), task('silent')]), {
    crew: {
      personas: {
        '*': async ({ task: { step }, ask, sleep }) => {
          if (step === 'silent') await sleep(5_000);
          else for (let i = 0; i < 3; i++) await ask('silent', i, { deadlineMs: 100 }).catch(() => {});
          return step;
        },
      },
    },
  });
  expect([end.status, end.makespanMs]).toEqual(['completed', 5_000]);
  expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
});
