import { blueprintOf } from '../planning/blueprint.ts';
import type { JournalStore } from '../protocol/journal.ts';
import { eventsOf } from './announce.ts';
import { startOf } from './fold.ts';
import { definitionOf } from './recovery.ts';
import { Run } from './run.ts';
import type { RunEvent } from './run-event.ts';

/** The events of a run's first `until` facts, told again from its journal. Rejects with RUN_NOT_FOUND or STORE_…. */
export async function pastEvents(store: JournalStore, run: string, until: number): Promise<RunEvent[]> {
  if (until === 0) return [];
  const batches = await store.read(run);
  const started = startOf(run, batches);
  const workflow = await definitionOf(store, run, started.definition);
  const told = new Run(run, blueprintOf(workflow), started);
  return batches.slice(0, until).flatMap(({ fact }) => {
    const settledBefore = told.state.history.length;
    const lateBefore = told.state.lateFacts;
    return eventsOf(told, fact, told.deliver(fact), settledBefore, lateBefore);
  });
}
