/**
 * An effect is what a run asks the outside world to do. Effects have stable ids; their intents are journalled in the
 * same batch as the fact that caused them, before any of them is released.
 */

import type { CoordinationMessage } from './coordination.ts';
import type { ErrorData } from './errors.ts';
import type { Json } from './json.ts';
import type { Task } from './task.ts';

export interface StartTask {
  readonly type: 'task.start';
  readonly task: Task;
}

/** Stop working on an attempt: its result will not be applied. */
export interface CancelTask {
  readonly type: 'task.cancel';
  readonly step: string;
  readonly attempt: number;
  readonly reason: string;
}

/** Give a message to an agent at work. */
export interface DeliverMessage {
  readonly type: 'message.deliver';
  readonly step: string;
  readonly attempt: number;
  readonly message: CoordinationMessage;
}

export interface EndRun {
  readonly type: 'run.end';
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly outputs: Json;
  readonly error: ErrorData | null;
  readonly failedStep: string | null;
}

/** Everything a run can ask for. */
export type Effect = StartTask | CancelTask | DeliverMessage | EndRun;

/**
 * The journalled trace of an effect: its kind, its stable id and a checksum of what it carries.
 * On replay the fold must produce the same intents, or the run stops with `REPLAY_DIVERGED`.
 */
export type Intent = readonly [kind: Effect['type'], id: string, checksum: number];
