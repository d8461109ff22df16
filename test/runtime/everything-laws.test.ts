import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awaitedSignals } from '../../src/runtime/awaited-signals.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { type Happening, type Simulation, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { type WholePlay, wholePlays } from './random-everything.ts';
import { takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 3_000 : 60;

const nobody = () => ({ begun: [] as string[], answered: new Set<string>() });
const perform = (play: WholePlay, more: readonly Happening[] = []) =>
  simulate(play.workflow, {
    crew: watchedCrew(play, nobody()),
    maxConcurrency: play.maxConcurrency,
    happenings: [...play.people, ...more].sort((one, other) => one.at - other.at),
  });

/** Everything that has not ended says what it waits for, and somewhere in it a person is asked. */
function waitsForSomethingNamed(view: RunView): void {
  const open = view.steps.filter(({ outcome }) => outcome === null);
  for (const { path, why } of open) expect([path, why]).toEqual([path, expect.any(String)]);
  expect(open.some(({ question, signal }) => question !== null || signal !== null)).toBe(true);
  // Whoever attends it knows, and need not stay.
  expect(awaitedSignals(view)).not.toEqual([]);
}

/** What must hold of every run, however far it has come. */
function keepsItsWord({ bounds }: WholePlay, view: RunView): void {
  for (const { path, rounds } of view.phases) {
    expect(rounds.filter(({ result }) => result === 'sent_back').length).toBeLessThanOrEqual(bounds[path] ?? 0);
  }
  const effects = view.steps.flatMap(({ audit }) =>
    audit.filter(({ what }) => what === 'answered').map(({ token, by }) => `${token} ${by}`),
  );
  expect(new Set(effects).size).toBe(effects.length);
  // What completes again, because work has gone back, may be undone again.
  const times = (list: readonly string[], path: string) => list.filter((other) => other === path).length;
  const completions = view.history.flatMap(([path, outcome]) => (outcome === 'completed' ? [path] : []));
  for (const path of view.undone)
    expect([path, times(completions, path)]).toEqual([path, expect.toSatisfy((n) => n >= times(view.undone, path))]);
}

function leavesNothing({ workflow, journal, view }: Pick<Simulation, 'workflow' | 'journal' | 'view'>): void {
  expect(leftovers(foldJournal('simulation', workflow, journal))).toEqual({});
  for (const { reserved, waiting } of view.budget === null ? [] : [view.budget, ...view.budget.accounts])
    expect([reserved, waiting]).toEqual([0, []]);
  for (const { path, outcome } of view.steps) expect([path, outcome]).toEqual([path, expect.any(String)]);
  const keys = journal.flatMap(({ intents }) => intents.filter(([kind]) => kind === 'task.start').map(([, key]) => key));
  expect(new Set(keys).size).toBe(keys.length);
}

describe('a run of everything at once', () => {
  test('ends and leaves nothing, or waits for somebody who is named', async () => {
    await fc.assert(
      fc.asyncProperty(wholePlays, async (play) => {
        const end = await perform(play);
        keepsItsWord(play, end.view);
        if (end.status === 'waiting') waitsForSomethingNamed(end.view);
        else leavesNothing(end);
      }),
      { numRuns: RUNS },
    );
  });

  test('that is cancelled at any moment ends and leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(wholePlays, fc.integer({ min: 0, max: 300 }), fc.boolean(), async (play, at, force) => {
        const end = await perform(play, [{ at, do: 'cancel' }, ...(force ? [{ at: at + 5, do: 'cancel' as const, force }] : [])]);
        expect(end.status).not.toBe('waiting');
        keepsItsWord(play, end.view);
        leavesNothing(end);
      }),
      { numRuns: RUNS },
    );
  });

  test('whose host dies anywhere goes on: nobody who has completed is asked again, no key is used twice, it ends or waits', async () => {
    await fc.assert(
      fc.asyncProperty(wholePlays, fc.nat(), fc.integer({ min: 0, max: 500 }), async (play, point, pauseMs) => {
        const whole = await perform(play);
        const cut = 1 + (point % whole.journal.length);
        const log = nobody();
        const { view, journal } = await takeOver(play, whole, { cut, pauseMs }, log);
        keepsItsWord(play, view);
        expect(new Set(log.begun).size).toBe(log.begun.length);
        for (const { fact } of whole.journal.slice(0, cut)) {
          if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
        }
        if (['completed', 'failed', 'cancelled'].includes(view.status)) leavesNothing({ workflow: whole.workflow, journal, view });
        else waitsForSomethingNamed(view);
      }),
      { numRuns: RUNS },
    );
  });
});
