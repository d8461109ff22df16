/** Values as they are typed on the command line. Each of these throws a usage error that says what was expected. */
import { readFileSync } from 'node:fs';
import { isJsonObject, type Json, type JsonObject, parseDuration } from '../../index.ts';
import { Refusal, usage } from '../failure/refusal.ts';
import type { Desk } from '../terminal/desk.ts';

/** A whole number of at least `least`. */
export function typedCount(option: string, typed: string, least: number): number {
  const count = Number(typed);
  if (/^\d+$/u.test(typed) && Number.isSafeInteger(count) && count >= least) return count;
  throw usage(`${option} takes a whole number of at least ${least}, not "${typed}"`);
}

/** A moment of a run: the number of a fact, or the name of a checkpoint. */
export function typedMoment(typed: string): number | string {
  return /^\d+$/u.test(typed) ? Number(typed) : typed;
}

/** Milliseconds of a duration such as `90s`, `30m` or `1h30m`. */
export function typedDuration(option: string, typed: string): number {
  const ms = parseDuration(typed);
  if (ms !== null && ms > 0) return ms;
  throw usage(`${option} takes a duration, not "${typed}"`, 'write a number and a unit: 500ms, 90s, 30m, 1h30m, 2d');
}

/** JSON as typed, or from a file: `@task.json`; `@-` is standard input. */
export async function typedJson(desk: Desk, option: string, typed: string): Promise<Json> {
  const text = typed.startsWith('@') ? await fileText(desk, typed.slice(1)) : typed;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw noJson(option, cause);
  }
}

/** As `typedJson`, but an object. */
export async function typedObject(desk: Desk, option: string, typed: string): Promise<JsonObject> {
  const value = await typedJson(desk, option, typed);
  if (isJsonObject(value)) return value;
  throw usage(`${option} takes a JSON object, not ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}`);
}

/**
 * Variables as typed: `name=value`. A value that is JSON and looks the same when JSON writes it (`3`, `true`, `null`, `"x"`, `{…}`,
 * `[…]`) is that value; anything else is text, so that `1.10` stays a version.
 */
export function typedVariables(typed: readonly string[]): JsonObject {
  return Object.fromEntries(
    typed.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usage(`--var takes name=value, not "${pair}"`);
      return [pair.slice(0, at), typedValue(pair.slice(at + 1))];
    }),
  );
}

/** What a run may be called: its id is part of file names and task keys. */
export function typedRunId(typed: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/u.test(typed) && typed !== 'latest') return typed;
  throw usage(`--id takes letters, digits, "_", "." and "-", at most 100 and not "latest"; not "${typed}"`);
}

function typedValue(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return typeof value === 'object' || typeof value === 'string' || JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}

async function fileText(desk: Desk, name: string): Promise<string> {
  if (name === '-') return desk.surroundings.readStdin();
  const path = desk.path(name);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(desk.shown(path), cause);
  }
}

const unreadable = (file: string, cause: unknown): Refusal => new Refusal('FILE_NOT_FOUND', `${file} cannot be read`, { cause });

function noJson(option: string, cause: unknown): Refusal {
  return new Refusal('USAGE', `${option} takes JSON, or @ and the name of a file with JSON`, {
    hint: `for example ${option} '{"task": {"title": "Fix the login"}}'`,
    cause,
  });
}
