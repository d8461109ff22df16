import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { TaskStep, Workflow } from '../../src/definition/workflow.ts';

/** The workflow of some steps in native YAML, each line indented by two spaces. */
export function load(steps: string): Workflow {
  const { workflow, diagnostics } = loadWorkflowSync(`name: w\nsteps:\n${steps}`);
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

/** A workflow around steps that are given as they are. */
export function workflowOf(steps: Workflow['steps'], more: Partial<Workflow> = {}): Workflow {
  return {
    ...{ name: 'w', dialect: 'native', variables: {}, steps, mode: 'graph', onFailure: 'continue', onSkip: 'satisfy' },
    ...{ onStepFailure: [], onWorkflowFailure: [] },
    ...more,
  };
}

/** A task that takes so many seconds. */
export function task(id: string, seconds: number, more: Partial<TaskStep> = {}): TaskStep {
  return { id, name: id, type: 'work', kind: 'task', dependencies: [], params: {}, estimateMs: seconds * 1000, ...more };
}
