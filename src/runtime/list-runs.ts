import { type ErrorData, errorData } from '../protocol/errors.ts';
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import { summarizeRun } from './recovery.ts';

/** A run in a listing: its summary, or why there is none. */
export interface ListedRun {
  readonly id: string;
  readonly summary: RunSummary | null;
  /** Why the run cannot be read (STORE_DAMAGED, STORE_FORMAT, REPLAY_DIVERGED, …). */
  readonly error: ErrorData | null;
}

/** Every run of a store, oldest first. A run that cannot be read is listed with its error and keeps nothing else from the list. `now`: ms. */
export async function listRuns(store: JournalStore, now: number): Promise<ListedRun[]> {
  const listed: ListedRun[] = [];
  for (const id of await store.runs()) {
    try {
      listed.push({ id, summary: await summarizeRun(store, id, now), error: null });
    } catch (thrown) {
      listed.push({ id, summary: null, error: errorData(thrown) });
    }
  }
  return listed;
}
