/**
 * What an agent hands over becomes the run's data: a copy made of plain JSON and nothing else, so that what the run
 * sees now is what a replay sees later. Copying costs no more than checking and leaves the agent no reference through
 * which it could change the past. Like `JSON.stringify`, undefined members are left out and undefined elements become null;
 * unlike it, nothing else is guessed: a Date, a Map, NaN or a class instance is refused with the path at which it stands.
 */
import type { Json, JsonObject } from '../protocol/json.ts';

/** Containers may nest this deep: far beyond real data, far below where recursion elsewhere ends. */
export const MAX_JSON_DEPTH = 256;

/** Upper limit of one value, in characters of its JSON text (16 Mi): one answer must not fill the journal. */
export const MAX_JSON_SIZE = 16 * 1024 * 1024;

/** Why a value is not plain JSON. `path` is written as in JavaScript (`.items[3].at`), empty for the value itself. */
export class NotPlainJson {
  readonly path: string;
  /** A clause that follows the path in a sentence: `is a function`. */
  readonly problem: string;

  constructor(path: string, problem: string) {
    this.path = path;
    this.problem = problem;
  }
}

interface Walk {
  size: number;
  /** How many containers are open. */
  open: number;
  /** The containers being copied, outermost first, and the key under which each stands. */
  readonly ancestors: object[];
  readonly keys: (string | number)[];
}

/** A plain JSON copy of any value (undefined becomes null), or the reason why there is none. Never throws, not even for a throwing getter. */
export function readPlainJson(value: unknown): Json | NotPlainJson {
  if (typeof value !== 'object' || value === null) {
    if (value === undefined || value === null) return null;
    if (typeof value === 'boolean' || (typeof value === 'string' && value.length <= MAX_JSON_SIZE)) return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  const walk: Walk = { size: 0, open: 0, ancestors: [], keys: [] };
  try {
    return copy(value, '', walk, 0);
  } catch (thrown) {
    return thrown instanceof NotPlainJson
      ? thrown
      : new NotPlainJson(pathOf(walk.keys.slice(0, walk.open)), 'cannot be read: a getter or a proxy threw');
  }
}

function copy(value: unknown, key: string | number, walk: Walk, depth: number): Json {
  switch (typeof value) {
    case 'string':
      grow(walk, value.length + 2, key, depth);
      return value;
    case 'number':
      if (!Number.isFinite(value)) refuse(walk, depth, key, `is ${value}`);
      grow(walk, 8, key, depth);
      return value;
    case 'boolean':
      grow(walk, 5, key, depth);
      return value;
    case 'object':
      return value === null ? copyNull(key, walk, depth) : copyContainer(value, key, walk, depth);
    case 'undefined':
      return copyNull(key, walk, depth);
    default:
      return refuse(walk, depth, key, `is a ${typeof value}`);
  }
}

/** Counted like anything else: a sparse list of a billion holes is small until it is copied. */
function copyNull(key: string | number, walk: Walk, depth: number): null {
  grow(walk, 5, key, depth);
  return null;
}

function copyContainer(value: object, key: string | number, walk: Walk, depth: number): Json {
  if (depth >= MAX_JSON_DEPTH) return refuse(walk, depth, key, `is nested deeper than ${MAX_JSON_DEPTH} levels`);
  walk.ancestors[depth] = value;
  walk.keys[depth] = key;
  walk.open = depth + 1;
  grow(walk, 2, key, depth);
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (let index = 0; index < value.length; index++) items.push(copy(value[index], index, walk, depth + 1));
    walk.open = depth;
    return items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // A root prototype has none itself: this accepts objects of another realm and refuses every class.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    refuse(walk, depth, key, `is ${describeInstance(value)}, not a plain object`);
  }
  const members: Record<string, Json> = {};
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member === undefined) continue;
    if (name === '__proto__') refuse(walk, depth + 1, name, 'is a forbidden key');
    grow(walk, name.length + 3, name, depth + 1);
    members[name] = copy(member, name, walk, depth + 1);
  }
  walk.open = depth;
  return members satisfies JsonObject;
}

function grow(walk: Walk, by: number, key: string | number, depth: number): void {
  walk.size += by;
  if (walk.size > MAX_JSON_SIZE) refuse(walk, depth, key, `exceeds the limit of ${MAX_JSON_SIZE / 1024 / 1024} MB for one value`);
}

/** A cycle shows as depth or size; whoever reaches a limit looks for one first, because that is the better reason. */
function refuse(walk: Walk, depth: number, key: string | number, problem: string): never {
  const seen = new Set<object>();
  for (let level = 0; level < depth; level++) {
    const ancestor = walk.ancestors[level];
    if (ancestor === undefined) break;
    if (seen.has(ancestor)) throw new NotPlainJson(pathOf(walk.keys.slice(0, level + 1)), 'contains itself (a cycle)');
    seen.add(ancestor);
  }
  throw new NotPlainJson(pathOf([...walk.keys.slice(0, depth), key]), problem);
}

function pathOf(keys: readonly (string | number)[]): string {
  return keys
    .slice(1)
    .map((key) =>
      typeof key === 'number' ? `[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 80))}]`,
    )
    .join('');
}

function describeInstance(value: object): string {
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an instance of a class';
}
