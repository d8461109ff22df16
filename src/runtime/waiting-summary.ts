/** What is written down about a run that only waits, so that nobody needs to fold it to see for what and until when. */
import type { RunSummary, Waiting } from '../protocol/journal.ts';
import { awaitedSignals } from './awaited-signals.ts';
import type { Run } from './run.ts';
import type { RunOrigin } from './run-origin.ts';
import { summaryOf, viewOf } from './run-view.ts';

/** A summary that says what its run waits for. */
export type WaitingSummary = RunSummary & { readonly waiting: Waiting };

/** Whether nobody is at work on a run that has not ended. */
export function onlyWaits(run: Run): boolean {
  return run.ended === null && run.state.inFlight.size === 0;
}

/** The summary of a run whose journal has so many batches; of one that only waits, with what for. `now`: ms. */
export function standingSummaryOf(
  run: Run,
  { startedAt, definition }: Pick<RunOrigin, 'startedAt' | 'definition'>,
  batches: number,
  now: number,
): RunSummary {
  const summary = summaryOf(run, startedAt, now);
  if (!onlyWaits(run)) return summary;
  const awaits = awaitedSignals(viewOf(run, startedAt, now));
  return { ...summary, waiting: { batches, definition, dueAt: run.nextDue(), awaits } };
}

/** The summary that a store remembers, where it is that of a run that only waits; else null. */
export function waitIn(kept: RunSummary | null): WaitingSummary | null {
  return kept?.waiting === undefined ? null : (kept as WaitingSummary);
}
