/** The accounts from which a task takes: of its run, and of whatever in the run stands around its step and limits what its members take. */
import { everyStep, type Workflow } from '../definition/workflow.ts';
import { tighterLimits, type WorkflowLimits } from '../definition/workflow-limits.ts';
import type { Task, TaskAccount } from '../protocol/task.ts';
import type { LiveGroup, LiveStep, RunScope, RunState } from './run-state.ts';

/** The account of a run; those of what stands in it are below it. */
export const runAccount = (run: string): string => `run/${run}`;

/**
 * The accounts around a step, the outermost first: that of the run, and one for each thing around the step that limits something, each with
 * one more for every capability that is limited there and needed here. Undefined where nothing in the workflow limits anything.
 */
export function accountsAround(task: Task, step: LiveStep, state: Pick<RunState, 'root' | 'steps'>): readonly TaskAccount[] | undefined {
  const { workflow } = state.root.blueprint;
  if (!limitsSomething(workflow)) return undefined;
  const needed = task.needs?.capabilities ?? [];
  const ofRun = { path: '', limits: workflow.limits ?? {} };
  return [ofRun, ...limitsAround(step.group, state)].flatMap(({ path, limits: { capabilities = {}, ...limits } }): TaskAccount[] => {
    const name = path === '' ? runAccount(task.run) : `${runAccount(task.run)}/${path}`;
    const limited = needed.flatMap((each): TaskAccount[] => {
      const concurrency = Object.hasOwn(capabilities, each) ? capabilities[each] : undefined;
      return concurrency === undefined ? [] : [{ name: `${name}/(${each})`, limits: { concurrency } }];
    });
    return [{ name, limits }, ...limited];
  });
}

interface Limited {
  readonly path: string;
  readonly limits: WorkflowLimits;
}

/** What around a group limits its members, the outermost first. */
function limitsAround(group: LiveGroup, state: Pick<RunState, 'steps'>): readonly Limited[] {
  const owner = state.steps.get(group.path) ?? nestingStep(group.scope, state);
  if (owner === undefined) return [];
  const limits = limitsOf(owner);
  const outer = limitsAround(owner.group, state);
  return limits === null ? outer : [...outer, { path: owner.path, limits }];
}

const nestingStep = ({ prefix, outer }: RunScope, { steps }: Pick<RunState, 'steps'>): LiveStep | undefined =>
  outer === null ? undefined : steps.get(prefix.slice(0, -1));

/** What a step limits its members to; of a nested workflow both its own limits and those of the step hold. */
function limitsOf({ blueprint: { step } }: LiveStep): WorkflowLimits | null {
  const own = 'limits' in step ? step.limits : undefined;
  const nested = step.kind === 'workflow' ? step.workflow?.limits : undefined;
  if (own === undefined || nested === undefined) return own ?? nested ?? null;
  return tighterLimits(own, nested);
}

const known = new WeakMap<Workflow, boolean>();

/** Whether a workflow, or anything in it, limits what steps take. */
function limitsSomething(workflow: Workflow): boolean {
  const before = known.get(workflow);
  if (before !== undefined) return before;
  // A workflow that stands in itself does not make itself limited.
  known.set(workflow, false);
  const { steps, onStepFailure, onWorkflowFailure, limits } = workflow;
  const found =
    limits !== undefined ||
    [...everyStep([...steps, ...onStepFailure, ...onWorkflowFailure])].some(
      (step) =>
        ('limits' in step && step.limits !== undefined) ||
        ('workflow' in step && step.workflow !== undefined && limitsSomething(step.workflow)),
    );
  known.set(workflow, found);
  return found;
}
