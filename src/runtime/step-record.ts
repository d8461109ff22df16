/** What is on record of the end of a step. */
import { classify, type FailureClass } from '../policy/failure-class.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';

/** How a step ended, for people and for `--why`. */
export interface StepRecord {
  readonly outcome: StepOutcome;
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly error: ErrorData | null;
  readonly reason: string | null;
  /** Of a failure: its performer broke, rather than reported it. */
  readonly thrown?: true;
  /** Path of the step that stood in for it, so that its failure counts for nothing. */
  readonly replacedBy?: string;
}

/** The class of a failure that is on record; null for any other end. */
export function failureOnRecord({ outcome, error, thrown }: Pick<StepRecord, 'outcome' | 'error' | 'thrown'>): FailureClass | null {
  return outcome === 'failed' && error !== null ? classify(error, thrown === true) : null;
}
