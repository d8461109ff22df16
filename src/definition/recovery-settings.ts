/** What is tried once a step has failed and its retries are spent. Durations are milliseconds. */
import type { Json } from '../protocol/json.ts';

/** The ways of recovering, in the order in which the documentation lists them. */
export const RECOVERY_USES = ['retry_agent', 'substitute_agent', 'fall_back_sequential', 'partial', 'restart', 'escalate'] as const;

/** A way of recovering, by name. */
export type RecoveryUse = (typeof RECOVERY_USES)[number];

interface Budgeted {
  /** How often it may be tried in one life of the run; from 1. */
  readonly budget: number;
}

/** The step runs again with a clean context: nothing of the failed attempts is left but their numbers. */
export interface RetryAgent extends Budgeted {
  readonly use: 'retry_agent';
  /** The pause before the first time. */
  readonly delayMs: number;
  /** Each further pause is this many times longer. */
  readonly factor: number;
}

/** Another persona takes the step over, each time the next of the list. */
export interface SubstituteAgent extends Budgeted {
  readonly use: 'substitute_agent';
  readonly personas: readonly string[];
}

/** The members of a parallel group start over, one after the other: those of the step, or of the nearest group around it. */
export interface FallBackSequential extends Budgeted {
  readonly use: 'fall_back_sequential';
}

/** What has succeeded is kept; the step completes as degraded, with this output. A group without one has the outputs of what completed. */
export interface PartialRecovery extends Budgeted {
  readonly use: 'partial';
  readonly output?: Json;
}

/** The workflow of the step goes back: that step of it, and everything after it, runs again. */
export interface RestartWorkflow extends Budgeted {
  readonly use: 'restart';
  /** Id of a step of the workflow; absent: from its beginning. */
  readonly from?: string;
}

/** A person says what next. */
export interface EscalateToPerson extends Budgeted {
  readonly use: 'escalate';
  /** Who may answer; absent: anybody. */
  readonly to?: readonly string[];
  readonly dueMs?: number;
}

/** One rung of the ladder. */
export type RecoveryStrategy = RetryAgent | SubstituteAgent | FallBackSequential | PartialRecovery | RestartWorkflow | EscalateToPerson;

/** The shape of the pauses of `retry_agent`: 1 s, doubled, at most a minute, as those between the attempts of a step. */
export const RECOVERY_PAUSE = { delayMs: 1000, factor: 2, maxDelayMs: 60_000 } as const;
