/** How long a workflow may take: its shape run in simulation, with agents that do nothing but take the time they are expected to. */
import type { Workflow } from '../definition/workflow.ts';
import { skeletonOf } from '../planning/skeleton.ts';
import { planWorkflow, type WorkflowPlan } from '../planning/workflow-plan.ts';
import { MAX_CONCURRENT_TASKS } from '../policy/task-limit.ts';
import { simulate } from './simulate.ts';

/** How long a workflow may take. */
export interface Forecast {
  readonly plan: WorkflowPlan;
  /** Tasks at once. */
  readonly maxConcurrency: number;
  /** Expected length with room for that many tasks at once, ms: if nothing fails, no condition is false and people answer at once. */
  readonly makespanMs: number;
}

/** Forecasts a workflow. `maxConcurrency`: tasks at once; default 5, and 1 under `compat: engine`. */
export async function forecast(workflow: Workflow, options: { readonly maxConcurrency?: number } = {}): Promise<Forecast> {
  const plan = planWorkflow(workflow);
  const expected = new Map(plan.steps.map(({ id, estimate }) => [id, estimate.ms]));
  const maxConcurrency = options.maxConcurrency ?? (workflow.compat === 'engine' ? 1 : MAX_CONCURRENT_TASKS);
  const { makespanMs } = await simulate(skeletonOf(workflow, plan.longerBranches), {
    maxConcurrency,
    crew: { personas: { '*': ({ task, sleep }) => sleep(expected.get(task.step) ?? 0) } },
  });
  return { plan, maxConcurrency, makespanMs };
}
