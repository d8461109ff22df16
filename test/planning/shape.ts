/** What is left of a workflow when only its shape counts, so that it can be run by agents that do nothing but take their time. */
import type { Step, Workflow } from '../../src/definition/workflow.ts';
import { workflowTasks } from '../../src/planning/workflow-tasks.ts';
import { simulate } from '../../src/testing/simulate.ts';

/** The same steps in the same order without conditions, retries and deadlines; questions are answered so that the planned branch is taken. */
export function shapeOf(workflow: Workflow): Workflow {
  const planned = new Set(workflowTasks(workflow).graph.nodes.map(({ id }) => id));
  const bare = (step: Step): Step => {
    const { condition: _, ...rest } = step;
    if (rest.kind === 'task') {
      const { timeout: _timeout, retry: _retry, ...task } = rest;
      return task;
    }
    if (rest.kind === 'group') return { ...rest, steps: rest.steps.map(bare) };
    if (rest.kind !== 'choice') return rest;
    const takesThen = rest.then.some(({ id }) => planned.has(id));
    return { ...rest, when: String(takesThen), then: rest.then.map(bare), otherwise: rest.otherwise.map(bare) };
  };
  return { ...workflow, onFailure: 'stop', onSkip: 'satisfy', onWorkflowFailure: [], steps: workflow.steps.map(bare) };
}

/** How long a shape takes in simulation, ms, when every task takes the time that is planned for it. */
export async function runLength(shape: Workflow, workflow: Workflow, maxConcurrency: number): Promise<number> {
  const expected = new Map(workflowTasks(workflow).graph.nodes.map(({ id, ms }) => [id, ms]));
  const { makespanMs, status } = await simulate(shape, {
    maxConcurrency,
    stepTypes: { '*': ({ task, sleep }) => sleep(expected.get(task.step) ?? 0) },
  });
  if (status !== 'completed') throw new Error(`the shape ended ${status}`);
  return makespanMs;
}
