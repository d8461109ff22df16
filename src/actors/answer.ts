/**
 * What a function may say beyond plain output: `completed` to set variables of the run and keys of the shared context, `fail` to report that the work
 * was done and its outcome is a failure (as opposed to throwing anything else, which says that the performer broke).
 */
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Usage } from '../protocol/task.ts';

/** A completed task whose output comes with variables for the run, or values of the shared context. Made by `completed`. */
export class Completed {
  readonly output: unknown;
  readonly variables: unknown;
  readonly writes: unknown;
  readonly usage: unknown;

  constructor(output: unknown, variables: unknown, writes?: unknown, usage?: unknown) {
    this.output = output;
    this.variables = variables;
    this.writes = writes;
    this.usage = usage;
  }
}

/** A reported failure. Made by `fail`; may be returned or thrown. */
export class Failed extends Error {
  override readonly name = 'Failed';
  readonly details: JsonObject | undefined;
  readonly usage: Usage | undefined;

  constructor(message: string, details: JsonObject | undefined, usage?: Usage) {
    super(message);
    this.details = details;
    this.usage = usage;
  }
}

/**
 * Completes a task with an output, and sets variables of the run or keys of the shared context.
 *
 * @param output the task's output, plain JSON; undefined counts as null
 * @param more.variables variables to set in the run, by name
 * @param more.writes new values in the shared context, by key; only keys that the step says it writes (AGENT_OUTPUT_INVALID)
 * @param more.usage what the attempt has used up, by name; `tokens` count towards the budget of the run
 */
export function completed(
  output?: Json,
  more: { readonly variables?: JsonObject; readonly writes?: JsonObject; readonly usage?: Usage } = {},
): Completed {
  return new Completed(output, more.variables, more.writes, more.usage);
}

/**
 * Reports a failure of the task: `return fail('2 tests are red', { red: ['a', 'b'] })`, or throw it from deeper down.
 * The step fails with `AGENT_FAILED` and this message; retries apply as the step says.
 *
 * @param details structured facts about the failure, plain JSON
 * @param usage what the attempt has used up all the same
 */
export function fail(message: string, details?: JsonObject, usage?: Usage): Failed {
  return new Failed(message, details, usage);
}
