/** A circuit breaker at work: the statechart, asked before each call and told how it went. */
import { createActor } from 'xstate';
import { type BreakerEvent, type BreakerStanding, circuitBreakerMachine } from '../../machines/circuit-breaker.ts';
import type { BreakerSettings } from '../../policy/breaker-window.ts';
import { type HostSleep, hostClock } from './host-clock.ts';

/** What a circuit breaker needs of its host. */
export interface BreakerHost {
  /** ms since the epoch. */
  readonly now: () => number;
  readonly sleep: HostSleep;
  /** Its state has changed: somebody may be waiting for it, and what it stands at is to be kept. */
  readonly moved: () => void;
}

/** A circuit breaker before somebody. */
export interface Breaker {
  /** Why nobody is let through now; null: calls are let through. */
  refusal(): string | null;
  began(call: string): void;
  /** Whether this call tries out whoever is called. */
  isProbe(call: string): boolean;
  succeeded(call: string): void;
  failed(call: string): void;
  /** The call was cut short: that says nothing about whoever was called. */
  left(call: string): void;
  /** A person knows that all is well again. */
  reset(): void;
  standing(): BreakerStanding;
  stop(): void;
}

/** Puts a circuit breaker before somebody, where it stood before. */
export function startBreaker(guarded: string, settings: BreakerSettings, former: BreakerStanding | null, host: BreakerHost): Breaker {
  const actor = createActor(circuitBreakerMachine, {
    id: `breaker/${guarded}`,
    input: { guarded, settings, former, now: host.now() },
    clock: hostClock(host.sleep) as never,
  });
  let known = '';
  actor.subscribe({
    next({ value }) {
      if (value === known) return;
      const isFirst = known === '';
      known = value;
      // Whoever hears it may begin a call at once, which this statechart would only take in after what it is at now.
      if (!isFirst) queueMicrotask(host.moved);
    },
    error() {},
    complete() {},
  });
  actor.start();
  const tell = (event: BreakerEvent): void => {
    if (actor.getSnapshot().status === 'active') actor.send(event);
  };
  // Closed, it listens to failures alone: nearly all that happens need not be told.
  const tellUnlessClosed = (event: BreakerEvent): void => {
    if (known !== 'closed') tell(event);
  };
  const standing = (): BreakerStanding => {
    const { value, context } = actor.getSnapshot();
    const { failures, openedAt, successes } = context;
    const state = value === 'open' ? 'open' : value === 'awaitingProbe' || value === 'probing' ? 'halfOpen' : 'closed';
    return { state, failures, openedAt, successes };
  };
  /** Where it stood when it left: whoever comes next begins with that. */
  let last: BreakerStanding | null = null;
  return {
    refusal() {
      const { value } = actor.getSnapshot();
      if (value === 'closed' || value === 'awaitingProbe') return null;
      if (value === 'probing') return 'it has kept failing, and is being tried out';
      return value === 'open' ? 'it keeps failing: its circuit breaker is open' : 'it has left';
    },
    began: (call) => tellUnlessClosed({ type: 'call.began', call }),
    isProbe: (call) => known === 'probing' && actor.getSnapshot().context.probe === call,
    succeeded: (call) => tellUnlessClosed({ type: 'call.succeeded', call }),
    failed: (call) => tell({ type: 'call.failed', call, at: host.now() }),
    left: (call) => tellUnlessClosed({ type: 'call.left', call }),
    reset: () => tell({ type: 'breaker.reset' }),
    standing: () => last ?? standing(),
    stop() {
      last ??= standing();
      tell({ type: 'cancel' });
    },
  };
}
