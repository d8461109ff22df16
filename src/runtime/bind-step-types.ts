import type { Step, Workflow } from '../definition/workflow.ts';
import type { JsonObject } from '../protocol/json.ts';

const bound = new WeakMap<Workflow, Map<string, Workflow>>();

/**
 * The workflow with every step whose type is registered made a task for whoever is registered, also where the type is built in: a
 * registration outranks the built-in meaning. Returns the same object when nothing changes.
 */
export function bindStepTypes(workflow: Workflow, types: readonly string[]): Workflow {
  if (types.length === 0) return workflow;
  const key = types.join('\n');
  const known = bound.get(workflow) ?? new Map<string, Workflow>();
  bound.set(workflow, known);
  let made = known.get(key);
  if (made === undefined) {
    made = bindWorkflow(workflow, new Set(types));
    known.set(key, made);
  }
  return made;
}

function bindWorkflow(workflow: Workflow, types: ReadonlySet<string>): Workflow {
  const steps = bindSteps(workflow.steps, types);
  const onStepFailure = bindSteps(workflow.onStepFailure, types);
  const onWorkflowFailure = bindSteps(workflow.onWorkflowFailure, types);
  const same = steps === workflow.steps && onStepFailure === workflow.onStepFailure && onWorkflowFailure === workflow.onWorkflowFailure;
  return same ? workflow : { ...workflow, steps, onStepFailure, onWorkflowFailure };
}

function bindSteps(steps: readonly Step[], types: ReadonlySet<string>): readonly Step[] {
  const made = steps.map((step) => bindStep(step, types));
  return made.every((step, i) => step === steps[i]) ? steps : made;
}

function bindStep(step: Step, types: ReadonlySet<string>): Step {
  if (step.kind === 'task') return step;
  if (types.has(step.type)) return asTask(step);
  if (step.kind === 'group') {
    const steps = bindSteps(step.steps, types);
    return steps === step.steps ? step : { ...step, steps };
  }
  if (step.kind === 'choice') {
    const then = bindSteps(step.then, types);
    const otherwise = bindSteps(step.otherwise, types);
    return then === step.then && otherwise === step.otherwise ? step : { ...step, then, otherwise };
  }
  if (step.kind === 'workflow' && step.workflow !== undefined) {
    const workflow = bindWorkflow(step.workflow, types);
    return workflow === step.workflow ? step : { ...step, workflow };
  }
  return step;
}

function asTask(step: Exclude<Step, { kind: 'task' }>): Step {
  const { id, name, type, dependencies, description, condition, position } = step;
  return {
    kind: 'task',
    id,
    name,
    type,
    dependencies,
    params: paramsOf(step),
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition }),
    ...(position === undefined ? {} : { position }),
  };
}

function paramsOf(step: Exclude<Step, { kind: 'task' }>): JsonObject {
  if (step.kind === 'workflow') return { workflow: step.ref, inputs: step.inputs };
  if (step.kind === 'variables') return { variables: step.set };
  if (step.kind === 'signal') return { signal: step.signal };
  return {};
}
