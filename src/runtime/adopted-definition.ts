/**
 * A run keeps its own copy of what it was asked to do: step types bound, plain JSON, frozen, named by the hash of its exact text. Whoever
 * holds the workflow may change it afterwards; the run does not notice. Copies are kept by object, so that starting a thousand runs of
 * one workflow copies it once.
 */
import { createHash } from 'node:crypto';
import { checkGraph } from '../definition/graph-check.ts';
import type { Step, Workflow } from '../definition/workflow.ts';
import { everyStep } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import { frozen } from '../protocol/frozen.ts';
import { bindStepTypes } from './bind-step-types.ts';
import { plainMap } from './intake.ts';

export interface AdoptedDefinition {
  readonly workflow: Workflow;
  /** SHA-256 (hex) of its JSON text. */
  readonly hash: string;
}

const adopted = new WeakMap<Workflow, { readonly types: string; readonly definition: AdoptedDefinition }>();

/** Adopts a workflow for runs. Throws DEFINITION_INVALID for what no reader would have let through. */
export function adoptDefinition(workflow: Workflow, stepTypes: readonly string[]): AdoptedDefinition {
  if (!Array.isArray(workflow?.steps)) {
    throw new TroupeError('DEFINITION_INVALID', 'what was to be started is no workflow', {
      hint: 'loadWorkflow gives null for a file that cannot be read as one: look at its diagnostics',
    });
  }
  const types = stepTypes.join('\n');
  const known = adopted.get(workflow);
  if (known?.types === types) return known.definition;
  const plain = plainMap(workflow, 'the workflow') as unknown as Workflow;
  checkSteps(plain);
  const bound = frozen(bindStepTypes(plain, stepTypes));
  const definition = { workflow: bound, hash: createHash('sha256').update(JSON.stringify(bound)).digest('hex') };
  adopted.set(workflow, { types, definition });
  return definition;
}

function checkSteps({ name, steps, onStepFailure, onWorkflowFailure, mode }: Workflow): void {
  const problem = checkGraph(steps, mode === 'sequential').find(({ code }) => code !== 'DEPENDENCY_UNKNOWN');
  if (problem !== undefined) refuse(name, problem.message);
  for (const step of everyStep([...steps, ...onStepFailure, ...onWorkflowFailure])) checkStep(name, step);
}

function checkStep(workflow: string, step: Step): void {
  if (typeof step.id !== 'string' || step.id === '' || /[/#()]/.test(step.id) || step.id === '__proto__') {
    refuse(workflow, `${JSON.stringify(step.id)} cannot be the id of a step: it must be a name without "/", "#" and parentheses`);
  }
  if (step.kind === 'workflow' && step.workflow !== undefined) checkSteps(step.workflow);
}

function refuse(workflow: string, problem: string): never {
  throw new TroupeError('DEFINITION_INVALID', `the workflow ${workflow} cannot be started: ${problem}`, { retryable: false });
}
