/** What comes in through the API becomes data of the run: plain JSON, copied and frozen, or refused before anything is recorded. */
import { customAlphabet } from 'nanoid';
import { NotPlainJson, readPlainJson } from '../actors/plain-json.ts';
import { OVERSIGHT_MODES, type OversightMode } from '../definition/oversight.ts';
import { checkDeclared } from '../definition/value-schema.ts';
import type { Workflow } from '../definition/workflow.ts';
import type { MessageOptions } from '../protocol/agent.ts';
import { type CoordinationMessage, PRIORITIES } from '../protocol/coordination.ts';
import { TroupeError } from '../protocol/errors.ts';
import { frozen } from '../protocol/frozen.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';

/** A frozen copy of a value. Throws INPUT_INVALID with the path of what is no plain JSON. */
export function plainValue(value: unknown, what: string): Json {
  const read = readPlainJson(value);
  if (!(read instanceof NotPlainJson)) return frozen(read);
  throw new TroupeError('INPUT_INVALID', `${what}${read.path} ${read.problem}`, {
    hint: 'give plain JSON: null, booleans, finite numbers, strings, lists and maps of them',
    retryable: false,
  });
}

/** The same for a map. */
export function plainMap(value: unknown, what: string): JsonObject {
  const read = plainValue(value ?? {}, what);
  if (isJsonObject(read)) return read;
  throw new TroupeError('INPUT_INVALID', `${what} must be a map of names and values`, { retryable: false });
}

/** Refuses what a workflow is started with where that is not as it declares. Throws INPUT_INVALID naming everything that is wrong. */
export function checkInput(workflow: Workflow, given: JsonObject): void {
  if (workflow.inputs === undefined) return;
  const { issues } = checkDeclared(workflow.inputs, given);
  if (issues.length === 0) return;
  const problems = issues.map(({ path, message }) => `${path === '' ? 'the whole' : path} ${message}`).join('; ');
  throw new TroupeError('INPUT_INVALID', `${workflow.name} cannot be started with this: ${problems}`, {
    hint: 'see what the workflow declares under "inputs"',
    retryable: false,
    details: { issues: issues.map(({ path, message }) => ({ path, message })) },
  });
}

/** A number of places, or null for no limit. */
export function places(value: number, what: string): number | null {
  if (value === Number.POSITIVE_INFINITY) return null;
  if (Number.isInteger(value) && value >= 1) return value;
  throw new TroupeError('INPUT_INVALID', `${what} must be a whole number of at least 1, or Infinity, not ${value}`, { retryable: false });
}

/** A mode of oversight. Throws INPUT_INVALID for anything else. */
export function oversightMode(mode: OversightMode): OversightMode {
  if (OVERSIGHT_MODES.includes(mode)) return mode;
  throw new TroupeError('INPUT_INVALID', `${JSON.stringify(mode)} is no mode of oversight`, {
    hint: `one of ${OVERSIGHT_MODES.join(', ')}`,
    retryable: false,
  });
}

/** A run's id as it may be used in keys (`run/step#attempt`). */
export function runId(id: string): string {
  if (typeof id === 'string' && id !== '' && id.length <= 200 && !/[/#\s\p{Cc}]/u.test(id)) return id;
  throw new TroupeError('INPUT_INVALID', `${JSON.stringify(id)} cannot be the id of a run`, {
    hint: 'an id has 1 to 200 characters, without "/", "#", spaces and control characters',
    retryable: false,
  });
}

/** The id of a run that nobody has named. Ids are typed by people too: letters and digits only. */
export const drawnId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 21);

/** A message from outside, which expects no answer. Throws INPUT_INVALID. */
export function outsideMessage(
  id: string,
  to: string,
  body: unknown,
  { priority = 'medium', again }: MessageOptions & { readonly again?: string },
): CoordinationMessage {
  if (typeof to !== 'string' || to === '') {
    throw new TroupeError('INPUT_INVALID', 'a message needs a receiver', {
      hint: 'name a step, or a persona as "persona:<name>"',
      retryable: false,
    });
  }
  if (!PRIORITIES.includes(priority)) {
    throw new TroupeError('INPUT_INVALID', `${JSON.stringify(priority)} is no priority`, {
      hint: `one of ${PRIORITIES.join(', ')}`,
      retryable: false,
    });
  }
  const message = {
    id,
    kind: 'notify',
    from: 'outside',
    to,
    priority,
    body: plainValue(body, 'body'),
    inReplyTo: null,
    deadlineMs: null,
  } as const;
  return again === undefined ? message : { ...message, again };
}
