import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step, TaskStep, Workflow } from '../../src/definition/workflow.ts';
import { plan } from '../../src/planning/plan.ts';
import { plainPlays } from '../runtime/random-workflow.ts';
import { task, workflowOf } from './load-steps.ts';
import { runLength, shapeOf } from './shape.ts';

/** What a plan says of lengths, ms. */
function lengths(workflow: Workflow, places: number) {
  const { criticalMs, totals, chosen, rejected } = plan(workflow, { limits: { places }, effort: 100 });
  const first = [chosen, ...rejected].find(({ name }) => name === 'hybrid_critical_first')?.schedule.makespanMs ?? 0;
  return { criticalMs, workMs: totals.workMs, first };
}

describe('a plan against the run of the same shape', () => {
  it('with room for everything a run takes exactly as long as its longest chain; with less never shorter, and never longer than all work in turn', async () => {
    await fc.assert(
      fc.asyncProperty(plainPlays({ anyJoins: false }), async ({ workflow, maxConcurrency }) => {
        const shape = shapeOf(workflow);
        const { criticalMs, workMs } = lengths(workflow, maxConcurrency);
        expect(await runLength(shape, workflow, 1000)).toBe(criticalMs);
        expect(await runLength(shape, workflow, 1)).toBe(workMs);
        const length = await runLength(shape, workflow, maxConcurrency);
        expect(length).toBeGreaterThanOrEqual(criticalMs);
        expect(length).toBeLessThanOrEqual(workMs);
      }),
      { numRuns: 60 },
    );
  });

  it('a run of tasks that wait for each other keeps the order of upward rank, and takes as long as planned', async () => {
    const tasks = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 9 }), before: fc.array(fc.nat(11), { maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(tasks, fc.integer({ min: 1, max: 4 }), async (drafts, places) => {
        const steps = drafts.map(({ ms, before }, at) => {
          const dependencies = [...new Set(before.filter((other) => other < at).map((other) => `t${other}`))];
          // A bit of its own in every duration: no two tasks ever end at once, so that who comes first is never a matter of taste.
          return task(`t${at}`, 0, { dependencies, estimateMs: ms * 4096 + 2 ** at });
        });
        const workflow = workflowOf(steps);
        expect(await runLength(workflow, workflow, places)).toBe(lengths(workflow, places).first);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a quorum', { waitFor: 'quorum', quorum: 2 }, 3000],
    ['a majority', { waitFor: 'majority' }, 3000],
    ['the first success', { waitFor: 'any' }, 2000],
    ['a deadline', { waitFor: 'deadline', deadline: 5000 }, 5000],
    ['room for one', { waitFor: 'all', maxConcurrent: 1 }, 14_000],
  ] as const)('a group that waits for %s ends when planned', async (_, more, expected) => {
    const steps: TaskStep[] = [task('a', 9), task('b', 2), task('c', 3)];
    const group: Step = {
      id: 'g',
      name: 'g',
      type: 'parallel',
      kind: 'group',
      dependencies: [],
      mode: 'parallel',
      steps,
      ...more,
    };
    const workflow = workflowOf([group]);
    expect(plan(workflow).chosen.schedule.makespanMs).toBe(expected);
    expect(await runLength({ ...workflow, onFailure: 'stop' }, workflowOf(steps), 5)).toBe(expected);
  });
});
