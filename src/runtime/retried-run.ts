/** A run that goes on after it has lost something, or that goes back: what it has finished stands, the rest runs again. */
import { nearest } from '../definition/nearest-name.ts';
import type { Workflow } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { RoundsAgain } from '../protocol/kept-steps.ts';
import { adoptedFor } from './definition-fit.ts';
import { OpenedGroups } from './opened-groups.ts';
import { type LargerBudgets, tokensOnTop } from './raised-budgets.ts';
import { foldRun } from './recovery.ts';
import { reopenedRun } from './reopened-run.ts';
import type { Beginnings, RunBeginning } from './run-beginning.ts';
import type { RunState } from './run-state.ts';
import { affectedSteps, lostSteps } from './steps-again.ts';

/** What runs again. */
export interface RetryOptions {
  /** The path of a step: it and everything that depends on it runs again, beside what had failed. Absent: what had failed. */
  readonly from?: string;
  /** The definition by which the run goes on, in place of its own: taken only if everything that has happened fits it. */
  readonly adopt?: Workflow;
  /** Rounds of phases and of ways back that run again are counted anew. Default false: they are counted on, so that their bounds hold. */
  readonly freshRounds?: boolean;
  /** Larger budgets, for a run or a step that has spent what it had. Default: what they have. */
  readonly budget?: LargerBudgets;
}

/** How rounds are counted where somebody has said, or not said, that they begin anew. */
export const roundsAgain = (fresh: boolean | undefined): RoundsAgain => (fresh === true ? 'anew' : 'counted_on');

/** Rejects with RUN_NOT_FOUND, NOTHING_TO_RETRY, INPUT_INVALID, DEFINITION_UNFIT, REPLAY_DIVERGED, STORE_…. */
export async function retriedRun(host: Beginnings, id: string, { from, adopt, freshRounds, budget }: RetryOptions): Promise<RunBeginning> {
  const folded = await foldRun(host.store, id);
  const { started, batches } = folded;
  const { run, origin, first } = await adoptedFor(host, folded, adopt);
  const again = from === undefined ? failedIn(id, run.state, run.ended !== null) : [...stepsFrom(run.state, from)];
  const more = budget === undefined ? {} : tokensOnTop(run.state, budget);
  const given = Object.keys(more).length === 0 ? {} : { budget: more };
  const retried = { type: 'run.retried' as const, at: host.time.now(), again, rounds: roundsAgain(freshRounds), ...given };
  const life = { run, workflow: origin.workflow, started, batches };
  return { origin, run: reopenedRun(life, retried, host.inspector), next: batches.length, first: [...first, retried] };
}

function failedIn(id: string, state: RunState, hasEnded: boolean): string[] {
  if (!hasEnded) {
    throw new TroupeError('NOTHING_TO_RETRY', `run ${id} has not ended`, {
      hint: `troupe resume ${id} goes on with it; with --from it goes back to a step`,
      retryable: false,
    });
  }
  const again = [...lostSteps(state)];
  if (again.length > 0) return again;
  throw new TroupeError('NOTHING_TO_RETRY', `no step of run ${id} has failed`, {
    hint: `troupe resume ${id} --from <step> runs a step again, with everything that depends on it`,
    retryable: false,
  });
}

function stepsFrom(state: RunState, from: string): Set<string> {
  knownStep(state, from);
  return new Set([...affectedSteps(state, { from: [from] }), ...lostSteps(state)]);
}

/** Throws INPUT_INVALID for a path at which no step stands in a run. */
export function knownStep(state: RunState, path: string): void {
  const paths = [...new OpenedGroups(state).paths()];
  if (paths.includes(path)) return;
  const near = nearest(path, paths);
  throw new TroupeError('INPUT_INVALID', `run ${state.id} has no step "${path}"`, {
    hint: near === null ? `troupe show ${state.id} lists its steps` : `did you mean "${near}"?`,
    retryable: false,
  });
}
