import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupFailurePolicy, WaitFor } from '../../src/definition/joining.ts';
import type { FailurePolicy, GroupStep } from '../../src/definition/workflow.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { type Happening, type Simulation, simulate } from '../../src/testing/simulate.ts';
import { type Life, type ModelGroup, modelJoin } from './join-model.ts';
import { leftovers } from './leftovers.ts';
import { task, workflowOf } from './linear.ts';
import type { Play } from './play.ts';
import { type EffectLog, takeOver, watchedCrew } from './take-over.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 10_000 : 150;
const UNDO_MS = 20;

// Ends fall on tens, deadlines and cancels between them: what happens at one moment is another law.
const tens = (max: number) => fc.integer({ min: 0, max }).map((tenths) => tenths * 10);
const life: fc.Arbitrary<Life> = fc.record({ takes: tens(12), succeeds: fc.integer({ min: 0, max: 2 }).map((n) => n > 0) });
const groups: fc.Arbitrary<ModelGroup> = fc
  .record({
    waitFor: fc.constantFrom<WaitFor>('all', 'any', 'quorum', 'majority', 'deadline'),
    quorum: fc.integer({ min: 1, max: 6 }),
    deadlineMs: tens(20).map((ms) => ms + 5),
    policy: fc.constantFrom<GroupFailurePolicy | null>(null, 'fail_fast', 'settle', 'compensate', 'fall_back_sequential'),
    onFailure: fc.constantFrom<FailurePolicy>('continue', 'stop', 'best_effort'),
    members: fc.array(fc.tuple(life, life), { minLength: 1, maxLength: 6 }),
    undoMs: fc.constant(UNDO_MS),
  })
  .map((group) => ({ ...group, quorum: Math.min(group.quorum, group.members.length) }));

const answer = ({ takes, succeeds }: Life) => (succeeds ? { after: takes, output: takes } : { after: takes, fail: 'no' });

/** The group as a workflow of its own, with a crew whose lives go as the model says. */
function playOf({ waitFor, quorum, deadlineMs, policy, onFailure, members }: ModelGroup): Play {
  const group: GroupStep = {
    kind: 'group',
    id: 'group',
    name: 'group',
    type: 'parallel',
    dependencies: [],
    mode: 'parallel',
    waitFor,
    ...(waitFor === 'quorum' || waitFor === 'deadline' ? { quorum } : {}),
    ...(waitFor === 'deadline' ? { deadline: deadlineMs } : {}),
    ...(policy === null ? {} : { onFailure: policy }),
    steps: members.map((_, i) => task(`m${i}`, { compensate: { type: 'undo', params: {} } })),
  };
  const lives = members.map(([first, second], i) => [`m${i}`, [answer(first), answer(second)]] as const);
  const undoing = members.map((_, i) => [`(compensation)/m${i}`, { after: UNDO_MS }] as const);
  return { workflow: workflowOf([group], { onFailure }), script: Object.fromEntries([...lives, ...undoing]), maxConcurrency: 100 };
}

const perform = (play: Play, happenings: readonly Happening[] = []) =>
  simulate(play.workflow, { crew: watchedCrew(play, emptyLog()), maxConcurrency: play.maxConcurrency, happenings });

const emptyLog = (): EffectLog => ({ begun: [], answered: new Set() });

/** How the run ended, in the words of the model. */
function endOf({ view, makespanMs, journal }: Simulation, { members }: ModelGroup) {
  const of = (path: string) => view.steps.find((step) => step.path === path);
  const begun = journal.flatMap(({ intents }) => intents.flatMap(([kind, id]) => (kind === 'task.start' ? [id] : [])));
  return {
    outcome: of('group')?.outcome,
    code: of('group')?.error?.code ?? null,
    members: members.map((_, i) => of(`m${i}`)?.outcome),
    ranAgain: begun.some((id) => /^m\d+#2$/.test(id)),
    undone: begun.filter((id) => id.startsWith('(compensation)')).map((id) => Number(id.match(/m(\d+)#/)?.[1])),
    endsAt: makespanMs,
  };
}

describe('a group', () => {
  test('ends as the reference model says: outcome, code, members, what ran again, what was undone, and when', async () => {
    await fc.assert(
      fc.asyncProperty(groups, async (group) => {
        const end = await perform(playOf(group));
        expect(endOf(end, group)).toEqual(modelJoin(group));
        expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });

  test('that is cancelled before its end is cancelled, with everybody in it; afterwards it has ended as it had', async () => {
    await fc.assert(
      fc.asyncProperty(groups, tens(40), async (group, tenths) => {
        const at = tenths + 7;
        const model = modelJoin(group);
        const end = await perform(playOf(group), [{ at, do: 'cancel', reason: 'enough' }]);
        expect(end.status === 'cancelled').toBe(at < model.endsAt);
        if (at > model.endsAt) expect(endOf(end, group)).toEqual(model);
        for (const step of end.view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });

  test('whose host dies at any point, cancelled or not, ends in a defined state; what had completed has completed', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.nat(), fc.nat(100_000), fc.option(tens(40)), async (group, point, pauseMs, cancelAt) => {
        const play = playOf(group);
        const whole = await perform(play, cancelAt === null ? [] : [{ at: cancelAt + 7, do: 'cancel', reason: 'enough' }]);
        const cut = 1 + (point % whole.journal.length);
        const log = emptyLog();
        const { view, journal } = await takeOver(play, whole, { cut, pauseMs }, log);
        expect(['completed', 'failed', 'cancelled']).toContain(view.status);
        for (const step of view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(leftovers(foldJournal('simulation', whole.workflow, journal))).toEqual({});
        for (const { fact } of whole.journal.slice(0, cut)) {
          if (fact.type === 'task.completed') expect(log.begun).not.toContain(`simulation/${fact.step}#${fact.attempt}`);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
