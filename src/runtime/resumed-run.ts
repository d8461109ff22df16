/** Taking up a run that has not ended, by its own definition or by another one that fits. */
import type { Workflow } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Fact } from '../protocol/facts.ts';
import { adoptedFor } from './definition-fit.ts';
import { foldRun } from './recovery.ts';
import type { Beginnings, RunBeginning } from './run-beginning.ts';
import { type RunView, summaryOf, viewOf } from './run-view.ts';

/** How a run is taken up. */
export interface ResumeOptions {
  /** The definition by which it goes on, in place of its own: taken only if everything that has happened fits it. */
  readonly adopt?: Workflow;
  /** Sees the run as it stands before it goes on; what it throws refuses it, and nothing is recorded. Not called for one that is live here. */
  readonly before?: (view: RunView) => void;
}

/** Rejects with RUN_NOT_FOUND, RUN_ENDED, DEFINITION_UNFIT, REPLAY_DIVERGED, STORE_…. */
export async function resumedRun(host: Beginnings, id: string, { adopt, before }: ResumeOptions): Promise<RunBeginning> {
  const { store, time } = host;
  const folded = await foldRun(store, id, host.inspector);
  const { started, batches } = folded;
  if (folded.run.ended !== null) {
    // Its end was durable, its summary was not: the next one who looks need not fold it again.
    store.putSummary(summaryOf(folded.run, started.at, time.now()));
    throw new TroupeError('RUN_ENDED', `run ${id} has ended (${folded.run.status})`, { hint: `troupe show ${id} tells how it went` });
  }
  before?.(viewOf(folded.run, started.at, time.now()));
  const { run, origin, first } = await adoptedFor(host, folded, adopt);
  const recovered: Fact = { type: 'run.recovered', at: time.now(), interrupted: [...run.state.inFlight.keys()] };
  return { origin, run, next: batches.length, first: [...first, recovered] };
}
