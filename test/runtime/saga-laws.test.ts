import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompensationCause } from '../../src/definition/step-data.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { stateOf } from '../../src/runtime/actor-system.ts';
import { causesOf } from '../../src/runtime/compensation-causes.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { Run } from '../../src/runtime/run.ts';
import type { RunView } from '../../src/runtime/run-view.ts';
import { type Simulation, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { type SagaPlay, sagaPlays } from './random-sagas.ts';
import { type EffectLog, takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 600 : 150;
const UNDOING = '(compensation)/';

const nobody = (): EffectLog => ({ begun: [], answered: new Set() });

const whole = (play: SagaPlay): Promise<Simulation> =>
  simulate(play.workflow, {
    crew: watchedCrew(play, nobody()),
    maxConcurrency: play.maxConcurrency,
    happenings: play.happenings,
  });

const refold = (play: Simulation): Run => foldJournal('simulation', play.workflow, play.journal);

/** The reference: what a run that ended badly must have tried to undo, told from what has completed in it and by whom it is held. */
function expectedOf({ state }: Run, cause: CompensationCause): string[] {
  return [...state.scopes.values()].flatMap((scope) =>
    causesOf(scope)?.includes(cause) === true
      ? scope.blueprint.undoable.own.map((id) => scope.prefix + id).filter((path) => state.records.get(path)?.outcome === 'completed')
      : [],
  );
}

/** How often each step has completed, and was dealt with, told from the history alone; throws for one that is undone when it should not be. */
function replayed(view: RunView): void {
  const standing = new Set<string>();
  for (const [path, outcome] of view.history) {
    if (!path.startsWith(UNDOING)) {
      if (outcome === 'completed') standing.add(path);
      continue;
    }
    const step = path.slice(UNDOING.length);
    expect([step, standing.delete(step)]).toEqual([step, true]);
  }
}

/** Whether a run was undoing what it did after batch `n`. */
function isUndoing({ workflow, journal }: Simulation, n: number): boolean {
  const { actor } = foldJournal('simulation', workflow, journal, n + 1).state.root;
  return actor !== null && ['compensating', 'undoing'].includes(stateOf(actor));
}

const essence = ({ status, undone, notUndone, steps }: RunView) => ({
  status,
  undone,
  notUndone: notUndone.map(({ step }) => step),
  steps: steps.map(({ path, outcome }) => [path, outcome]),
});

describe('whatever fails or is cancelled', () => {
  test('each completion is undone at most once, and all that is held by what ended badly is undone or listed', async () => {
    const seen = { undone: 0, notUndone: 0 };
    await fc.assert(
      fc.asyncProperty(sagaPlays, async (play) => {
        const simulated = await whole(play);
        const { view } = simulated;
        expect(view.status).not.toBe('waiting');
        replayed(view);
        const run = refold(simulated);
        expect(leftovers(run)).toEqual({});
        const dealtWith = [...view.undone, ...view.notUndone.map(({ step }) => step)];
        seen.undone += view.undone.length;
        seen.notUndone += view.notUndone.length;
        if (view.status === 'completed') return;
        const expected = expectedOf(run, view.status === 'failed' ? 'failure' : 'cancel');
        expect(expected.filter((path) => !dealtWith.includes(path))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect([seen.undone > RUNS / 4, seen.notUndone > 0]).toEqual([true, true]);
  });

  test('a saga undoes in the reverse order of completion', async () => {
    await fc.assert(
      fc.asyncProperty(sagaPlays, async (play) => {
        const run = refold(await whole(play));
        const { history, sagas } = run.state;
        for (const { undone, saga } of sagas.ended) {
          const ends = undone.map((path) => history.map(([each]) => each).lastIndexOf(path));
          expect([saga, ends]).toEqual([saga, [...ends].sort((a, b) => b - a)]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('the same holds where the host dies anywhere, and nobody who has answered is asked again', async () => {
    await fc.assert(
      fc.asyncProperty(sagaPlays, fc.nat(), async (play, point) => {
        const simulated = await whole(play);
        const { journal } = simulated;
        const log = nobody();
        const cut = 1 + (point % journal.length);
        const { view, journal: after } = await takeOver(play, simulated, { cut, pauseMs: 0 }, log);
        replayed(view);
        const run = foldJournal('simulation', simulated.workflow, after);
        expect(leftovers(run)).toEqual({});
        const dealtWith = [...view.undone, ...view.notUndone.map(({ step }) => step)];
        const expected = view.status === 'completed' ? [] : expectedOf(run, view.status === 'failed' ? 'failure' : 'cancel');
        expect(expected.filter((path) => !dealtWith.includes(path))).toEqual([]);
        for (const { fact } of journal.slice(0, cut)) {
          if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('a host that dies while the run is undoing what it did changes nothing in what is undone, and in which order', async () => {
    let died = 0;
    await fc.assert(
      fc.asyncProperty(sagaPlays, fc.nat(), async (play, point) => {
        const simulated = await whole(play);
        const { journal } = simulated;
        const begins = journal.findIndex((_, n) => isUndoing(simulated, n));
        if (begins < 0) return;
        died++;
        // A host that is gone hears nobody: whoever has no patience has said so before.
        const told = journal.findLastIndex(({ fact }) => fact.type === 'run.cancel_requested');
        const first = Math.max(begins, told) + 1;
        const cut = Math.min(journal.length, first + (point % (journal.length - first + 1)));
        const { view } = await takeOver(play, simulated, { cut, pauseMs: 0 }, nobody());
        expect(essence(view)).toEqual(essence(simulated.view));
      }),
      { numRuns: RUNS },
    );
    expect(died).toBeGreaterThan(RUNS / 10);
  });
});

test('a definition that does not speak of sagas undoes nothing of itself', async () => {
  await fc.assert(
    fc.asyncProperty(sagaPlays, async ({ workflow: { compensateOn: _, ...old }, ...play }) => {
      const plain = (steps: Workflow['steps']): Workflow['steps'] => steps.filter(({ kind }) => kind === 'task');
      const { view } = await whole({ ...play, workflow: { ...old, steps: plain(old.steps) } });
      expect([view.undone, view.notUndone]).toEqual([[], []]);
    }),
    { numRuns: 20 },
  );
});
