/** How runs of a host stand, for those who list them; nobody is folded again to be listed. */
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import type { HostedRun } from './hosted-run.ts';
import { summarizeRun } from './recovery.ts';
import { summaryOf } from './run-view.ts';
import { standingSummaryOf } from './waiting-summary.ts';

/** The summary of a run: from memory where it is `live`, as it was written down where it is passivated, else from the store. `now`: ms. */
export async function summaryIn(store: JournalStore, id: string, live: HostedRun | undefined, now: number): Promise<RunSummary> {
  const run = live?.awake ?? null;
  return live === undefined || run === null ? summarizeRun(store, id, now) : summaryOf(run, live.origin.startedAt, now);
}

/** Writes down how a run stands that leaves memory. That of one that is passivated has been written down; it may be lost, being derived. */
export function writeDown(store: JournalStore, { awake, observers, origin, taken }: HostedRun, now: number): void {
  const batches = observers.announced;
  if (awake === null || batches === 0) return;
  try {
    // A run that is ahead of what is durable may wait for something else there.
    store.putSummary(taken === batches ? standingSummaryOf(awake, origin, batches, now) : summaryOf(awake, origin.startedAt, now));
  } catch {
    // Whoever looks next folds the journal.
  }
}
