/** How long attempts may take, and how patiently they are repeated. Durations are milliseconds; a template is read when the step starts. */

/** A duration: milliseconds, or a template that renders to a number of `unit`s or a string such as "30m". */
export type DurationSpec = number | { readonly template: string; readonly unit: 's' | 'ms' };

/** How often and how patiently a failed attempt is tried again. */
export interface RetryPolicy {
  /** Further attempts after the first: 0 means one attempt. */
  readonly retries: number | { readonly template: string };
  /** Wait before the first retry, ms. Default 1000. */
  readonly delayMs: number;
  /** Each further wait is this many times longer. Default 2. */
  readonly factor: number;
  /** No wait is longer than this, ms. Default 60000. */
  readonly maxDelayMs: number;
  /** Up to this share is added at random, from the run's seed. Default 0.1. */
  readonly jitter: number;
  /** `timeout`: only timed-out attempts are tried again (engine dialect). */
  readonly on: 'failure' | 'timeout';
}

/** Defaults of the retry policy: 3 tries' worth of patience is the user's to ask for; the shape is 1 s, doubled, capped at 60 s, +0–10 %. */
export const RETRY_SHAPE: Omit<RetryPolicy, 'retries'> = { delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 0.1, on: 'failure' };
