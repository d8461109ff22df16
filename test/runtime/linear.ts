import type { Step, TaskStep, Workflow } from '../../src/definition/workflow.ts';

/** A task step for tests. */
export function task(id: string, more: Partial<TaskStep> = {}): TaskStep {
  return { kind: 'task', id, name: id, type: 'work', dependencies: [], params: {}, ...more };
}

/** A workflow of the given steps, with our defaults. */
export function workflowOf(steps: readonly Step[], more: Partial<Workflow> = {}): Workflow {
  return {
    name: 'tested',
    dialect: 'native',
    variables: {},
    steps,
    mode: 'graph',
    onFailure: 'continue',
    onSkip: 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
    ...more,
  };
}

/** Steps one after the other. */
export function chainOf(length: number): Workflow {
  return workflowOf(Array.from({ length }, (_, i) => task(`s${i}`, { dependencies: i === 0 ? [] : [`s${i - 1}`] })));
}
