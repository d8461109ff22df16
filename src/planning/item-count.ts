import { statedItems } from '../definition/stated-list.ts';
import type { MapStep } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import { type KnownValues, knownValue } from './known-values.ts';

/** How many items maps are expected to have: one number for all, or by path of the map in the definition. */
export type ItemGuess = number | Readonly<Record<string, number>>;

/** What is known of how long lists are. */
export interface ItemKnowledge {
  /** What whoever plans has said. */
  readonly guess?: ItemGuess;
  /** How many items maps had in earlier runs, on average, by path of the map in the definition. */
  readonly learned?: Readonly<Record<string, number>>;
}

/** Items that a plan draws of one map; of longer ones a plan would say no more. */
const MOST_ITEMS = 10_000;

/**
 * How many items of a map are planned for. The first of these that is there: the guess for its path; the length of its list, where it is
 * written out or known before the run (a given input or variable, an initial value, a default); the guess for all maps; what earlier
 * runs had on average, rounded; 1.
 *
 * Throws TroupeError DEFINITION_INVALID for a guess that is no whole number from 1 to 10,000.
 */
export function itemsOf(
  { over }: Pick<MapStep, 'over'>,
  path: string,
  values: KnownValues,
  { guess, learned = {} }: ItemKnowledge,
): number {
  if (typeof guess === 'object' && Object.hasOwn(guess, path)) return checked(guess[path] ?? 0, path);
  const listed = listedItems(over, values);
  if (listed !== null) return Math.min(MOST_ITEMS, listed);
  if (typeof guess === 'number') return checked(guess, path);
  const average = Object.hasOwn(learned, path) ? (learned[path] ?? 1) : 1;
  return Math.min(MOST_ITEMS, Math.max(1, Math.round(average)));
}

function checked(count: number, path: string): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_ITEMS) return count;
  throw new TroupeError('DEFINITION_INVALID', `${path} cannot be planned for ${count} items`, {
    hint: `Guess a whole number from 1 to ${MOST_ITEMS.toLocaleString('en')}.`,
  });
}

function listedItems(over: string, values: KnownValues): number | null {
  const stated = statedItems(over);
  if (typeof stated === 'number') return stated;
  const value = knownValue(over, values);
  return Array.isArray(value) ? value.length : null;
}
