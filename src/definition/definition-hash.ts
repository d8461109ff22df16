import { createHash } from 'node:crypto';
import { canonicalJson } from '../protocol/canonical-json.ts';
import type { Json } from '../protocol/json.ts';
import type { Step, Workflow } from './workflow.ts';

const known = new WeakMap<Workflow, string>();

/**
 * The content hash of a workflow, nested workflows included: SHA-256 (hex) of its canonical JSON, keys sorted. Where it stands
 * (file names, line numbers) is left out: moving a file or adding a comment does not make another workflow of it.
 */
export function hashDefinition(workflow: Workflow): string {
  let hash = known.get(workflow);
  if (hash === undefined) {
    hash = createHash('sha256')
      .update(canonicalJson(placeless(workflow)))
      .digest('hex');
    known.set(workflow, hash);
  }
  return hash;
}

function placeless({ file: _file, ...workflow }: Workflow): Json {
  const steps = {
    steps: workflow.steps.map(placelessStep),
    onStepFailure: workflow.onStepFailure.map(placelessStep),
    onWorkflowFailure: workflow.onWorkflowFailure.map(placelessStep),
  };
  return { ...workflow, ...steps } as unknown as Json;
}

function placelessStep({ position: _position, ...step }: Step): unknown {
  if (step.kind === 'group') return { ...step, steps: step.steps.map(placelessStep) };
  if (step.kind === 'choice') return { ...step, then: step.then.map(placelessStep), otherwise: step.otherwise.map(placelessStep) };
  if (step.kind === 'vote') {
    return { ...step, steps: step.steps.map(placelessStep), ...(step.judge === undefined ? {} : { judge: placelessStep(step.judge) }) };
  }
  if (step.kind === 'map') return { ...step, workflow: placeless(step.workflow) };
  if (step.kind === 'workflow' && step.workflow !== undefined) return { ...step, workflow: placeless(step.workflow) };
  return step;
}
