/** What a step and its recovery say to each other, by way of the run. */
import type { ErrorData } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { StepOutcome } from './outcomes.ts';

/**
 * What takes the place of the result of a step that has failed. `degraded`: less than it should be; `given`: a person has given it.
 */
export type Makeshift = 'degraded' | 'given';

/** To a step that is recovering: it may make another attempt. */
export interface RecoveryAttempt {
  readonly type: 'recovery.attempt';
}

/** To a step that is recovering: it completes with what takes the place of its result. */
export interface RecoveryMakeshift {
  readonly type: 'recovery.makeshift';
  readonly makeshift: Makeshift;
  readonly output: Json;
  readonly variables: JsonObject | null;
  readonly writes: JsonObject | null;
  /** Why, in one clause. */
  readonly reason: string;
}

/** To a step that is recovering: nothing is left to be tried. */
export interface RecoveryExhausted {
  readonly type: 'recovery.exhausted';
}

/** To a recovery: what it tried has failed. */
export interface StepFailedAgain {
  readonly type: 'step.failed';
  readonly error: ErrorData;
  readonly thrown: boolean;
}

/** To a recovery: its step has ended for good. */
export interface StepEnded {
  readonly type: 'step.ended';
  readonly outcome: StepOutcome;
}

/** What a recovery comes to. */
export interface RecoverySettled {
  /** Path of its step. */
  readonly step: string;
  readonly outcome: 'recovered' | 'exhausted' | 'cancelled';
}
