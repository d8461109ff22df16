/**
 * A fact is what happened, as recorded: one journal entry. Facts are plain JSON in our own vocabulary and carry
 * the time at which they were observed (`at`, milliseconds since the epoch; in simulation since the start).
 * Whatever can change a decision is a fact; chatter is not.
 */
import type { ErrorData } from './errors.ts';
import type { Json, JsonObject } from './json.ts';

/** The version of the fact vocabulary. Journals name it; older ones are kept in the tests and must fold alike. */
export const FACT_FORMAT = 1;

export interface RunStarted {
  readonly type: 'run.started';
  readonly at: number;
  readonly format: number;
  readonly workflow: string;
  /** Content hash of the bound definition, kept beside the journal. */
  readonly definition: string;
  readonly input: JsonObject;
  readonly variables: JsonObject;
  /** Seeds the jitter of this run's backoff. */
  readonly seed: number;
  /** Tasks of this run that may be in flight at once; null for no limit. */
  readonly maxConcurrency: number | null;
}

export interface TaskCompleted {
  readonly type: 'task.completed';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  readonly output: Json;
  /** Variables the agent asks to set in the run. */
  readonly variables?: JsonObject;
}

export interface TaskFailed {
  readonly type: 'task.failed';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  readonly error: ErrorData;
  /** true: the performer broke (threw, crashed, timed out); false: it did its work and reported failure. */
  readonly thrown: boolean;
}

/** The house had to queue the task: its deadline stands still until `task.started`. */
export interface TaskQueued {
  readonly type: 'task.queued';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
}

/** A queued task was given to an agent. */
export interface TaskStarted {
  readonly type: 'task.started';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
}

/** A timer armed by the run was due. Carries nothing but its time: the clock does the rest. */
export interface TimerDue {
  readonly type: 'timer.due';
  readonly at: number;
}

export interface SignalReceived {
  readonly type: 'signal.received';
  readonly at: number;
  readonly name: string;
  readonly payload: Json;
}

export interface RunCancelRequested {
  readonly type: 'run.cancel_requested';
  readonly at: number;
  readonly reason: string;
}

export interface RunPaused {
  readonly type: 'run.paused';
  readonly at: number;
}

export interface RunResumed {
  readonly type: 'run.resumed';
  readonly at: number;
}

/** A host took the run over after a crash or a stop; the named attempts were in flight. They are started again. */
export interface RunRecovered {
  readonly type: 'run.recovered';
  readonly at: number;
  readonly interrupted: readonly string[];
}

/** Everything that can happen to a run. */
export type Fact =
  | RunStarted
  | TaskCompleted
  | TaskFailed
  | TaskQueued
  | TaskStarted
  | TimerDue
  | SignalReceived
  | RunCancelRequested
  | RunPaused
  | RunResumed
  | RunRecovered;
