/** What of a plan a run carries out: how many tasks at once, and what has the first place when several are ready. */
import type { ExecutionPlan } from './execution-plan.ts';

/** The part of a plan that a run is started with. It is recorded with the start, so that every replay launches alike. */
export interface LaunchPlan {
  /** Tasks at once; null for no limit. */
  readonly places: number | null;
  /** Paths of steps, the first to be launched first. What is not among them comes after, by its longest chain. */
  readonly order: readonly string[];
}

/** The launch plan of the option that was chosen: its places, and its tasks in the order in which they start there. */
export function launchPlanOf({ tasks, chosen }: Pick<ExecutionPlan, 'tasks' | 'chosen'>): LaunchPlan {
  const { places } = chosen.limits;
  return { places: Number.isFinite(places) ? places : null, order: tasks.map(({ id }) => id) };
}
