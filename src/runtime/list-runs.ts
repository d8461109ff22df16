import { type ErrorData, errorData } from '../protocol/errors.ts';
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import { type AwaitedSignal, awaitedSignals } from './awaited-signals.ts';
import { foldRun } from './recovery.ts';
import { viewOf } from './run-view.ts';
import { standingSummaryOf, waitIn } from './waiting-summary.ts';

/** A run in a listing: its summary, or why there is none. */
export interface ListedRun {
  readonly id: string;
  readonly summary: RunSummary | null;
  /** The signals without which it cannot go on; empty for a run that waits for anything else, or for nothing. */
  readonly awaits: readonly AwaitedSignal[];
  /** Why the run cannot be read (STORE_DAMAGED, STORE_FORMAT, REPLAY_DIVERGED, …). */
  readonly error: ErrorData | null;
}

/** Every run of a store, oldest first. A run that cannot be read is listed with its error and keeps nothing else from the list. `now`: ms. */
export async function listRuns(store: JournalStore, now: number): Promise<ListedRun[]> {
  const listed: ListedRun[] = [];
  for (const id of await store.runs()) {
    try {
      listed.push(await listRun(store, id, now));
    } catch (thrown) {
      listed.push({ id, summary: null, awaits: [], error: errorData(thrown) });
    }
  }
  return listed;
}

async function listRun(store: JournalStore, id: string, now: number): Promise<ListedRun> {
  const kept = await store.getSummary(id);
  if (kept !== null && hasEnded(kept.status)) return { id, summary: kept, awaits: [], error: null };
  const wait = waitIn(kept);
  if (wait !== null) return { id, summary: wait, awaits: wait.waiting.awaits, error: null };
  const { run, started, batches } = await foldRun(store, id);
  const awaits = awaitedSignals(viewOf(run, started.at, now));
  return {
    id,
    summary: standingSummaryOf(run, { startedAt: started.at, definition: started.definition }, batches.length, now),
    awaits,
    error: null,
  };
}
