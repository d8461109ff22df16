/** Rebuilding a run from its journal, and proving on the way that it is the same run. */

import type { Workflow } from '../definition/workflow.ts';
import { blueprintOf } from '../planning/draw-blueprint.ts';
import { TroupeError } from '../protocol/errors.ts';
import { FACT_FORMAT, type Fact, type RunStarted } from '../protocol/facts.ts';
import type { Batch } from '../protocol/journal.ts';
import type { Inspector } from './actor-system.ts';
import { intentOf, sameIntents } from './intent.ts';
import { type EarlierLife, reopenedRun } from './reopened-run.ts';
import { Run } from './run.ts';

/** The first fact of a journal. Throws STORE_DAMAGED where it is not the start of a run, STORE_FORMAT where it is of a later format. */
export function startOf(run: string, batches: readonly Batch[]): RunStarted {
  const first = batches[0]?.fact;
  if (first?.type !== 'run.started') {
    throw new TroupeError('STORE_DAMAGED', `the journal of run ${run} does not begin with its start`, {
      where: `${run}:0`,
      hint: 'the store was cut or mixed up by something else; restore it from a copy',
    });
  }
  if (first.format > FACT_FORMAT) {
    throw new TroupeError('STORE_FORMAT', `run ${run} was recorded in format ${first.format}; this version reads up to ${FACT_FORMAT}`, {
      hint: 'use the version of troupe that recorded it, or a later one',
    });
  }
  return first;
}

/** The run that a fact is to be delivered to: the one of the life so far, or the one that begins anew on what it keeps. */
export function lifeOf(life: EarlierLife, fact: Fact, inspector: Inspector | null = null): Run {
  if (fact.type !== 'run.retried') return life.run;
  const before = life.batches.slice(
    0,
    life.batches.findIndex((batch) => batch.fact === fact),
  );
  return reopenedRun({ ...life, batches: before }, fact, inspector);
}

/** The hash of the definition in force after the first `until` facts: that of the start, or the one adopted last. */
export function definitionIn(started: RunStarted, batches: readonly Batch[], until = batches.length): string {
  let hash = started.definition;
  for (const { fact } of batches.slice(0, until)) if (fact.type === 'definition.adopted') hash = fact.definition;
  return hash;
}

/**
 * Folds a journal into a run. After every fact the effects it causes are compared with the recorded intents; a difference throws
 * REPLAY_DIVERGED with the position, and nothing is released. `until` folds only that many facts.
 */
export function foldJournal(
  run: string,
  workflow: Workflow,
  batches: readonly Batch[],
  until = batches.length,
  inspector: Inspector | null = null,
): Run {
  const started = startOf(run, batches);
  let folded = new Run(run, blueprintOf(workflow), started, inspector);
  for (const batch of batches.slice(0, until)) {
    folded = lifeOf({ run: folded, workflow, started, batches }, batch.fact, inspector);
    const produced = folded.deliver(batch.fact).map(intentOf);
    if (!sameIntents(batch.intents, produced)) {
      throw new TroupeError(
        'REPLAY_DIVERGED',
        `run ${run} would now do something else at fact ${batch.n} (${batch.fact.type}): recorded ${JSON.stringify(batch.intents)}, now ${JSON.stringify(produced)}`,
        {
          where: `${run}:${batch.n}`,
          hint: 'the journal was written by a version that decides differently; use that version to finish the run',
          retryable: false,
        },
      );
    }
  }
  return folded;
}
