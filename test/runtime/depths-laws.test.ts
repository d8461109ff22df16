import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type Happening, type Simulation, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { Lives } from './lives.ts';
import { type DeepPlay, deepPlays } from './random-depths.ts';
import { takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 30;
const WAIT = process.env.TROUPE_DEEP === '1' ? 1_800_000 : 120_000;
const UNDOING = '(compensation)/';

const nobody = () => ({ begun: [] as string[], answered: new Set<string>() });
const perform = (play: DeepPlay, happenings: readonly Happening[] = []) =>
  simulate(play.workflow, { crew: watchedCrew(play, nobody()), maxConcurrency: play.maxConcurrency, happenings });

/** What completed and was not undone since, whatever became of it when it was to run again. */
function standing(history: Simulation['history']): string[] {
  const stands = new Set<string>();
  for (const [path, outcome] of history) {
    if (!path.startsWith(UNDOING)) {
      if (outcome === 'completed') stands.add(path);
      continue;
    }
    const step = path.slice(UNDOING.length);
    expect([step, stands.delete(step)]).toEqual([step, true]);
  }
  return [...stands];
}

/** Ids of steps that say how they are undone: no two steps of a play share one, wherever they stand in it. */
function undoableOf({ workflow }: DeepPlay): ReadonlySet<string> {
  const ids = new Set<string>();
  JSON.stringify(workflow, (_, value: unknown) => {
    if (value !== null && typeof value === 'object' && 'compensate' in value && 'id' in value) ids.add(String(value.id));
    return value;
  });
  return ids;
}

function endedWell(play: DeepPlay, { workflow, journal, view }: Pick<Simulation, 'workflow' | 'journal' | 'view'>): void {
  expect(['completed', 'failed', 'cancelled']).toContain(view.status);
  expect(view.error?.code).not.toBe('INTERNAL');
  expect(leftovers(foldJournal('simulation', workflow, journal))).toEqual({});
  for (const { path, outcome } of view.steps) expect([path, outcome]).toEqual([path, expect.any(String)]);
  const keys = journal.flatMap(({ intents }) => intents.filter(([kind]) => kind === 'task.start').map(([, key]) => key));
  expect(new Set(keys).size).toBe(keys.length);
  const stands = standing(view.history);
  const cause = view.status === 'failed' ? 'failure' : 'cancel';
  if (view.status === 'completed' || workflow.compensateOn?.includes(cause) !== true) return;
  const undoable = undoableOf(play);
  const listed = new Set(view.notUndone.map(({ step }) => step));
  expect(stands.filter((path) => undoable.has(path.split('/').at(-1) ?? '') && !listed.has(path))).toEqual([]);
}

describe('whatever stands inside of what', () => {
  test(
    'a run ends, leaves nothing, and undoes all that stands where it fails',
    () =>
      fc.assert(
        fc.asyncProperty(deepPlays, async (play) => endedWell(play, await perform(play))),
        { numRuns: RUNS },
      ),
    WAIT,
  );

  test(
    'so does one that is cancelled at any moment, with force or without',
    () =>
      fc.assert(
        fc.asyncProperty(deepPlays, fc.nat(300), fc.boolean(), async (play, at, force) => {
          const again: Happening[] = force ? [{ at: at + 5, do: 'cancel', force }] : [];
          endedWell(play, await perform(play, [{ at, do: 'cancel' }, ...again]));
        }),
        { numRuns: RUNS },
      ),
    WAIT,
  );

  test(
    'so does one whose host dies anywhere, and nobody who has completed is asked again',
    () =>
      fc.assert(
        fc.asyncProperty(deepPlays, fc.nat(), fc.nat(500), async (play, point, pauseMs) => {
          const whole = await perform(play);
          const cut = 1 + (point % whole.journal.length);
          const log = nobody();
          const { view, journal } = await takeOver(play, whole, { cut, pauseMs }, log);
          expect(new Set(log.begun).size).toBe(log.begun.length);
          for (const { fact } of whole.journal.slice(0, cut)) {
            if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
          }
          endedWell(play, { workflow: whole.workflow, journal, view });
        }),
        { numRuns: RUNS },
      ),
    WAIT,
  );

  test(
    'one that has failed and is tried again ends, and folds to what it was; so does a fork of it at any fact',
    () =>
      fc.assert(
        fc.asyncProperty(deepPlays, fc.nat(), async (play, point) => {
          const lives = new Lives();
          const first = await lives.start(play.workflow, play.script, { maxConcurrency: play.maxConcurrency });
          if (first.status === 'failed') {
            const second = await lives.live(play.script, (runtime) => runtime.retry('run'), play.maxConcurrency);
            expect((await lives.fold('run')).status).toBe(second.status);
            expect(['completed', 'failed']).toContain(second.status);
          }
          const at = point % (await lives.store.read('run')).length;
          const fork = await lives.live(play.script, (runtime) => runtime.fork('run', { at, id: 'fork' }), play.maxConcurrency);
          expect(['completed', 'failed']).toContain(fork.status);
          expect(leftovers(await lives.fold('fork'))).toEqual({});
        }),
        { numRuns: RUNS },
      ),
    WAIT,
  );
});
