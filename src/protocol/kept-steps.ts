/** What a run that goes back, or a fork, keeps of what has happened before: how steps ended, so that they need not run again. */
import type { ErrorData } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { StepOutcome } from './outcomes.ts';

/** Where a fork comes from. */
export interface Origin {
  readonly run: string;
  /** It shares the facts of that run up to and including the one of this number. */
  readonly at: number;
  /** Steps whose outputs were replaced. */
  readonly changes: readonly string[];
}

/** How a step ended that stands as it is. */
export interface KeptStep {
  /** Its path. */
  readonly step: string;
  readonly outcome: StepOutcome;
  readonly attempts: number;
  /** Ms since the epoch; null for one that never began. */
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly error: ErrorData | null;
  readonly reason: string | null;
  /** What it made. Absent for what is made up of its members: it is entered again, and they stand. */
  readonly output?: Json;
  readonly variables?: JsonObject;
  readonly writes?: JsonObject;
}

/** A signal that somebody gave before. */
export interface KeptSignal {
  readonly name: string;
  readonly payload: Json;
}

/** What a run takes over from an earlier life. */
export interface Keeping {
  /** By path. */
  readonly steps: ReadonlyMap<string, KeptStep>;
  /** By path: the number of the last attempt that was ever begun in this run. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly signals: readonly KeptSignal[];
}
