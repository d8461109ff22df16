/**
 * A wait: for a moment, for something to hold, or for a signal that something which holds makes needless.
 *
 * It governs what ends the wait, and what the wait then comes to. It never reads a clock and never judges a condition: how long it is to
 * be is known when it begins, and the run tells it when its condition holds. Nothing is polled: a condition is judged when the wait begins
 * and when something in the run has settled.
 *
 * In:  signal.received, condition.held, condition.failed, cancel, deadline.passed (its own timer).
 * Out: listen and watch through the port; its settlement (as its output).
 *
 * Laws: 1. It ends once, by what comes first; whatever comes later changes nothing, and a signal that comes later is not taken.
 *       2. Time ends a sleep well, however it is; time ends the wait for a signal as a failure.
 *       3. A condition that cannot be judged fails the wait with the reason: it is never a silent no.
 *       4. A timer counts from the beginning of the wait, whatever happened to the host meanwhile.
 *       5. Every state answers `cancel`.
 * Failure: WAIT_TIMED_OUT where a signal was waited for; CONDITION_FAILED.
 * Waits without a deadline: `awaitingSignal` without a timeout (a person decided so). A sleep always has an end.
 */
import { assign, raise, setup } from 'xstate';
import { formatDuration } from '../definition/duration.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

/** What the actor of a wait starts from. */
export interface WaitInput {
  readonly path: string;
  readonly forSignal: boolean;
  /** Milliseconds from its beginning to its end; null for no limit. */
  readonly timeoutMs: number | null;
}

/** A wait under way, and what has come of it. */
export interface WaitContext extends WaitInput {
  readonly outcome: message.WorkflowSettled['outcome'];
  readonly outputs: Json;
  readonly error: ErrorData | null;
}

/** What a wait is told. */
export type WaitEvent =
  | message.SignalArrived
  | message.ConditionHeld
  | message.ConditionFailed
  | message.Cancel
  | { readonly type: 'deadline.passed' };

const timedOut = ({ path, timeoutMs }: WaitContext): ErrorData => ({
  code: 'WAIT_TIMED_OUT',
  message: `neither the signal came nor what was waited for held within ${formatDuration(timeoutMs ?? 0)}`,
  where: path,
  retryable: false,
});

/** The statechart of a wait. */
export const waitMachine = setup({
  types: {} as { context: WaitContext; events: WaitEvent; input: WaitInput; output: message.WorkflowSettled },
  guards: {
    awaitsSignal: ({ context }) => context.forSignal,
    awaitsSignalUntil: ({ context }) => context.forSignal && context.timeoutMs !== null,
  },
  actions: {
    listen: ({ context, system }) => portOf(system).listen(context.path),
    watch: ({ context, system }) => portOf(system).watch(context.path),
    armDeadline: raise({ type: 'deadline.passed' }, { id: 'deadline', delay: 'timeout' }),
    keepSignal: assign(({ event }) => (event.type === 'signal.received' ? { outcome: 'completed' as const, outputs: event.payload } : {})),
    recordHeld: assign(({ context }) => ({ outcome: 'completed' as const, outputs: context.forSignal ? null : { woken_by: 'condition' } })),
    recordTime: assign({ outcome: 'completed', outputs: { woken_by: 'time' } }),
    recordTimeout: assign(({ context }) => ({ error: timedOut(context) })),
    recordCancel: assign({ outcome: 'cancelled' }),
    recordUnjudged: assign(({ event }) => (event.type === 'condition.failed' ? { error: event.error } : {})),
  },
  delays: { timeout: ({ context }) => context.timeoutMs ?? 0 },
}).createMachine({
  id: 'wait',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input, outcome: 'failed', outputs: null, error: null }),
  output: ({ context: { outcome, outputs, error } }) => ({ outcome, outputs, failedStep: null, error, thrown: false }),
  initial: 'beginning',
  states: {
    beginning: {
      always: [
        { guard: 'awaitsSignalUntil', target: 'awaitingSignal', actions: 'armDeadline' },
        { guard: 'awaitsSignal', target: 'awaitingSignal' },
        { target: 'sleeping', actions: 'armDeadline' },
      ],
    },
    sleeping: {
      entry: 'watch',
      on: {
        'deadline.passed': { target: 'woken', actions: 'recordTime' },
        'condition.held': { target: 'woken', actions: 'recordHeld' },
        'condition.failed': { target: 'failed', actions: 'recordUnjudged' },
        cancel: { target: 'cancelled', actions: 'recordCancel' },
      },
    },
    awaitingSignal: {
      entry: ['listen', 'watch'],
      on: {
        'signal.received': { target: 'woken', actions: 'keepSignal' },
        'condition.held': { target: 'woken', actions: 'recordHeld' },
        'condition.failed': { target: 'failed', actions: 'recordUnjudged' },
        'deadline.passed': { target: 'failed', actions: 'recordTimeout' },
        cancel: { target: 'cancelled', actions: 'recordCancel' },
      },
    },
    woken: { type: 'final' },
    failed: { type: 'final' },
    cancelled: { type: 'final' },
  },
});
