/**
 * The contract between the house and whoever performs tasks. An agent gets one task at a time through `perform`,
 * may say something while it works, and must stop soon after its signal aborts. Whatever `perform` throws becomes
 * data: an agent cannot break the house.
 */
import type { Json } from './json.ts';
import type { Task, TaskReport } from './task.ts';

/** What an agent gets beside its task. */
export interface PerformContext {
  /** Aborts when the attempt is cancelled, timed out, or the house stops. */
  readonly signal: AbortSignal;
  /** Chatter for observers: a text or a JSON value. Never journalled. */
  readonly progress: (note: Json) => void;
  /** Milliseconds since the epoch (virtual in simulation). */
  readonly now: () => number;
  /** Resolves after that many milliseconds of the host's time (virtual in simulation); rejects when the signal aborts. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Whoever performs tasks. */
export interface Agent {
  /** Unique within its crew. */
  readonly id: string;
  /** Resolves with the report of the attempt. A rejection is treated as `thrown`. */
  perform(task: Task, context: PerformContext): Promise<TaskReport>;
  /** Releases what the agent holds. Called once, when the house stops. */
  close?(): Promise<void>;
}
