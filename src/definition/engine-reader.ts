import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { ENGINE_FILE_FORM } from './engine-schema.ts';
import { type EngineFile, readEngineSteps } from './engine-step-reader.ts';
import { checkEngineConditions } from './engine-text-check.ts';
import { checkForm } from './form-check.ts';
import { reportGraph } from './graph-report.ts';
import { type Reading, writtenVersion } from './reading.ts';
import { nodeAt, type SourceNode } from './source-node.ts';
import type { StepTemplates } from './step-templates.ts';
import { everyStep, type Step, type Workflow } from './workflow.ts';

/**
 * Reads a workflow of the engine dialect; `templates` gives the step templates when the first step asks for one.
 * All problems go to `reading.problems`; what is returned is as much of the workflow as could be read.
 */
export function readEngineWorkflow(root: SourceNode, reading: Reading, templates: () => StepTemplates): Workflow {
  const data = checkForm(ENGINE_FILE_FORM, root, reading.problems) as Readonly<Record<string, Json | undefined>>;
  const file: EngineFile = { reading, root, timeouts: isJsonObject(data.timeouts) ? data.timeouts : {}, templates };
  const handling = nodeAt(root, ['failure_handling']);
  const steps = readEngineSteps(nodeAt(root, ['steps']), file);
  const handlers = (key: string) => readHandlers(nodeAt(handling, [key]), steps, file);
  const trigger = isJsonObject(data.trigger) ? data.trigger.condition : data.trigger;
  const version = writtenVersion(reading, root);
  const workflow: Workflow = {
    name: typeof data.name === 'string' ? data.name : '',
    ...(version === undefined ? {} : { version }),
    ...(typeof data.description === 'string' ? { description: data.description } : {}),
    dialect: 'engine',
    ...(reading.options.compat === 'none' ? {} : { compat: 'engine' }),
    file: reading.problems.source.file,
    variables: isJsonObject(data.variables) ? data.variables : {},
    steps,
    mode: 'graph',
    ...outputsOf(data.outputs),
    onFailure: reading.options.compat === 'none' ? 'continue' : 'stop',
    onSkip: 'satisfy',
    onStepFailure: handlers('on_step_failure'),
    onWorkflowFailure: handlers('on_workflow_failure'),
    ...(typeof trigger === 'string' || typeof trigger === 'boolean' ? { trigger: String(trigger) } : {}),
    ...(isJsonObject(data.context) ? { context: data.context as JsonObject } : {}),
  };
  reportGraph(workflow, reading);
  checkEngineConditions(workflow, reading);
  return workflow;
}

/** The file's outputs: a map of templates, or a list of the variables that are outputs. */
function outputsOf(outputs: Json | undefined): Pick<Workflow, 'outputs'> {
  if (isJsonObject(outputs)) return { outputs };
  return Array.isArray(outputs) ? { outputs: Object.fromEntries(outputs.map((name) => [name, `\${${name}}`])) } : {};
}

/** Failure handlers run when the steps of the file have ended: what they depend on among those needs no waiting for. */
function readHandlers(list: SourceNode | undefined, steps: readonly Step[], file: EngineFile): Step[] {
  const own = readEngineSteps(list, file);
  const here = new Set(own.map((step) => step.id));
  const ended = new Set([...everyStep(steps)].map((step) => step.id));
  return own.map((step) => {
    const dependencies = step.dependencies.filter((id) => here.has(id) || !ended.has(id));
    if (dependencies.length === step.dependencies.length) return step;
    const changed = { ...step, dependencies };
    const origin = file.reading.origins.get(step);
    if (origin !== undefined) file.reading.origins.set(changed, origin);
    return changed;
  });
}
