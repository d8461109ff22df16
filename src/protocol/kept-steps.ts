/** What a run that goes back, or a fork, keeps of what has happened before: how steps ended, so that they need not run again. */
import type { CoordinationMessage } from './coordination.ts';
import type { ErrorData } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { StepOutcome } from './outcomes.ts';
import type { Makeshift } from './recovery-messages.ts';

/** Where a fork comes from. */
export interface Origin {
  readonly run: string;
  /** It shares the facts of that run up to and including the one of this number. */
  readonly at: number;
  /** Steps whose outputs were replaced. */
  readonly changes: readonly string[];
  /** Names of inputs that have another value. Absent: none. */
  readonly inputs?: readonly string[];
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
  /** Of a failure: its performer broke, rather than reported it. */
  readonly thrown?: true;
  /** What it made. Absent for what is made up of its members: it is entered again, and they stand. */
  readonly output?: Json;
  readonly variables?: JsonObject;
  readonly writes?: JsonObject;
  /** What takes the place of its result. */
  readonly makeshift?: Makeshift;
}

/** A signal that somebody gave before. */
export interface KeptSignal {
  readonly name: string;
  readonly payload: Json;
}

/** A message that somebody was given who begins anew. */
export interface KeptMessage {
  /** The path of who is given it. */
  readonly to: string;
  readonly message: CoordinationMessage;
}

/** How rounds of phases, and of the ways back between them, are counted where they run again. */
export type RoundsAgain = 'counted_on' | 'anew';

/** What a run takes over from an earlier life. */
export interface Keeping {
  /** By path. */
  readonly steps: Map<string, KeptStep>;
  /** By path: the number of the last attempt that was ever begun in this run. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly signals: readonly KeptSignal[];
  /** Given again to steps that run again. */
  readonly messages: readonly KeptMessage[];
  /** Rounds so far, as plain JSON of the run; null in older journals, in which they are not taken over. */
  readonly rounds: JsonObject | null;
  /** By path: when what goes on while others run again began, ms since the epoch. */
  readonly began: ReadonlyMap<string, number>;
}
