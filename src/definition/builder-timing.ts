import { TroupeError } from '../protocol/errors.ts';
import { type DurationSpec, RETRY_SHAPE, type RetryPolicy } from './attempt-timing.ts';
import { durationMs } from './duration.ts';

/** Milliseconds, a text with a unit ("30s", "1h30m"), or a template that renders to either. */
export type DurationOption = number | string;

/** Further attempts after a failed one, as a number, or with the pattern of waits between them. */
export type RetriesOption =
  | number
  | {
      readonly max: number;
      /** Default exponential. */
      readonly strategy?: 'fixed' | 'exponential';
      /** Wait before the first retry. Default 1 s. */
      readonly delay?: DurationOption;
      /** Each further wait is this many times longer. Default 2. */
      readonly factor?: number;
      /** No wait is longer than this. Default 60 s. */
      readonly maxDelay?: DurationOption;
      /** Up to this share is added at random. Default 0.1. */
      readonly jitter?: number;
    };

/** How long an attempt may take, and how often it is tried again. */
export interface TimingOptions {
  readonly timeout?: DurationOption;
  readonly retries?: RetriesOption;
}

/** The timing of a task, with what the workflow says by default. Throws DEFINITION_INVALID for durations that cannot be read. */
export function builtTiming(
  options: TimingOptions,
  defaults: TimingOptions,
): { readonly timeout?: DurationSpec; readonly retry?: RetryPolicy } {
  const timeout = options.timeout ?? defaults.timeout;
  const retries = options.retries ?? defaults.retries;
  return {
    ...(timeout === undefined ? {} : { timeout: builtDuration(timeout) }),
    ...(retries === undefined ? {} : { retry: builtRetry(retries) }),
  };
}

/** Milliseconds, or a template that gives them. */
export function builtDuration(duration: DurationOption): DurationSpec {
  if (typeof duration === 'string' && duration.includes('{{')) return { template: duration, unit: 'ms' };
  const ms = wait(duration);
  if (ms === 0) throw new TroupeError('DEFINITION_INVALID', 'a timeout must be more than 0');
  return ms;
}

/** Milliseconds, also none. Throws DEFINITION_INVALID for what is no duration. */
export function builtWait(duration: DurationOption): number {
  return wait(duration);
}

/** Milliseconds, also none, or a template that gives them. Throws DEFINITION_INVALID for what is no duration. */
export function builtTime(duration: DurationOption): DurationSpec {
  return typeof duration === 'string' && duration.includes('{{') ? { template: duration, unit: 'ms' } : wait(duration);
}

/** How long an attempt is expected to take, ms: known before a run, so that a template says nothing. */
export function builtEstimate(estimate: DurationOption): number {
  const ms = wait(estimate);
  if (ms === 0) throw new TroupeError('DEFINITION_INVALID', 'an estimate must be more than 0');
  return ms;
}

/** A retry policy. Throws DEFINITION_INVALID for a number that is none, or out of range. */
export function builtRetry(retries: RetriesOption): RetryPolicy {
  if (typeof retries === 'number') return { retries: count(retries), ...RETRY_SHAPE };
  const { max, strategy, delay, factor = RETRY_SHAPE.factor, maxDelay, jitter = RETRY_SHAPE.jitter } = retries;
  return {
    retries: count(max),
    delayMs: delay === undefined ? RETRY_SHAPE.delayMs : wait(delay),
    factor: strategy === 'fixed' ? 1 : factor,
    maxDelayMs: maxDelay === undefined ? RETRY_SHAPE.maxDelayMs : wait(maxDelay),
    jitter,
    on: RETRY_SHAPE.on,
  };
}

/** Milliseconds; 0 is no time at all. Throws DEFINITION_INVALID for what is no duration. */
function wait(duration: DurationOption): number {
  const ms = durationMs(duration, 'ms');
  if (ms !== null) return ms;
  throw new TroupeError('DEFINITION_INVALID', `${JSON.stringify(duration)} is not a duration`, {
    hint: 'numbers are milliseconds; texts have a unit: "500ms", "30s", "30m", "1h30m", "1d"',
  });
}

function count(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0 && retries <= 1000) return retries;
  throw new TroupeError('DEFINITION_INVALID', `retries must be a whole number from 0 to 1000; found ${retries}`);
}
