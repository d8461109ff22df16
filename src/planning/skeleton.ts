import type { Step, Workflow } from '../definition/workflow.ts';
import type { WorkflowPlan } from './workflow-plan.ts';

/**
 * What is left of a workflow when only its shape counts: the same steps in the same order, but without conditions, templates, retries
 * and deadlines, so that it can be run with agents that do nothing but take their time. Waits for people take no time. `longerBranches`
 * says which branch of a choice stays, by path (see `planWorkflow`); default: the first.
 */
export function skeletonOf(workflow: Workflow, longerBranches: WorkflowPlan['longerBranches'], prefix = ''): Workflow {
  const bare = (step: Step): Step => {
    const { id, dependencies } = step;
    const common = { id, name: id, type: step.type, dependencies };
    switch (step.kind) {
      case 'task':
        return { ...common, kind: 'task', params: {} };
      case 'variables':
      case 'signal':
      case 'sync':
        return { ...common, kind: 'variables', set: {} };
      case 'group':
        return { ...common, kind: 'group', mode: step.mode, waitFor: step.waitFor, steps: step.steps.map(bare) };
      case 'choice': {
        const branch = longerBranches[prefix + id] === 'otherwise' ? step.otherwise : step.then;
        if (branch.length === 0) return { ...common, kind: 'variables', set: {} };
        const mode = workflow.compat === 'engine' ? 'sequential' : 'graph';
        return { ...common, kind: 'group', mode, waitFor: 'all', steps: branch.map(bare) };
      }
      case 'vote':
        return { ...common, kind: 'group', mode: 'parallel', waitFor: 'all', steps: step.steps.map(bare) };
      case 'map':
        return { ...common, kind: 'workflow', ref: id, inputs: {}, workflow: skeletonOf(step.workflow, longerBranches, `${prefix}${id}/`) };
      case 'workflow':
        if (step.workflow === undefined) return { ...common, kind: 'variables', set: {} };
        return {
          ...common,
          kind: 'workflow',
          ref: step.ref,
          inputs: {},
          workflow: skeletonOf(step.workflow, longerBranches, `${prefix}${id}/`),
        };
    }
  };
  const { name, dialect, mode, compat } = workflow;
  return {
    name,
    dialect,
    ...(compat === undefined ? {} : { compat }),
    mode,
    variables: {},
    steps: workflow.steps.map(bare),
    onFailure: 'stop',
    onSkip: 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
  };
}
