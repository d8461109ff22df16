import { type Reading, report } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import { everyStep, type Step, votersOf, type Workflow } from './workflow.ts';
import { checkSteps } from './workflow-check.ts';

/**
 * Reports what the checks of a workflow find, where it stands in its file; warnings only where advice is asked for. A file with errors is not checked further: what is wrong with
 * its form would be told again in other words.
 */
export function reportChecks(workflow: Workflow, reading: Reading): void {
  if (reading.problems.hasErrors) return;
  const { personas, advice = false } = reading.options;
  const found = checkSteps(workflow, { limits: workflow.limits ?? {}, ...(personas === undefined ? {} : { personas }) }).filter(
    ({ severity }) => advice || severity === 'error',
  );
  if (found.length === 0) return;
  const origins = originsOf(workflow, reading);
  for (const { step, path, ...problem } of found) {
    const node = origins.get(step);
    if (node !== undefined) report(reading, node, path, problem);
  }
}

/** Voters are written as one step: they stand where their vote does. */
function originsOf(workflow: Workflow, reading: Reading): Map<Step, SourceNode> {
  const origins = new Map(reading.origins);
  const settle = ({ steps, onStepFailure, onWorkflowFailure }: Workflow) => {
    for (const step of everyStep([...steps, ...onStepFailure, ...onWorkflowFailure])) {
      const node = origins.get(step);
      if (step.kind === 'map') settle(step.workflow);
      if (step.kind !== 'vote' || node === undefined) continue;
      for (const voter of votersOf(step)) if (!origins.has(voter)) origins.set(voter, node);
    }
  };
  settle(workflow);
  return origins;
}
