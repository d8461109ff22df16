/** From the store back to a run: reading, finding the definition it was started with, folding. */
import type { Workflow } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { RunStarted } from '../protocol/facts.ts';
import type { Batch, JournalStore, RunSummary } from '../protocol/journal.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import type { Inspector } from './actor-system.ts';
import { foldJournal, startOf } from './fold.ts';
import type { Run } from './run.ts';
import { type RunView, summaryOf, viewOf } from './run-view.ts';

export interface FoldedRun {
  readonly run: Run;
  readonly started: RunStarted;
  readonly batches: readonly Batch[];
}

/**
 * Folds a run from the store; `definitions` is a cache by hash, so that runs of one definition share one object. `until` folds only
 * that many facts. Rejects with RUN_NOT_FOUND, STORE_DAMAGED, STORE_FORMAT, REPLAY_DIVERGED.
 */
export async function foldRun(
  store: JournalStore,
  run: string,
  definitions: Map<string, Workflow> = new Map(),
  inspector: Inspector | null = null,
  until?: number,
): Promise<FoldedRun> {
  const batches = await store.read(run);
  const started = startOf(run, batches);
  const workflow = definitions.get(started.definition) ?? ((await store.getDefinition(started.definition)) as Workflow | null);
  if (workflow === null) {
    throw new TroupeError('STORE_DAMAGED', `the definition ${started.definition} of run ${run} is missing from the store`, {
      hint: 'restore the definitions folder from a copy',
    });
  }
  definitions.set(started.definition, workflow);
  return { run: foldJournal(run, workflow, batches, until, inspector), started, batches };
}

/** A run as it stands in the store. */
export async function viewRun(store: JournalStore, run: string, now: number, until?: number): Promise<RunView> {
  const folded = await foldRun(store, run, new Map(), null, until);
  return viewOf(folded.run, folded.started.at, now);
}

/** The summary of a run as it stands in the store: the kept one where the run has ended, else folded afresh. */
export async function summarizeRun(store: JournalStore, run: string, now: number): Promise<RunSummary> {
  const kept = await store.getSummary(run);
  if (kept !== null && hasEnded(kept.status)) return kept;
  const folded = await foldRun(store, run);
  return summaryOf(folded.run, folded.started.at, now);
}
