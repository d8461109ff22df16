/** From the store back to a run: reading, finding the definition it was started with, folding. */
import type { Workflow } from '../definition/workflow.ts';
import { type ErrorData, errorData, TroupeError } from '../protocol/errors.ts';
import type { RunStarted } from '../protocol/facts.ts';
import { frozen } from '../protocol/frozen.ts';
import type { Batch, JournalStore, RunSummary } from '../protocol/journal.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import type { Inspector } from './actor-system.ts';
import { definitionIn, foldJournal, startOf } from './fold.ts';
import type { Run } from './run.ts';
import { type RunView, summaryOf, viewOf } from './run-view.ts';
import { keptShortages } from './shortage-document.ts';
import { withShortages } from './shortage-view.ts';
import { waitIn } from './waiting-summary.ts';

export interface FoldedRun {
  readonly run: Run;
  readonly workflow: Workflow;
  /** The hash of its definition. */
  readonly definition: string;
  readonly started: RunStarted;
  readonly batches: readonly Batch[];
}

/** Definitions by store and hash: runs of one definition share one object, and so one blueprint. */
const definitions = new WeakMap<JournalStore, Map<string, WeakRef<Workflow>>>();

/** The one object that all runs of a definition share: the one that is known by this hash, else this one. */
export function sharedDefinition(store: JournalStore, hash: string, workflow: Workflow): Workflow {
  const known = knownOf(store);
  const kept = known.get(hash)?.deref();
  if (kept === undefined) known.set(hash, new WeakRef(workflow));
  return kept ?? workflow;
}

function knownOf(store: JournalStore): Map<string, WeakRef<Workflow>> {
  const known = definitions.get(store) ?? new Map<string, WeakRef<Workflow>>();
  definitions.set(store, known);
  return known;
}

/** The definition a run was started with. Rejects with STORE_DAMAGED when it is missing. */
export async function definitionOf(store: JournalStore, run: string, hash: string): Promise<Workflow> {
  const kept = knownOf(store).get(hash)?.deref();
  if (kept !== undefined) return kept;
  const workflow = (await store.getDefinition(hash)) as Workflow | null;
  if (workflow === null) {
    throw new TroupeError('STORE_DAMAGED', `the definition ${hash} of run ${run} is missing from the store`, {
      hint: 'restore the definitions folder from a copy',
    });
  }
  return sharedDefinition(store, hash, frozen(workflow));
}

/**
 * Folds a run from the store. `until` folds only that many facts. Rejects with RUN_NOT_FOUND, STORE_DAMAGED, STORE_FORMAT, REPLAY_DIVERGED.
 */
export async function foldRun(store: JournalStore, run: string, inspector: Inspector | null = null, until?: number): Promise<FoldedRun> {
  const batches = await store.read(run);
  const started = startOf(run, batches);
  const definition = definitionIn(started, batches, until);
  const workflow = await definitionOf(store, run, definition);
  return { run: foldJournal(run, workflow, batches, until, inspector), workflow, definition, started, batches };
}

/** Folds a run at once, from a store that can be read at once. `workflow`: its definition. Throws RUN_NOT_FOUND, STORE_…, REPLAY_DIVERGED. */
export function foldRunNow(store: JournalStore, run: string, workflow: Workflow, inspector: Inspector | null = null): Run {
  const batches = store.readNow?.(run);
  if (batches === undefined) throw new TroupeError('INTERNAL', `run ${run} was dropped from memory, and its store cannot be read at once`);
  return foldJournal(run, workflow, batches, batches.length, inspector);
}

/** A run as it stands in the store. */
export async function viewRun(store: JournalStore, run: string, now: number, until?: number): Promise<RunView> {
  const folded = await foldRun(store, run, null, until);
  const view = viewOf(folded.run, folded.started.at, now);
  return until === undefined ? withShortages(view, keptShortages(store).open) : view;
}

/** The summary of a run as it stands in the store: the kept one where the run has ended, else folded afresh. Says so when it cannot be read. */
export async function summarizeRun(store: JournalStore, run: string, now: number): Promise<RunSummary> {
  const kept = await store.getSummary(run);
  if (kept !== null && hasEnded(kept.status)) return kept;
  const wait = waitIn(kept);
  if (wait !== null) return wait;
  try {
    const folded = await foldRun(store, run);
    return summaryOf(folded.run, folded.started.at, now);
  } catch (thrown) {
    return unreadable(run, kept, errorData(thrown));
  }
}

function unreadable(id: string, kept: RunSummary | null, error: ErrorData): RunSummary {
  const steps = { total: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 };
  const known = kept ?? { id, workflow: '?', status: 'running', startedAt: 0, updatedAt: 0, endedAt: null, steps, note: null };
  return { ...known, note: `cannot be read: ${error.code} ${error.message}` };
}
