/**
 * A circuit breaker: it stands before an agent, or before a service outside, and lets no call through while calls keep failing.
 *
 * It governs who may be called. It never calls anybody, never judges whether an answer is a failure, and never makes a call wait: whoever
 * wants to call asks it first (its state says), and tells it how that went. While it is closed, calls may go side by side; half-open, one
 * probe at a time decides.
 *
 * In:  call.began, call.succeeded, call.failed, call.left (it ended without saying anything about whoever was called), breaker.reset
 *      (a person knows better), cooling.over (its own timer), cancel.
 * Out: nothing; its state is looked at.
 *
 * Laws: 1. It opens when the failures of the window reach their number, and only then, or by a probe that failed.
 *       2. While it is open nothing that is told changes it but time and a person.
 *       3. Half-open, one probe is under way at most; what calls from before have come to does not count any more.
 *       4. It closes after so many probes in a row, and forgets the failures that opened it.
 *       5. Begun anew from what it stood at (`former`), it stands where it stood: it cools until the same moment.
 *       6. Every state answers `cancel`; after it, it lets nobody through.
 * Failure: none of its own.
 * Waits without a deadline: `closed` (that is how it should be), `awaitingProbe` (nobody calls), `probing` (bounded by the call).
 */
import { assign, cancel, raise, setup } from 'xstate';
import { type BreakerSettings, withFailure } from '../policy/breaker-window.ts';

/** Where a circuit breaker stands. Plain JSON: this is what is kept of it. Moments are ms since the epoch. */
export interface BreakerStanding {
  readonly state: 'closed' | 'open' | 'halfOpen';
  /** When the failures happened that still count, the oldest first. */
  readonly failures: readonly number[];
  /** When it opened last; null: never. */
  readonly openedAt: number | null;
  /** Probes that have succeeded since it was half-open. */
  readonly successes: number;
}

/** What the actor of a circuit breaker starts from. */
export interface BreakerInput {
  /** Whom it stands before. */
  readonly guarded: string;
  readonly settings: BreakerSettings;
  readonly former: BreakerStanding | null;
  /** ms since the epoch. */
  readonly now: number;
}

/** A circuit breaker at work. */
export interface BreakerContext {
  readonly guarded: string;
  readonly settings: BreakerSettings;
  readonly began: BreakerStanding['state'];
  readonly failures: readonly number[];
  readonly openedAt: number | null;
  readonly successes: number;
  readonly probe: string | null;
  readonly coolsForMs: number;
}

/** What a circuit breaker is told: calls by their ids, moments as ms since the epoch. */
export type BreakerEvent =
  | { readonly type: 'call.began'; readonly call: string }
  | { readonly type: 'call.succeeded'; readonly call: string }
  | { readonly type: 'call.failed'; readonly call: string; readonly at: number }
  | { readonly type: 'call.left'; readonly call: string }
  | { readonly type: 'breaker.reset' }
  | { readonly type: 'cooling.over' }
  | { readonly type: 'cancel' };

const isProbe = (context: BreakerContext, event: BreakerEvent) => 'call' in event && event.call === context.probe;

function stillCooling({ former, settings, now }: BreakerInput): number {
  const passed = now - (former?.openedAt ?? now);
  return Math.max(0, settings.coolMs - Math.max(0, passed));
}

/** The statechart of a circuit breaker. */
export const circuitBreakerMachine = setup({
  types: {} as { context: BreakerContext; events: BreakerEvent; input: BreakerInput },
  guards: {
    wasOpen: ({ context }) => context.began === 'open',
    wasHalfOpen: ({ context }) => context.began === 'halfOpen',
    isOneTooMany: ({ context, event }) =>
      event.type === 'call.failed' && withFailure(context.failures, event.at, context.settings).length >= context.settings.failures,
    isProbe: ({ context, event }) => isProbe(context, event),
    isLastProbe: ({ context, event }) => isProbe(context, event) && context.successes + 1 >= context.settings.successes,
  },
  actions: {
    countFailure: assign(({ context, event }) =>
      event.type === 'call.failed' ? { failures: withFailure(context.failures, event.at, context.settings) } : {},
    ),
    recordOpening: assign(({ context, event }) =>
      event.type === 'call.failed' ? { openedAt: event.at, successes: 0, probe: null, coolsForMs: context.settings.coolMs } : {},
    ),
    armCooling: raise({ type: 'cooling.over' }, { id: 'cooling', delay: 'coolDown' }),
    disarmCooling: cancel('cooling'),
    keepProbe: assign(({ event }) => (event.type === 'call.began' ? { probe: event.call } : {})),
    countSuccess: assign(({ context }) => ({ successes: context.successes + 1, probe: null })),
    forgetProbe: assign({ probe: null }),
    forgetFailures: assign({ failures: [], successes: 0, probe: null }),
  },
  delays: { coolDown: ({ context }) => context.coolsForMs },
}).createMachine({
  id: 'circuit-breaker',
  options: { maxIterations: 100 },
  context: ({ input }) => ({
    guarded: input.guarded,
    settings: input.settings,
    began: input.former?.state ?? 'closed',
    failures: input.former?.failures ?? [],
    openedAt: input.former?.openedAt ?? null,
    successes: input.former?.successes ?? 0,
    probe: null,
    coolsForMs: stillCooling(input),
  }),
  initial: 'beginning',
  states: {
    beginning: {
      always: [{ guard: 'wasOpen', target: 'open' }, { guard: 'wasHalfOpen', target: 'awaitingProbe' }, { target: 'closed' }],
    },
    closed: {
      on: {
        'call.failed': [{ guard: 'isOneTooMany', target: 'open', actions: ['countFailure', 'recordOpening'] }, { actions: 'countFailure' }],
        'breaker.reset': { actions: 'forgetFailures' },
        cancel: 'retired',
      },
    },
    awaitingProbe: {
      on: {
        'call.began': { target: 'probing', actions: 'keepProbe' },
        'breaker.reset': { target: 'closed', actions: 'forgetFailures' },
        cancel: 'retired',
      },
    },
    probing: {
      on: {
        'call.succeeded': [
          { guard: 'isLastProbe', target: 'closed', actions: 'forgetFailures' },
          { guard: 'isProbe', target: 'awaitingProbe', actions: 'countSuccess' },
        ],
        'call.failed': { guard: 'isProbe', target: 'open', actions: ['countFailure', 'recordOpening'] },
        'call.left': { guard: 'isProbe', target: 'awaitingProbe', actions: 'forgetProbe' },
        'breaker.reset': { target: 'closed', actions: 'forgetFailures' },
        cancel: 'retired',
      },
    },
    open: {
      entry: 'armCooling',
      exit: 'disarmCooling',
      on: {
        'cooling.over': 'awaitingProbe',
        'breaker.reset': { target: 'closed', actions: 'forgetFailures' },
        cancel: 'retired',
      },
    },
    retired: { type: 'final' },
  },
});
