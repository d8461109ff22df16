/** What a step starts from, what it holds and hears, and how it reckons its attempts. */
import { attemptTimeout } from '../policy/attempt-timeout.ts';
import { type BackoffShape, backoffDelay, derivedChance } from '../policy/backoff.ts';
import { retryVerdict } from '../policy/retry-verdict.ts';
import type { ErrorData } from '../protocol/errors.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type * as message from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type * as recovery from '../protocol/recovery-messages.ts';

/** What was decided about a step when its turn came. */
export type StepEntry = 'attempt' | 'assign' | 'coordinate' | 'await' | 'skip' | 'refuse' | 'kept' | 'oversee' | 'claim';

/** What a step starts from. */
export interface StepInput {
  readonly path: string;
  readonly entry: StepEntry;
  readonly retries: number;
  /** Attempts that were made before: a step that runs again has a budget of its own, but its attempts are numbered on. */
  readonly attemptsBefore?: number;
  readonly retryOn: 'failure' | 'timeout';
  readonly backoff: BackoffShape;
  readonly seed: number;
  /** Milliseconds of the first attempt (or of the wait for a signal); null for no limit. */
  readonly timeoutMs: number | null;
  readonly timeoutGrowth: 'engine' | undefined;
  /** `assign`: what the step sets; `skip`: null. */
  readonly variables: JsonObject | null;
  /** `refuse`: why the step cannot run. */
  readonly error: ErrorData | null;
  /** `skip`: why. */
  readonly reason: string | null;
  /** `kept`: how it ended before. */
  readonly kept?: KeptEnd;
  /** A share of the run's budget is claimed before each attempt. Default: none is needed. */
  readonly claims?: boolean;
  /** What can be done about its failure once its retries are spent. Default: nothing. */
  readonly recovers?: boolean;
}

/** How a step ended in an earlier life of its run. */
export type KeptEnd = Pick<StepContext, 'outcome' | 'output' | 'variables' | 'writes' | 'error' | 'reason' | 'makeshift'>;

/** A step under way. */
export interface StepContext {
  readonly plan: StepInput;
  /** The attempt under way or just over; 0 for steps that need none. */
  readonly attempt: number;
  readonly waitMs: number;
  readonly outcome: StepOutcome;
  readonly output: Json;
  readonly variables: JsonObject | null;
  /** What it has written into the shared context. */
  readonly writes: JsonObject | null;
  readonly error: ErrorData | null;
  readonly thrown: boolean;
  readonly reason: string | null;
  /** What takes the place of its result. */
  readonly makeshift?: recovery.Makeshift;
}

/** The end of what a step stands for. */
export type BodyDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.WorkflowSettled | message.PhaseSettled };

/** What a step is told. */
export type StepEvent =
  | message.AttemptCompleted
  | message.AttemptFailed
  | message.AttemptQueued
  | message.AttemptStarted
  | message.SlotGranted
  | message.SignalArrived
  | recovery.RecoveryAttempt
  | recovery.RecoveryMakeshift
  | recovery.RecoveryExhausted
  | message.Cancel
  | { readonly type: 'deadline.passed' }
  | BodyDone;

/** Counts the attempts of this life of the step alone: its budget, its growing timeout and its backoff begin anew with it. */
const ownAttempt = (context: StepContext) => context.attempt - (context.plan.attemptsBefore ?? 0);

/** How long the attempt under way may take, ms; null for as long as it takes. */
export const currentTimeout = (context: StepContext) =>
  attemptTimeout(context.plan.timeoutMs, ownAttempt(context), context.plan.timeoutGrowth);

/** Why an attempt, or a wait, that took too long has failed. */
export function timeoutError(context: StepContext): ErrorData {
  const ms = currentTimeout(context) ?? 0;
  return context.plan.entry === 'await'
    ? { code: 'WAIT_TIMED_OUT', message: `no signal came within ${ms} ms`, retryable: false }
    : { code: 'TASK_TIMED_OUT', message: `attempt ${context.attempt} took longer than ${ms} ms`, retryable: true };
}

/** Whether a step that fails so tries again by itself. */
export const wouldRetry = (context: StepContext, error: ErrorData) =>
  retryVerdict({ attempt: ownAttempt(context), retries: context.plan.retries, error, on: context.plan.retryOn }) === 'retry';

/** A failed attempt, as the step remembers it. */
export function failureOf(context: StepContext, error: ErrorData, thrown: boolean): Partial<StepContext> {
  const chance = derivedChance(context.plan.seed, attemptId(context.plan.path, context.attempt));
  return { outcome: 'failed', error, thrown, waitMs: backoffDelay(context.plan.backoff, ownAttempt(context), chance) };
}

/** Whether what is said is about the attempt under way. */
export const isCurrent = (context: StepContext, event: StepEvent) => 'attempt' in event && event.attempt === context.attempt;
