/** A circuit breaker as people look at it, at work or as it was written down. */
import type { BreakerStanding } from '../machines/circuit-breaker.ts';
import { breakerSettings } from '../policy/breaker-window.ts';
import type { BreakerTerms } from '../protocol/agent.ts';

/** The circuit breaker before an agent, or before a service outside. Moments are ms since the epoch. */
export interface BreakerView {
  /** `open`: it is given nothing. `halfOpen`: it is tried out with one task at a time. */
  readonly state: BreakerStanding['state'];
  /** Failures that still count. */
  readonly failures: number;
  /** When it opened last; null: never. */
  readonly openedAt: number | null;
  /** When an open one lets a task through again; null: it is not open, or nobody knows how patient it is. */
  readonly triedAt: number | null;
}

/** One that has never been called. */
export const NEVER_CALLED: BreakerStanding = { state: 'closed', failures: [], openedAt: null, successes: 0 };

/**
 * A view at `now`, ms since the epoch; terms null: nobody knows how patient it is. One that was open when it was written down has been half-open
 * since the moment at which it had cooled; of a closed one those failures count that are within its window.
 */
export function breakerView({ state, failures, openedAt }: BreakerStanding, terms: BreakerTerms | null, now: number): BreakerView {
  const settings = terms === null ? null : breakerSettings(terms);
  const cooledAt = state === 'open' && openedAt !== null && settings !== null ? openedAt + settings.coolMs : null;
  const isCool = cooledAt !== null && cooledAt <= now;
  const counting = state === 'closed' && settings !== null ? failures.filter((at) => at > now - settings.windowMs) : failures;
  return { state: isCool ? 'halfOpen' : state, failures: counting.length, openedAt, triedAt: isCool ? null : cooledAt };
}
