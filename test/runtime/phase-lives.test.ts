import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { type Happening, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { Lives } from './lives.ts';
import { type PhasedPlay, phasedPlays } from './random-phases.ts';
import { type EffectLog, takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 60;
const WAIT = 60_000;

const nobody = (): EffectLog => ({ begun: [], answered: new Set() });

const results = (view: RunView) => view.phases.map(({ path, rounds }) => [path, rounds.map(({ result }) => result)] as const);

function keepsItsBounds(view: RunView, { bounds }: PhasedPlay): void {
  for (const [path, all] of results(view))
    expect([path, all.filter((each) => each === 'sent_back').length <= (bounds[path] ?? 0)]).toEqual([path, true]);
}

/** Nobody stands in for a step that has not failed; where nothing is cut short, somebody does for every one that has. */
function standsInWhereItFailed({ status, steps }: RunView, { standIns, policy }: PhasedPlay): void {
  const byPath = new Map(steps.map((step) => [step.path, step]));
  for (const [path, other] of Object.entries(standIns)) {
    const [stage, standIn] = [byPath.get(path), byPath.get(other)];
    const hasRun = standIn?.outcome === 'completed' || standIn?.outcome === 'failed';
    if (hasRun) expect([path, stage?.outcome]).toEqual([path, 'failed']);
    else if (policy !== 'stop' && status !== 'cancelled') expect([path, stage?.outcome]).not.toEqual([path, 'failed']);
    expect([path, stage?.replacedBy !== null]).toEqual([path, hasRun && standIn?.outcome === 'completed']);
  }
}

const interruptions: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({ at: fc.nat({ max: 120 }), do: fc.constantFrom('pause', 'resume', 'resume', 'cancel') }) as fc.Arbitrary<Happening>,
  { maxLength: 3 },
);

describe('phases of all kinds', () => {
  test(
    'keep to their bounds and come to their end, whatever is done to the run meanwhile',
    async () => {
      await fc.assert(
        fc.asyncProperty(phasedPlays, interruptions, async (play, happenings) => {
          const run = await simulate(play.workflow, {
            crew: watchedCrew(play, nobody()),
            maxConcurrency: play.maxConcurrency,
            happenings: [...happenings, { at: 100_000, do: 'resume' }],
          });
          expect(run.status).not.toBe('waiting');
          keepsItsBounds(run.view, play);
          standsInWhereItFailed(run.view, play);
          for (const [path, all] of results(run.view)) expect([path, all.includes(null)]).toEqual([path, false]);
          for (const step of run.view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
          expect(leftovers(foldJournal('simulation', run.workflow, run.journal))).toEqual({});
        }),
        { numRuns: RUNS },
      );
    },
    WAIT,
  );

  test(
    'go on as they would have when their host dies anywhere',
    async () => {
      await fc.assert(
        fc.asyncProperty(phasedPlays, fc.nat(), async (play, point) => {
          const whole = await simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: play.maxConcurrency });
          const cut = 1 + (point % whole.journal.length);
          const { view } = await takeOver(play, whole, { cut, pauseMs: 0 }, nobody());
          expect([view.status, results(view)]).toEqual([whole.view.status, results(whole.view)]);
        }),
        { numRuns: RUNS },
      );
    },
    WAIT,
  );

  test(
    'that failed and are tried again come to an end, and fold as they were recorded',
    async () => {
      await fc.assert(
        fc.asyncProperty(phasedPlays, async (play) => {
          const lives = new Lives();
          const before = await lives.start(play.workflow, play.script, { maxConcurrency: play.maxConcurrency });
          if (before.status !== 'failed') return;
          let view: RunView;
          try {
            view = await lives.live(play.script, (runtime) => runtime.retry('run'), play.maxConcurrency);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'NOTHING_TO_RETRY' });
            return;
          }
          expect(['completed', 'failed']).toContain(view.status);
          const folded = await lives.fold('run');
          expect(leftovers(folded)).toEqual({});
          expect(folded.status).toBe(view.status);
        }),
        { numRuns: RUNS },
      );
    },
    WAIT,
  );
});
