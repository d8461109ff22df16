import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type SyncPointEvent, type SyncPointInput, syncPointMachine } from '../../src/machines/sync-point.ts';
import type { ErrorData } from '../../src/protocol/errors.ts';
import type { MemberArrived } from '../../src/protocol/messages.ts';
import type { StepOutcome } from '../../src/protocol/outcomes.ts';
import { onStage } from './on-stage.ts';

const MEMBERS = ['a', 'b', 'c'];
const input = (more: Partial<SyncPointInput> = {}): SyncPointInput => ({
  path: 'meet',
  kind: 'barrier',
  members: MEMBERS,
  timeoutMs: 5000,
  lenient: false,
  ...more,
});
const arrived = (member: string, outcome: StepOutcome | null = 'completed'): SyncPointEvent => ({
  type: 'member.arrived',
  member,
  outcome,
});
const executed = (error: ErrorData | null = null): SyncPointEvent => ({ type: 'sync.executed', output: { met: true }, error });
const cancel: SyncPointEvent = { type: 'cancel', reason: 'enough' };
const deadline: SyncPointEvent = { type: 'deadline.passed' };
const gateError: ErrorData = { code: 'QUALITY_GATE_FAILED', message: 'too little is tested' };

const arrivals = fc
  .tuple(
    fc.constantFrom(...MEMBERS, 'stranger'),
    fc.constantFrom<StepOutcome | null>(null, null, 'completed', 'completed', 'skipped', 'failed', 'cancelled'),
  )
  .map(([member, outcome]) => arrived(member, outcome));
const news = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: arrivals },
    { weight: 3, arbitrary: fc.constantFrom(executed(), executed(gateError)) },
    { weight: 1, arbitrary: fc.constantFrom(deadline, cancel) },
  ),
  { maxLength: 14 },
);
/** Half of them begin with everyone there and still at work: by chance alone they would seldom get that far. */
const histories = fc
  .tuple(fc.boolean(), news)
  .map(([met, more]) => (met ? [...MEMBERS.map((member) => arrived(member, null)), ...more] : more));

/** What a point should be after a history: told from the history, not from the point. */
function expected(members: readonly string[], lenient: boolean, history: readonly SyncPointEvent[]): string {
  const met = new Set<string>();
  const ended = new Set<string>();
  const fails = ({ member, outcome }: MemberArrived) => {
    if (!members.includes(member) || ended.has(member)) return false;
    if (outcome !== null) ended.add(member);
    met.add(member);
    return !lenient && (outcome === 'failed' || outcome === 'cancelled');
  };
  for (const event of history) {
    if (event.type === 'cancel') return 'cancelled';
    if (event.type === 'deadline.passed') return 'timedOut';
    if (event.type === 'member.arrived' && fails(event)) return 'failed';
    if (event.type === 'sync.executed' && met.size === members.length) return event.error === null ? 'completed' : 'failed';
  }
  if (met.size === members.length) return 'executing';
  return met.size > 0 ? 'collecting' : 'pending';
}

describe('a sync point', () => {
  test('stands where its history puts it, and carries out once, exactly when everyone has met', () => {
    fc.assert(
      fc.property(fc.subarray(MEMBERS), fc.boolean(), histories, (members, lenient, history) => {
        const { tell, state, calls, errors } = onStage(syncPointMachine, input({ members, lenient }));
        let hasMet = members.length === 0;
        history.forEach((event, nth) => {
          tell(event);
          expect(state()).toBe(expected(members, lenient, history.slice(0, nth + 1)));
          hasMet ||= state() === 'executing';
          expect(calls('executeSync')).toEqual(hasMet ? [['executeSync', 'meet']] : []);
        });
        expect(errors).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves what it began if, and only if, it ends before that is done', () => {
    fc.assert(
      fc.property(fc.boolean(), histories, (lenient, history) => {
        const { tell, state, calls } = onStage(syncPointMachine, input({ lenient }));
        for (const event of history) {
          const before = state();
          tell(event);
          const gaveUp = before === 'executing' && state() !== 'executing' && event.type !== 'sync.executed';
          if (state() !== before) expect(calls('leaveSync').length).toBe(gaveUp ? 1 : 0);
        }
      }),
    );
  });

  test('ends once: nothing that comes after changes anything or asks for anything', () => {
    fc.assert(
      fc.property(histories, histories, (history, later) => {
        let [end] = initialTransition(syncPointMachine, input());
        for (const event of [...history, cancel]) [end] = transition(syncPointMachine, end, event);
        for (const event of later) {
          const [after, asked] = transition(syncPointMachine, end, event);
          expect([after.value, after.context, after.output, asked]).toEqual([end.value, end.context, end.output, []]);
        }
      }),
    );
  });

  test('without members carries out at once', () => {
    const { state, calls } = onStage(syncPointMachine, input({ members: [] }));
    expect([state(), calls('executeSync').length]).toEqual(['executing', 1]);
  });

  test('takes an answer that comes while it asks', () => {
    const stage = onStage(syncPointMachine, input(), (say) => ({ executeSync: () => say(executed()) }));
    stage.tell(...MEMBERS.map((member) => arrived(member)));
    expect(stage.actor.getSnapshot()).toMatchObject({
      status: 'done',
      output: { outcome: 'completed', outputs: { met: true }, error: null },
    });
  });

  test('that fails by a member names it; one that fails by its purpose keeps that error and what was found', () => {
    const broken = onStage(syncPointMachine, input());
    broken.tell(arrived('a', null), arrived('a', 'failed'));
    expect(broken.actor.getSnapshot().output).toMatchObject({
      outcome: 'failed',
      error: { code: 'SYNC_FAILED', message: 'the barrier cannot take place: a has failed', details: { member: 'a', outcome: 'failed' } },
    });
    const gate = onStage(syncPointMachine, input({ kind: 'quality_gate', members: ['a'] }));
    gate.tell(arrived('a'), executed(gateError));
    expect(gate.actor.getSnapshot().output).toMatchObject({ outcome: 'failed', outputs: { met: true }, error: gateError, thrown: false });
  });

  test('waits to the last millisecond of its deadline, then says who is missing', () => {
    const { tell, pass, state, actor } = onStage(syncPointMachine, input());
    pass(3000);
    tell(arrived('b', null));
    pass(1999);
    expect(state()).toBe('collecting');
    pass(1);
    expect(actor.getSnapshot().output).toMatchObject({
      outcome: 'failed',
      thrown: true,
      error: { code: 'SYNC_TIMED_OUT', message: 'after 5s still missing were a, c', details: { missing: ['a', 'c'] } },
    });
  });

  test('out of time with everyone there says so, and a long list of the missing is cut in the text only', () => {
    const full = onStage(syncPointMachine, input({ kind: 'context_merge', members: ['a'] }));
    full.tell(arrived('a'));
    full.pass(5000);
    expect(full.actor.getSnapshot().output?.error?.message).toBe('after 5s all members were there, but the context merge was not over');
    const members = Array.from({ length: 9 }, (_, nth) => `m${nth}`);
    const wide = onStage(syncPointMachine, input({ members }));
    wide.pass(5000);
    expect(wide.actor.getSnapshot().output?.error).toMatchObject({
      message: 'after 5s still missing were m0, m1, m2, m3, m4 and 4 more',
      details: { missing: members },
    });
  });

  test('without a timeout waits as long as it takes', () => {
    const { pass, state } = onStage(syncPointMachine, input({ timeoutMs: null }));
    pass(365 * 86_400_000);
    expect(state()).toBe('pending');
  });
});
