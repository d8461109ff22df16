/** How a step can end. A closed set: nothing else is ever recorded. */
export type StepOutcome = 'completed' | 'failed' | 'skipped' | 'cancelled';

/** How a run can stand. `waiting` is a running run in which nothing works and something named is awaited. */
export type RunStatus = 'running' | 'paused' | 'completed' | 'failed' | 'cancelled';

/** True once nothing can change the run any more. */
export function hasEnded(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
