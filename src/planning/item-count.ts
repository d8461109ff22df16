import type { MapStep, Workflow } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import { isJsonObject, type Json } from '../protocol/json.ts';

/** How many items maps are expected to have: one number for all, or by path of the map in the definition. */
export type ItemGuess = number | Readonly<Record<string, number>>;

/** Items that a plan draws of one map; of longer ones a plan would say no more. */
const MOST_ITEMS = 10_000;

/**
 * How many items of a map are planned for: the guess for its path; else the length of its list where the workflow itself gives it (the
 * initial value of a variable or shared key, the default of an input); else the guess for all, 1 where there is none.
 *
 * Throws TroupeError DEFINITION_INVALID for a guess that is no whole number from 1 to 10,000.
 */
export function itemsOf({ over }: MapStep, path: string, workflow: Workflow, guess: ItemGuess): number {
  if (typeof guess !== 'number' && Object.hasOwn(guess, path)) return checked(guess[path] ?? 0, path);
  const listed = listedItems(over, workflow);
  if (listed !== null) return Math.min(MOST_ITEMS, listed);
  return typeof guess === 'number' ? checked(guess, path) : 1;
}

function checked(count: number, path: string): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_ITEMS) return count;
  throw new TroupeError('DEFINITION_INVALID', `${path} cannot be planned for ${count} items`, {
    hint: `Guess a whole number from 1 to ${MOST_ITEMS.toLocaleString('en')}.`,
  });
}

function listedItems(over: string, { variables, shared, inputs }: Workflow): number | null {
  const [, root = '', name = ''] = /^\s*(?:(variables|shared|input)\.)?([A-Za-z_]\w*)\s*$/u.exec(over) ?? [];
  if (root === 'shared') return lengthOf(shared, name);
  if (root === 'input')
    return lengthOf(inputs !== undefined && Object.hasOwn(inputs, name) ? { [name]: inputs[name]?.default ?? null } : {}, name);
  return lengthOf(variables, name);
}

function lengthOf(values: Json | undefined, name: string): number | null {
  const value = isJsonObject(values ?? null) && Object.hasOwn(values as object, name) ? (values as { [name: string]: Json })[name] : null;
  return Array.isArray(value) ? value.length : null;
}
