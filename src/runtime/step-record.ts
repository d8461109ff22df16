/** What is on record of a step: how far it says it is, and how it ended. */
import { classify, type FailureClass } from '../policy/failure-class.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { Makeshift } from '../protocol/recovery-messages.ts';

/** How far an attempt says it is. */
export interface StepProgress {
  /** 0 to 100. */
  readonly percent: number | null;
  readonly phase: string | null;
  /** Why it cannot go on, or null. */
  readonly blocked: string | null;
}

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
  /** What takes the place of its result. */
  readonly makeshift?: Makeshift;
  /** Path of the step that made its failure good. */
  readonly replacedBy?: string;
}

/** The class of a failure that is on record; null for any other end. */
export function failureOnRecord({ outcome, error, thrown }: Pick<StepRecord, 'outcome' | 'error' | 'thrown'>): FailureClass | null {
  return outcome === 'failed' && error !== null ? classify(error, thrown === true) : null;
}
