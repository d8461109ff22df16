/**
 * A sync point: a place in a group where members meet, and something is done once all of them are there.
 *
 * It governs who is still missed, when what it is for is carried out, and how the meeting ends. It never looks at a member's work, never
 * carries anything out itself (merging, checking a gate, handing out room are the run's business), and never asks: members and the run
 * tell it. A member is there when it has ended, or when it says so while it goes on working.
 *
 * In:  member.arrived (with its outcome, or null from one still at work), sync.executed, cancel, deadline.passed (its own timer).
 * Out: executeSync and leaveSync through the port; its settlement (as its output).
 *
 * Laws: 1. What the point is for is carried out at most once, and only when nobody is missing.
 *       2. A member is counted once, however often it arrives: at work first and ended later is still one.
 *       3. A member that failed or was cancelled before the end fails the point, also after it had arrived, unless the point is lenient.
 *          One that was skipped has nothing to bring and counts as arrived.
 *       4. The point ends once: no arrival, result or timer after the end changes anything.
 *       5. Every state answers `cancel`.
 * Failure: SYNC_FAILED names the member, SYNC_TIMED_OUT who is missing; what carrying out has found wrong (QUALITY_GATE_FAILED) is kept as
 * it came. What the group makes of it is the group's policy.
 * Waits without a deadline: only where the point was given none; then its members, and the run, bound it.
 */
import { assign, raise, setup } from 'xstate';
import { formatDuration } from '../definition/duration.ts';
import type { SyncKind } from '../definition/joining.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type * as message from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import { portOf } from './run-port.ts';

/** What the actor of a sync point starts from. */
export interface SyncPointInput {
  readonly path: string;
  readonly kind: SyncKind;
  /** Paths of those who meet. */
  readonly members: readonly string[];
  /** Milliseconds from its start to its end; null for no limit. */
  readonly timeoutMs: number | null;
  /** true: a member that failed or was cancelled counts as arrived. */
  readonly lenient: boolean;
}

/** A meeting under way: who is not there yet, who is there and still at work, and what has come of it. */
export interface SyncPointContext {
  readonly path: string;
  readonly kind: SyncKind;
  readonly timeoutMs: number | null;
  readonly lenient: boolean;
  readonly missing: readonly string[];
  readonly atWork: readonly string[];
  readonly outputs: Json;
  readonly error: ErrorData | null;
}

/** What a sync point is told. */
export type SyncPointEvent = message.MemberArrived | message.SyncExecuted | message.Cancel | { readonly type: 'deadline.passed' };

/** Long enough to know whom to look for, short enough for one line; `details` has them all. */
const NAMED = 5;

const inWords = (members: readonly string[]) =>
  members.length > NAMED ? `${members.slice(0, NAMED).join(', ')} and ${members.length - NAMED} more` : members.join(', ');

const kindInWords = (context: SyncPointContext) => context.kind.replaceAll('_', ' ');

function memberError(context: SyncPointContext, member: string, outcome: StepOutcome): ErrorData {
  return {
    code: 'SYNC_FAILED',
    message: `the ${kindInWords(context)} cannot take place: ${member} ${outcome === 'failed' ? 'has failed' : 'was cancelled'}`,
    hint: `see why ${member} did not complete`,
    where: context.path,
    retryable: false,
    details: { member, outcome },
  };
}

function timeoutError(context: SyncPointContext): ErrorData {
  const missing = context.missing;
  const wanting =
    missing.length > 0 ? `still missing were ${inWords(missing)}` : `all members were there, but the ${kindInWords(context)} was not over`;
  return {
    code: 'SYNC_TIMED_OUT',
    message: `after ${formatDuration(context.timeoutMs ?? 0)} ${wanting}`,
    hint: missing.length > 0 ? 'see what keeps them, or give the sync point a longer timeout' : 'give the sync point a longer timeout',
    where: context.path,
    retryable: false,
    details: { missing },
  };
}

const hasEndedBadly = (outcome: StepOutcome | null) => outcome === 'failed' || outcome === 'cancelled';

const without = (members: readonly string[], member: string) =>
  members.includes(member) ? members.filter((other) => other !== member) : members;

const settlement = (context: SyncPointContext, outcome: message.WorkflowSettled['outcome'], thrown: boolean): message.WorkflowSettled => ({
  outcome,
  outputs: context.outputs,
  failedStep: null,
  error: context.error,
  thrown,
});

