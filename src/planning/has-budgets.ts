import { everyStep, type Step, type Workflow } from '../definition/workflow.ts';

/** Whether a workflow that is run, or any step in it, in bodies of its maps and in what is nested in it, has a budget. */
export function hasBudgets({ budget, steps, onStepFailure, onWorkflowFailure }: Workflow): boolean {
  return budget !== undefined || [steps, onStepFailure, onWorkflowFailure].some(anyHas);
}

/** What a nested workflow says of runs of its own counts where the step that it is nested in says it, too. */
function anyHas(steps: readonly Step[]): boolean {
  return [...everyStep(steps)].some((step) => {
    if (step.budget !== undefined) return true;
    const inner = step.kind === 'workflow' || step.kind === 'map' ? step.workflow : undefined;
    return inner !== undefined && [inner.steps, inner.onStepFailure, inner.onWorkflowFailure].some(anyHas);
  });
}
