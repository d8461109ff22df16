import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { formatDuration } from '../../src/definition/duration.ts';
import type { ConflictRung } from '../../src/definition/joining.ts';
import { type ConflictEvent, conflictMachine } from '../../src/machines/conflict.ts';
import { onStage } from './on-stage.ts';

const RUNGS: readonly ConflictRung[] = ['automatic', 'guided', 'rerun', 'sequential', 'person'];
const TIMEOUT = 5000;
const STATES = { automatic: 'merging', guided: 'guiding', rerun: 'rerunning', sequential: 'fallingBack', person: 'escalated' };

const input = (ladder: readonly ConflictRung[], timeoutMs: number | null = TIMEOUT) => ({ contest: 'build/plan', ladder, timeoutMs });
const settled = (rung: ConflictRung, yes: boolean): ConflictEvent => ({
  type: 'rung.settled',
  rung,
  settled: yes,
  reason: yes ? null : `${rung} did not do`,
});
const cancel: ConflictEvent = { type: 'cancel', reason: 'enough' };

const ladders = fc.array(fc.constantFrom(...RUNGS), { maxLength: 6 });
/** News of any rung, a wait as long as the timeout, or a cancel. */
const happenings = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.tuple(fc.constantFrom(...RUNGS), fc.boolean()).map(([rung, yes]) => settled(rung, yes)) },
    { weight: 3, arbitrary: fc.constant('time passes' as const) },
    { weight: 1, arbitrary: fc.constant(cancel) },
  ),
  { maxLength: 16 },
);

type Happening = ConflictEvent | 'time passes';

/** What a happening means to the rung that is under way; null: nothing. */
function meaning(rung: ConflictRung, limited: boolean, what: Happening): 'settled' | 'in vain' | 'late' | 'cancelled' | null {
  if (what === 'time passes') return limited && (rung === 'guided' || rung === 'person') ? 'late' : null;
  if (what.type === 'cancel') return 'cancelled';
  if (what.type !== 'rung.settled' || what.rung !== rung) return null;
  return what.settled ? 'settled' : 'in vain';
}

/** The reference: how far up the ladder a story leads, what is left on the way, and how it ends. */
function follow(ladder: readonly ConflictRung[], limited: boolean, story: readonly Happening[]) {
  const tried: [ConflictRung, string][] = [];
  const left: ConflictRung[] = [];
  for (const what of story) {
    const rung = ladder[tried.length];
    if (rung === undefined) break;
    const meant = meaning(rung, limited, what);
    if (meant === 'late' || meant === 'cancelled') left.push(rung);
    if (meant === 'settled') return { tried, left, outcome: 'resolved', rung };
    if (meant === 'cancelled') return { tried, left, outcome: 'cancelled', rung: null };
    if (meant !== null) tried.push([rung, meant === 'late' ? `it took longer than ${formatDuration(TIMEOUT)}` : `${rung} did not do`]);
  }
  return { tried, left, outcome: tried.length === ladder.length ? 'unresolved' : null, rung: null };
}

describe('a conflict', () => {
  test('climbs its ladder in order, each rung once, and reports where it got to', () => {
    fc.assert(
      fc.property(ladders, fc.boolean(), happenings, (ladder, limited, story) => {
        const rungs = [...new Set(ladder)];
        const { tell, pass, calls, actor, errors } = onStage(conflictMachine, input(ladder, limited ? TIMEOUT : null));
        for (const each of story) {
          if (each === 'time passes') pass(TIMEOUT);
          else tell(each);
        }
        const { tried, left, outcome, rung } = follow(rungs, limited, story);
        const climbed = rungs.slice(0, tried.length + (outcome === 'unresolved' ? 0 : 1));
        expect(calls('tryRung')).toEqual(climbed.map((each) => ['tryRung', 'build/plan', each]));
        expect(calls('leaveRung').map((call) => call[2])).toEqual(left);
        const under = rungs[tried.length];
        expect([actor.getSnapshot().value, errors]).toEqual([outcome ?? (under && STATES[under]), []]);
        expect(actor.getSnapshot().output).toEqual(outcome === null ? undefined : { contest: 'build/plan', outcome, rung, tried });
      }),
      { numRuns: 500 },
    );
  });

  test('listens to the rung under way only: news of another changes nothing', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...RUNGS], { minLength: 1 }),
        fc.nat({ max: 4 }),
        fc.constantFrom(...RUNGS),
        (ladder, height, rung) => {
          let [now] = initialTransition(conflictMachine, input(ladder));
          const under = ladder[height % ladder.length] ?? 'automatic';
          for (const below of ladder.slice(0, height % ladder.length)) [now] = transition(conflictMachine, now, settled(below, false));
          expect(now.value).toBe(STATES[under]);
          if (rung === under) return;
          for (const yes of [true, false]) {
            const [after, asked] = transition(conflictMachine, now, settled(rung, yes));
            expect([after.value, after.context, asked]).toEqual([now.value, now.context, []]);
          }
        },
      ),
    );
  });

  test('settled while it is asking climbs on without waiting', () => {
    const stage = onStage(conflictMachine, input(RUNGS), (say) => ({ tryRung: (_, rung) => say(settled(rung, rung === 'sequential')) }));
    expect(stage.actor.getSnapshot().output).toEqual({
      contest: 'build/plan',
      outcome: 'resolved',
      rung: 'sequential',
      tried: ['automatic', 'guided', 'rerun'].map((rung) => [rung, `${rung} did not do`]),
    });
  });

  test('gives each rung its own whole time: the deadline of guidance that was in vain is not the person’s', () => {
    const { tell, pass, state } = onStage(conflictMachine, input(['guided', 'person']));
    pass(TIMEOUT - 1);
    tell(settled('guided', false));
    pass(TIMEOUT - 1);
    expect(state()).toBe('escalated');
    pass(1);
    expect(state()).toBe('unresolved');
  });

  test('answers cancel on every rung: what was begun is left, and it ends cancelled', () => {
    for (const rung of RUNGS) {
      const { tell, state, calls } = onStage(conflictMachine, input([rung]));
      expect(state()).toBe(STATES[rung]);
      tell(cancel);
      expect([state(), calls('leaveRung')]).toEqual(['cancelled', [['leaveRung', 'build/plan', rung, 'enough']]]);
    }
  });
});
