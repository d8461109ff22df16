import { TroupeError } from '../protocol/errors.ts';
import type { DurationOption, RetriesOption, TimingOptions } from './builder-options.ts';
import { durationMs } from './duration.ts';
import { type DurationSpec, RETRY_SHAPE, type RetryPolicy } from './workflow.ts';

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

function builtRetry(retries: RetriesOption): RetryPolicy {
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
