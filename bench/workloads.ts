/** The workflows that are measured: steps whose agent does nothing, so that what remains is ours. */
import type { AgentFunction } from '../src/actors/function-agent.ts';
import type { Step, Workflow } from '../src/definition/workflow.ts';

const task = (id: string, dependencies: readonly string[]): Step => ({
  kind: 'task',
  id,
  name: id,
  type: 'work',
  dependencies,
  params: {},
});

function workflow(name: string, steps: readonly Step[]): Workflow {
  return {
    name,
    dialect: 'native',
    variables: {},
    steps,
    mode: 'graph',
    onFailure: 'continue',
    onSkip: 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
  };
}

/** Steps one after the other. */
export function chainOf(length: number): Workflow {
  return workflow(
    `chain-${length}`,
    Array.from({ length }, (_, i) => task(`s${i}`, i === 0 ? [] : [`s${i - 1}`])),
  );
}

/** One step, then many side by side, then one. */
export function fanOf(width: number): Workflow {
  const middle = Array.from({ length: width }, (_, i) => `m${i}`);
  return workflow(`fan-${width}`, [task('first', []), ...middle.map((id) => task(id, ['first'])), task('last', middle)]);
}

/** Steps one after the other, and then a wait for the signal `go`. */
export function waitingChainOf(length: number): Workflow {
  const gate: Step = {
    kind: 'signal',
    id: 'gate',
    name: 'gate',
    type: 'wait-for-signal',
    dependencies: length === 0 ? [] : [`s${length - 1}`],
    signal: 'go',
  };
  return workflow(`waiting-${length}`, [...chainOf(length).steps, gate]);
}

/** An agent that does nothing. */
export const idle: AgentFunction = async () => null;
