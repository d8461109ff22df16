/** What agents use for which steps, as a store keeps it from one process to the next. */
import type { LearnedUse } from '../actors/resources/usage-book.ts';
import type { JournalStore } from '../protocol/journal.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';

/** The name of the document in which a house remembers what agents use. */
const USAGE_DOCUMENT = 'usage';

/** What the store remembers, what was added to last at the end. What cannot be read is not remembered. */
export function keptUsage(store: Pick<JournalStore, 'kept'>): readonly LearnedUse[] {
  const uses = store.kept?.(USAGE_DOCUMENT)?.uses;
  return Array.isArray(uses) ? (uses.filter(isLearnedUse) as unknown as LearnedUse[]) : [];
}

/** Keeps what has been learned; losing the latest of it does no harm. Throws STORE_FULL, STORE_UNWRITABLE or STORE_CLOSED. */
export function keepUsage(store: Pick<JournalStore, 'keep'>, uses: readonly LearnedUse[]): void {
  if (uses.length > 0) store.keep?.(USAGE_DOCUMENT, { format: 1, uses } as unknown as JsonObject, 'soon');
}

/** It may have been written by anybody. */
function isLearnedUse(value: Json): boolean {
  if (!isJsonObject(value)) return false;
  const { workflow, agent, step, calls, ...averages } = value;
  const isNamed = [workflow, agent, step].every((name) => typeof name === 'string');
  return isNamed && [calls, ...Object.values(averages)].every((amount) => typeof amount === 'number' && amount >= 0);
}
