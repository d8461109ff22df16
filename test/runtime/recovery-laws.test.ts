import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyStep, type Workflow } from '../../src/definition/workflow.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { type Happening, simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { leftovers } from './leftovers.ts';
import type { Play } from './play.ts';
import { recoveringPlays } from './random-recovery.ts';
import { plainPlays } from './random-workflow.ts';
import { type EffectLog, takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 3_000 : 50;

const nobody = (): EffectLog => ({ begun: [], answered: new Set() });
const run = (play: Play, happenings: readonly Happening[] = []) =>
  simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: play.maxConcurrency, happenings });

/** How often each strategy was tried for a step is within its budget, and every one that was tried came to something. */
function expectWithinBudgets({ steps }: Workflow, { recoveries }: RunView): void {
  for (const step of everyStep(steps)) {
    const notes = recoveries.filter((note) => note.step === step.id);
    const budgets = new Map<string, number>();
    for (const { use, budget } of step.recovery ?? []) budgets.set(use, (budgets.get(use) ?? 0) + budget);
    for (const [use, budget] of budgets) {
      expect(notes.filter((note) => note.what === 'begun' && note.use === use).length).toBeLessThanOrEqual(budget);
    }
  }
}

const essence = ({ status, outputs, steps }: RunView) => ({
  status,
  outputs,
  steps: steps.map(({ path, outcome, degraded }) => [path, outcome, degraded]),
});

describe('a run whose steps are recovered', () => {
  test('ends, or waits for a person; tries each way at most as often as it may, and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(recoveringPlays(), async (play) => {
        const { view, status, workflow, journal } = await run(play);
        expectWithinBudgets(play.workflow, view);
        if (status === 'waiting') {
          expect(view.steps.some(({ question }) => question !== null)).toBe(true);
          return;
        }
        for (const step of view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(leftovers(foldJournal('simulation', workflow, journal))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });

  test('comes to an end when it is cancelled, wherever it was', async () => {
    await fc.assert(
      fc.asyncProperty(recoveringPlays(), fc.nat({ max: 12_000 }), async (play, at) => {
        const { status, view, workflow, journal } = await run(play, [{ at, do: 'cancel', reason: 'enough' }]);
        expect(status).not.toBe('waiting');
        for (const step of view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(leftovers(foldJournal('simulation', workflow, journal))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });

  test('is the plain run where nothing fails: the same facts, the same intents', async () => {
    await fc.assert(
      fc.asyncProperty(plainPlays({ anyJoins: true }), async (drawn) => {
        const script = Object.fromEntries(Object.keys(drawn.script).map((step) => [step, [{ output: step }]]));
        const plain = { ...drawn, script };
        const steps = plain.workflow.steps.map((step) =>
          step.kind === 'task' || step.kind === 'group'
            ? {
                ...step,
                recovery: [
                  { use: 'retry_agent' as const, budget: 1, delayMs: 1, factor: 2 },
                  { use: 'restart' as const, budget: 1 },
                ],
              }
            : step,
        );
        const [before, after] = await Promise.all([run(plain), run({ ...plain, workflow: { ...plain.workflow, steps } })]);
        const facts = ({ journal }: typeof before) => journal.slice(1).map(({ fact, intents }) => ({ fact, intents }));
        fc.pre(before.view.steps.every(({ outcome }) => outcome !== 'failed'));
        expect(facts(after)).toEqual(facts(before));
      }),
      { numRuns: RUNS },
    );
  });

  test('ends as it would have when its host dies anywhere, asks for nothing twice, and folds to what it was', async () => {
    // Of several ways, the one that has helped others so far is taken: which ones those are depends on who was faster.
    const steady = recoveringPlays({ uses: ['retry_agent', 'substitute_agent', 'partial'], anyJoins: false, ways: 1 });
    await fc.assert(
      fc.asyncProperty(steady, fc.nat(), fc.integer({ min: 0, max: 50_000 }), async (drawn, point, pauseMs) => {
        const play = { ...drawn, workflow: { ...drawn.workflow, onFailure: 'continue' as const } };
        const whole = await run(play);
        const cut = 1 + (point % whole.journal.length);
        const log = nobody();
        const { view, journal } = await takeOver(play, whole, { cut, pauseMs }, log);
        expect(essence(view)).toEqual(essence(whole.view));
        expectWithinBudgets(play.workflow, view);
        expect(new Set(log.begun).size).toBe(log.begun.length);
        for (const { fact } of whole.journal.slice(0, cut)) {
          if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
        }
        const folded = foldJournal('simulation', whole.workflow, journal);
        expect(folded.status).toBe(view.status);
      }),
      { numRuns: RUNS },
    );
  });

  test('stays within its budgets and ends when its host dies anywhere, whatever begins anew', async () => {
    await fc.assert(
      fc.asyncProperty(recoveringPlays(), fc.nat(), fc.integer({ min: 0, max: 50_000 }), async (play, point, pauseMs) => {
        const whole = await run(play);
        const log = nobody();
        const { view } = await takeOver(play, whole, { cut: 1 + (point % whole.journal.length), pauseMs }, log);
        expectWithinBudgets(play.workflow, view);
        expect(new Set(log.begun).size).toBe(log.begun.length);
        if (view.status === 'running') expect(view.steps.some(({ question }) => question !== null)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('has no recovery left where what began anew never comes back to its step', async () => {
    const workflow = loaded(`
name: lost
steps:
  - { id: a, type: persona-request, persona: p }
  - id: c
    type: conditional
    dependencies: a
    condition: "true"
    then_steps: [{ id: b, type: persona-request, persona: p, recovery: { use: restart, from: a } }]
`);
    const { status, journal, view } = await run({
      workflow,
      maxConcurrency: 1,
      script: { a: [{ output: 1 }, { fail: 'no' }], b: [{ fail: 'no' }] },
    });
    expect(status).toBe('failed');
    expect(view.recoveries.map(({ step, what }) => `${step} ${what}`)).toEqual(['b begun', 'b cancelled']);
    expect(leftovers(foldJournal('simulation', workflow, journal))).toEqual({});
  });
});
