import { blueprintOf } from '../planning/draw-blueprint.ts';
import type { JournalStore } from '../protocol/journal.ts';
import { eventsOf, markOf } from './announce.ts';
import { definitionIn, lifeOf, startOf } from './fold.ts';
import { definitionOf } from './recovery.ts';
import { Run } from './run.ts';
import type { RunEvent } from './run-event.ts';

/**
 * The events of a run's first `until` facts, told again from its journal; with those of coordination where they are wanted. Rejects with
 * RUN_NOT_FOUND or STORE_….
 */
export async function pastEvents(store: JournalStore, run: string, until: number, coordination: boolean): Promise<RunEvent[]> {
  if (until === 0) return [];
  const batches = await store.read(run);
  const started = startOf(run, batches);
  const workflow = await definitionOf(store, run, definitionIn(started, batches));
  let told = new Run(run, blueprintOf(workflow), started);
  return batches.slice(0, until).flatMap(({ n, fact }) => {
    told = lifeOf({ run: told, workflow, started, batches }, fact);
    const before = markOf(told);
    return eventsOf(told, { n, fact, effects: told.deliver(fact), before }, coordination);
  });
}
