import type { Json, JsonObject } from './json.ts';

/** The work of one step handed to one agent: one attempt of it. */
export interface Task {
  /** `run/step#attempt`: the same on every delivery of this attempt; use it as idempotency key. */
  readonly key: string;
  readonly run: string;
  /** The step's path in its workflow. */
  readonly step: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly name: string;
  /** The step's type as written (`persona-request`, `GitOperationStep`, …). */
  readonly type: string;
  /** The role that is asked for, where the step names one. */
  readonly persona: string | null;
  /** The step's parameters with all templates rendered. */
  readonly params: JsonObject;
  /** Milliseconds this attempt may take, or null for no limit. */
  readonly timeoutMs: number | null;
}

/** What an agent answers: the closed set of ends of an attempt, as the house reports it. */
export type TaskReport =
  | { readonly ok: true; readonly output: Json; readonly variables?: JsonObject }
  | { readonly ok: false; readonly error: import('./errors.ts').ErrorData; readonly thrown: boolean };
