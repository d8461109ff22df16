import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import { blueprintOf } from '../../src/planning/draw-blueprint.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import type { Task } from '../../src/protocol/task.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import { intentOf } from '../../src/runtime/intent.ts';
import { Run } from '../../src/runtime/run.ts';
import { viewOf } from '../../src/runtime/run-view.ts';
import { type Happening, simulate } from '../../src/testing/simulate.ts';
import { leftovers } from './leftovers.ts';
import { type Play, plainPlays, plays } from './random-workflow.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 5_000 : 150;

const perform = (play: Play, happenings: readonly Happening[] = []) =>
  simulate(play.workflow, {
    crew: { personas: { '*': scriptedAgent('player', play.script) } },
    maxConcurrency: play.maxConcurrency,
    happenings,
  });

describe('every run', () => {
  test('ends: nothing is left unsettled and nothing is left in flight', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), async (play) => {
        const end = await perform(play);
        expect(['completed', 'failed']).toContain(end.status);
        for (const step of end.view.steps) expect([step.path, step.outcome]).toEqual([step.path, expect.any(String)]);
        expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
        const keys = end.journal.flatMap(({ intents }) => intents.filter(([kind]) => kind === 'task.start').map(([, key]) => key));
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: RUNS },
    );
  });

  test('has the same state and the same effects when any prefix of its journal is folded again', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), fc.nat(), async (play, cut) => {
        const { journal, workflow } = await perform(play);
        const until = cut % (journal.length + 1);
        const live = new Run('simulation', blueprintOf(workflow), journal[0]?.fact as RunStarted);
        for (const batch of journal.slice(0, until)) expect(live.deliver(batch.fact).map(intentOf)).toEqual(batch.intents);
        const folded = foldJournal('simulation', JSON.parse(JSON.stringify(workflow)), JSON.parse(JSON.stringify(journal)), until);
        expect(viewOf(folded, 0, 0)).toEqual(viewOf(live, 0, 0));
        expect([...folded.state.inFlight]).toEqual([...live.state.inFlight]);
        expect(folded.nextDue()).toEqual(live.nextDue());
      }),
      { numRuns: RUNS },
    );
  });

  test('starts no step before everything it depends on is settled, and no attempt beyond its budget', async () => {
    await fc.assert(
      fc.asyncProperty(plainPlays({ anyJoins: true }), async (play) => {
        const { journal, workflow } = await perform(play);
        const run = new Run('simulation', blueprintOf(workflow), journal[0]?.fact as RunStarted);
        const steps = new Map(workflow.steps.map((step) => [step.id, step]));
        const begun = (task: Task) => {
          const step = steps.get(task.step);
          for (const id of step?.dependencies ?? []) expect(run.state.records.has(id)).toBe(true);
          expect(task.attempt).toBeLessThanOrEqual(1 + (step?.kind === 'task' ? Number(step.retry?.retries ?? 0) : 2));
        };
        for (const { fact } of journal) {
          for (const effect of run.deliver(fact)) if (effect.type === 'task.start') begun(effect.task);
          expect(run.state.inFlight.size).toBeLessThanOrEqual(play.maxConcurrency);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('that is cancelled ends every live step and applies nothing that comes later', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), fc.integer({ min: 0, max: 6000 }), async (play, at) => {
        const end = await perform(play, [{ at, do: 'cancel', reason: 'enough' }]);
        expect(['completed', 'failed', 'cancelled']).toContain(end.status);
        for (const step of end.view.steps) expect(step.outcome).not.toBeNull();
        if (end.status === 'cancelled') {
          expect(end.failure?.code).toBe('RUN_CANCELLED');
          const ends = end.journal.flatMap(({ intents }) => intents.filter(([kind]) => kind === 'run.end'));
          expect(ends.map(([, status]) => status)).toEqual(['cancelled']);
        }
        expect(leftovers(foldJournal('simulation', end.workflow, end.journal))).toEqual({});
      }),
      { numRuns: RUNS },
    );
  });

  test('that is paused starts nothing until it is resumed, and then ends as it would have', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: false }), fc.integer({ min: 0, max: 3000 }), async (play, at) => {
        const plain = await perform(play);
        const paused = await perform(play, [
          { at, do: 'pause' },
          { at: at + 60_000, do: 'resume' },
        ]);
        const from = paused.journal.findIndex(({ fact }) => fact.type === 'run.paused');
        const to = paused.journal.findIndex(({ fact }) => fact.type === 'run.resumed');
        if (from >= 0 && to >= 0 && paused.journal.slice(0, from).every(({ intents }) => intents.every(([kind]) => kind !== 'run.end'))) {
          for (const { intents } of paused.journal.slice(from, to)) expect(intents.filter(([kind]) => kind === 'task.start')).toEqual([]);
        }
        if (play.workflow.onFailure !== 'stop') expect(paused.outputs).toEqual(plain.outputs);
      }),
      { numRuns: RUNS },
    );
  });
});
