import type { ErrorData } from '../protocol/errors.ts';

/** What is known when an attempt has failed. */
export interface FailedAttempt {
  /** 1-based number of the attempt that failed. */
  readonly attempt: number;
  /** Further attempts allowed after the first. */
  readonly retries: number;
  readonly error: ErrorData;
  /** Which failures are worth another attempt. */
  readonly on: 'failure' | 'timeout';
}

/**
 * Whether a failed attempt is tried again. Order of the questions: is it worth it at all (`retryable: false` never is), is it
 * the kind that is retried, are attempts left.
 */
export function retryVerdict(failed: FailedAttempt): 'retry' | 'give_up' {
  if (failed.error.retryable === false) return 'give_up';
  if (failed.on === 'timeout' && failed.error.code !== 'TASK_TIMED_OUT') return 'give_up';
  return failed.attempt <= failed.retries ? 'retry' : 'give_up';
}