/** The statechart of a sync point. */
export const syncPointMachine = setup({
  types: {} as { context: SyncPointContext; events: SyncPointEvent; input: SyncPointInput; output: message.WorkflowSettled },
  guards: {
    hasDeadline: ({ context }) => context.timeoutMs !== null,
    everyoneIsThere: ({ context }) => context.missing.length === 0,
    isMissed: ({ context, event }) => event.type === 'member.arrived' && context.missing.includes(event.member),
    failsThePoint: ({ context, event }) =>
      event.type === 'member.arrived' &&
      !context.lenient &&
      hasEndedBadly(event.outcome) &&
      (context.missing.includes(event.member) || context.atWork.includes(event.member)),
    wentWell: ({ event }) => event.type === 'sync.executed' && event.error === null,
  },
  actions: {
    armDeadline: raise({ type: 'deadline.passed' }, { id: 'deadline', delay: 'syncDeadline' }),
    countMember: assign(({ context, event }) => {
      if (event.type !== 'member.arrived') return {};
      const staysAtWork = event.outcome === null && context.missing.includes(event.member);
      const others = event.outcome === null ? context.atWork : without(context.atWork, event.member);
      return { missing: without(context.missing, event.member), atWork: staysAtWork ? [...others, event.member] : others };
    }),
    executeSync: ({ context, system }) => portOf(system).executeSync(context.path),
    leaveSync: ({ context, event, system }) =>
      portOf(system).leaveSync(context.path, event.type === 'cancel' ? event.reason : (context.error?.message ?? 'cancelled')),
    keepResult: assign(({ event }) => (event.type === 'sync.executed' ? { outputs: event.output, error: event.error } : {})),
    recordFailedMember: assign(({ context, event }) =>
      event.type === 'member.arrived' && event.outcome !== null ? { error: memberError(context, event.member, event.outcome) } : {},
    ),
    recordTimeout: assign(({ context }) => ({ error: timeoutError(context) })),
  },
  delays: {
    syncDeadline: ({ context }) => context.timeoutMs ?? 0,
  },
}).createMachine({
  id: 'sync-point',
  options: { maxIterations: 100 },
  context: ({ input: { members, ...rest } }) => ({ ...rest, missing: members, atWork: [], outputs: null, error: null }),
  output: ({ event }) => event.output as message.WorkflowSettled,
  initial: 'opening',
  states: {
    opening: {
      always: [{ guard: 'hasDeadline', target: 'pending', actions: 'armDeadline' }, { target: 'pending' }],
    },
    pending: {
      always: { guard: 'everyoneIsThere', target: 'executing' },
      on: {
        'member.arrived': [
          { guard: 'failsThePoint', target: 'failed', actions: 'recordFailedMember' },
          { guard: 'isMissed', target: 'collecting', actions: 'countMember' },
        ],
        'deadline.passed': { target: 'timedOut', actions: 'recordTimeout' },
        cancel: { target: 'cancelled' },
      },
    },
    collecting: {
      always: { guard: 'everyoneIsThere', target: 'executing' },
      on: {
        'member.arrived': [{ guard: 'failsThePoint', target: 'failed', actions: 'recordFailedMember' }, { actions: 'countMember' }],
        'deadline.passed': { target: 'timedOut', actions: 'recordTimeout' },
        cancel: { target: 'cancelled' },
      },
    },
    executing: {
      entry: 'executeSync',
      on: {
        'sync.executed': [
          { guard: 'wentWell', target: 'completed', actions: 'keepResult' },
          { target: 'failed', actions: 'keepResult' },
        ],
        'member.arrived': [
          { guard: 'failsThePoint', target: 'failed', actions: ['recordFailedMember', 'leaveSync'] },
          { actions: 'countMember' },
        ],
        'deadline.passed': { target: 'timedOut', actions: ['recordTimeout', 'leaveSync'] },
        cancel: { target: 'cancelled', actions: 'leaveSync' },
      },
    },
    completed: { type: 'final', output: ({ context }) => settlement(context, 'completed', false) },
    failed: { type: 'final', output: ({ context }) => settlement(context, 'failed', false) },
    timedOut: { type: 'final', output: ({ context }) => settlement(context, 'failed', true) },
    cancelled: { type: 'final', output: ({ context }) => settlement(context, 'cancelled', false) },
  },
});
