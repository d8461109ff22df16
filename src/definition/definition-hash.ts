import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../protocol/json.ts';
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

/** JSON text that is the same for equal values: keys sorted by code unit, no spaces, `undefined` left out. */
function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  const entries = Object.entries(value as JsonObject).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
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
  if (step.kind === 'workflow' && step.workflow !== undefined) return { ...step, workflow: placeless(step.workflow) };
  return step;
}
