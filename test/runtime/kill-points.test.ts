import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import { type Play, plays } from './random-workflow.ts';
import { type EffectLog, takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 3_000 : 120;

const essence = (view: RunView) => ({
  status: view.status,
  outputs: view.outputs,
  failedStep: view.failedStep,
  steps: view.steps.map(({ path, outcome }) => [path, outcome]),
});

describe('a run whose host dies', () => {
  test('at any point between two batches ends as the uninterrupted run does, and no completed step runs again', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: false }), fc.nat(), fc.integer({ min: 0, max: 100_000 }), async (drawn, point, pauseMs) => {
        // Under `stop` the failure that comes first decides, and which one is first may change with the pause.
        const play =
          drawn.workflow.onFailure === 'stop' ? { ...drawn, workflow: { ...drawn.workflow, onFailure: 'continue' as const } } : drawn;
        const whole = await simulate(play.workflow, {
          crew: watchedCrew(play, { begun: [], answered: new Set() }),
          maxConcurrency: play.maxConcurrency,
        });
        const cut = 1 + (point % whole.journal.length);
        const log: EffectLog = { begun: [], answered: new Set() };
        const { view } = await takeOver(play, whole, { cut, pauseMs }, log);
        const { failedStep: _, ...rest } = essence(view);
        const { failedStep: __, ...expected } = essence(whole.view);
        expect(rest).toEqual(expected);
        for (const { fact } of whole.journal.slice(0, cut)) {
          if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
        }
        expect(new Set(log.begun).size).toBe(log.begun.length);
      }),
      { numRuns: RUNS },
    );
  });

  test('at any point comes to an end, whatever its steps do together, and no key is given twice by one host', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), fc.nat(), fc.integer({ min: 0, max: 100_000 }), async (play, point, pauseMs) => {
        const whole = await simulate(play.workflow, {
          crew: watchedCrew(play, { begun: [], answered: new Set() }),
          maxConcurrency: play.maxConcurrency,
        });
        const log: EffectLog = { begun: [], answered: new Set() };
        const { view, journal } = await takeOver(play, whole, { cut: 1 + (point % whole.journal.length), pauseMs }, log);
        expect(['completed', 'failed']).toContain(view.status);
        for (const step of view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(leftovers(foldJournal('simulation', whole.workflow, journal))).toEqual({});
        expect(new Set(log.begun).size).toBe(log.begun.length);
      }),
      { numRuns: RUNS },
    );
  });

  test('while a step backs off waits on until the absolute moment, not a full pause again', async () => {
    const play: Play = {
      maxConcurrency: 1,
      script: { flaky: [{ fail: 'not yet' }, { output: 'done' }] },
      workflow: workflowOf([
        task('flaky', { retry: { retries: 1, delayMs: 60_000, factor: 2, maxDelayMs: 60_000, jitter: 0, on: 'failure' } }),
      ]),
    };
    const whole = await simulate(play.workflow, { crew: watchedCrew(play, { begun: [], answered: new Set() }) });
    expect(whole.makespanMs).toBe(60_000);
    const { view: soon } = await takeOver(play, whole, { cut: 2, pauseMs: 45_000 }, { begun: [], answered: new Set() });
    expect([soon.status, soon.updatedAt]).toEqual(['completed', 60_000]);
    const { view: late } = await takeOver(play, whole, { cut: 2, pauseMs: 90_000 }, { begun: [], answered: new Set() });
    expect([late.status, late.updatedAt]).toEqual(['completed', 90_000]);
  });

  test('in the middle of an attempt begins that attempt again under the same key, with its whole time', async () => {
    const play: Play = {
      maxConcurrency: 1,
      script: { slow: [{ after: 8_000, output: 'done' }] },
      workflow: workflowOf([task('slow', { timeout: 10_000 })]),
    };
    const whole = await simulate(play.workflow, { crew: watchedCrew(play, { begun: [], answered: new Set() }) });
    const log: EffectLog = { begun: [], answered: new Set() };
    const { view } = await takeOver(play, whole, { cut: 1, pauseMs: 3_600_000 }, log);
    expect([view.status, view.steps[0]?.attempts, log.begun]).toEqual(['completed', 1, ['simulation/slow#1']]);
  });
});
