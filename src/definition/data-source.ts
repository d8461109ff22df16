/** Data that steps hand on by declaration: what they are given, what they leave, what a dependency must have. Own plain data only. */
import { TroupeError } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { parsePath } from './data-path.ts';
import { kindOf } from './expression-frame.ts';
import { memberOf } from './member-at.ts';
import { nearest } from './nearest-name.ts';
import { isForbiddenName, isMap, ownData, UNREADABLE } from './own-data.ts';
import { printable } from './printable.ts';
import { memberSource } from './reference.ts';
import type { DataSource, DataTarget } from './step-data.ts';
import type { Scope } from './workflow.ts';

/** Names of members that are listed in a message, at most. */
const NAMES_SHOWN = 5;
/** Characters of each. */
const NAME_SHOWN = 40;

/**
 * The inputs of a step, by name. Throws TroupeError DATA_MISSING for the first source without a value that has no default and is not
 * optional: it names the input, the source as it is written, and what is there instead; `details.missing` lists all such sources.
 * DEFINITION_INVALID for a forbidden name.
 */
export function gatherInputs(inputs: Readonly<Record<string, DataSource>>, scope: Scope): JsonObject {
  const gathered: [string, Json][] = [];
  const missing: { readonly input: string; readonly source: string; readonly found: Missing }[] = [];
  for (const [name, source] of Object.entries(inputs)) {
    const found = follow(ROOTS[source.from], rootOf(source.from, scope), source.path);
    const value = found instanceof Missing ? source.default : found;
    if (value !== undefined) gathered.push([allowed(name), value]);
    else if (found instanceof Missing && source.optional !== true) missing.push({ input: name, source: sourceText(source), found });
  }
  const [first] = missing;
  if (first === undefined) return Object.fromEntries(gathered);
  const hint = 'where it may be missing, make it optional or give it a default';
  throw first.found.failure(`the input ${JSON.stringify(first.input)} comes from ${first.source}`, hint, {
    missing: missing.map(({ input, source }) => ({ input, source })),
  });
}

/**
 * Where parts of an output go, by name. Throws TroupeError DATA_MISSING, which names the target and the part, for a part that is not there;
 * DEFINITION_INVALID for a forbidden name.
 */
export function storeOutput(targets: readonly DataTarget[], output: Json): { variables: JsonObject; shared: JsonObject } {
  const stored: Record<DataTarget['to'], [string, Json][]> = { variable: [], shared: [] };
  for (const { to, name, path } of targets) {
    const value = follow('output', output, path);
    if (value instanceof Missing) {
      const [source, target] = [written('output', path), memberSource(to === 'shared' ? 'shared' : 'variables', name)];
      const hint = 'have whoever does the step leave it, or store another part';
      throw value.failure(`${source} is to be stored as ${target}`, hint, { missing: [{ target, source }] });
    }
    stored[to].push([allowed(name), value]);
  }
  return { variables: Object.fromEntries(stored.variable), shared: Object.fromEntries(stored.shared) };
}

/** Throws TroupeError DATA_MISSING for the first of `paths` (`report.findings`) that the output of `step` does not have. */
export function requireData(paths: readonly string[], output: Json, step: string): void {
  const root = memberSource('steps', step);
  for (const path of paths) {
    const names = parsePath(path) ?? [path];
    const value = follow(root, output, names);
    if (!(value instanceof Missing)) continue;
    const source = written(root, names);
    throw value.failure(`${source} is needed`, 'have whoever does that step leave it, or do not require it', { missing: [{ source }] });
  }
}

/** A source as it is written: `steps.design.doc`. */
function sourceText({ from, path }: Pick<DataSource, 'from' | 'path'>): string {
  return written(ROOTS[from], path);
}

const ROOTS: Readonly<Record<DataSource['from'], string>> = { input: 'input', step: 'steps', shared: 'shared', variable: 'variables' };

function rootOf(from: DataSource['from'], { variables, steps, shared }: Scope): unknown {
  if (from === 'input') return ownData(variables, 'input') ?? variables;
  return from === 'step' ? steps : from === 'shared' ? (shared ?? {}) : variables;
}

const written = (root: string, path: readonly string[]): string => path.reduce(memberSource, root);

/** The value at the end of a path, or where the path ends too early. */
function follow(root: string, start: unknown, path: readonly string[]): Json | Missing {
  let value = start;
  for (const [place, name] of path.entries()) {
    const owner = value;
    value = memberOf(owner, name);
    if (value === undefined) return new Missing(written(root, path.slice(0, place)), owner, allowed(name));
  }
  return value === undefined || value === UNREADABLE ? new Missing(root, value, '') : (value as Json);
}

function allowed(name: string): string {
  if (!isForbiddenName(name)) return name;
  throw new TroupeError('DEFINITION_INVALID', `the name ${name} is forbidden`, { retryable: false });
}

/** Where a path ends too early: what is there, and what was looked for in it. */
class Missing {
  readonly #place: string;
  readonly #owner: unknown;
  readonly #name: string;

  constructor(place: string, owner: unknown, name: string) {
    this.#place = place;
    this.#owner = owner;
    this.#name = name;
  }

  failure(need: string, advice: string, details: JsonObject): TroupeError {
    const close = isMap(this.#owner) ? nearest(this.#name, Object.keys(this.#owner)) : null;
    const hint = close === null ? advice : `did you mean ${printable(memberSource(this.#place, close))}?`;
    return new TroupeError('DATA_MISSING', `${need}, but ${this.#place} ${this.#inWords()}`, { hint, details, retryable: false });
  }

  #inWords(): string {
    if (Array.isArray(this.#owner)) return `is a list of ${this.#owner.length}`;
    if (!isMap(this.#owner)) return `is ${this.#owner === undefined || this.#owner === UNREADABLE ? 'not there' : kindOf(this.#owner)}`;
    const names = Object.keys(this.#owner);
    if (names.length === 0) return 'is empty';
    const shown = names.slice(0, NAMES_SHOWN).map((name) => printable(name.slice(0, NAME_SHOWN)));
    return `has only ${shown.join(', ')}${names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : ''}`;
  }
}
