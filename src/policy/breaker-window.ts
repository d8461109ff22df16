/** When a circuit breaker opens: by the failures of a window that moves with time. */
import { TroupeError } from '../protocol/errors.ts';

/** How patient a circuit breaker is. Durations are milliseconds. */
export interface BreakerSettings {
  /** So many failures in the window open it. */
  readonly failures: number;
  readonly windowMs: number;
  /** How long it stays open before a probe is let through. */
  readonly coolMs: number;
  /** So many probes in a row must succeed before it closes. */
  readonly successes: number;
}

/**
 * Five failures open it, one probe after 60 s, closed again after two successes: the numbers the owner of the project asked for. The
 * window is ten minutes, because a call here is the work of an agent: with a shorter one, somebody who breaks after minutes never counted.
 */
export const BREAKER_SETTINGS: BreakerSettings = { failures: 5, windowMs: 600_000, coolMs: 60_000, successes: 2 };

/**
 * Fills in what is not said. `whose`: for the message.
 *
 * @throws TroupeError DEFINITION_INVALID for what is no whole number, or below 1 (`coolMs`: below 0), and for what is no setting at all
 */
export function breakerSettings(given: Partial<BreakerSettings> = {}, whose = 'a circuit breaker'): BreakerSettings {
  const unknown = Object.keys(given ?? {}).find((name) => !Object.hasOwn(BREAKER_SETTINGS, name));
  if (unknown !== undefined) {
    throw new TroupeError('DEFINITION_INVALID', `${whose} has no setting "${unknown}"`, {
      hint: `there are ${Object.keys(BREAKER_SETTINGS).join(', ')}`,
      retryable: false,
    });
  }
  const settings = { ...BREAKER_SETTINGS, ...given };
  for (const [name, least] of [
    ['failures', 1],
    ['windowMs', 1],
    ['coolMs', 0],
    ['successes', 1],
  ] as const) {
    const value = settings[name];
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new TroupeError('DEFINITION_INVALID', `${name} of ${whose} must be a whole number of at least ${least}, not ${value}`, {
      retryable: false,
    });
  }
  return settings;
}

/** The failures that still count after one more at `at`, ms; the oldest first, never more than open it. Time that runs backwards stands still. */
export function withFailure(failures: readonly number[], at: number, { windowMs, failures: most }: BreakerSettings): readonly number[] {
  const now = Math.max(at, failures.at(-1) ?? at);
  return [...failures.filter((then) => then > now - windowMs), now].slice(-most);
}
