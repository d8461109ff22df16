import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { ENGINE_STEP_FORM } from './engine-schema.ts';
import { engineRetry, engineTimeout } from './engine-timeouts.ts';
import { checkForm } from './form-check.ts';
import { nearest } from './nearest-name.ts';
import { checkPersona } from './persona-check.ts';
import { quoted } from './printable.ts';
import { positionOf, type Reading, report } from './reading.ts';
import { nodeAt, offsetAt, type SourceNode } from './source-node.ts';
import { type StepTemplates, withTemplate } from './step-templates.ts';
import type { Step, TaskStep } from './workflow.ts';

/** Step types of the engine dialect that need no registration. */
export const ENGINE_STEP_TYPES: readonly string[] = [
  'PersonaRequestStep',
  'SubWorkflowStep',
  'GitOperationStep',
  'ConditionalStep',
  'VariableResolutionStep',
];

/** Milliseconds below this look like seconds. */
const SUSPICIOUS_MS = 1000;

/** What the steps of one engine file share. */
export interface EngineFile {
  readonly reading: Reading;
  /** The file itself. */
  readonly root: SourceNode;
  /** Its `timeouts:`. */
  readonly timeouts: JsonObject;
  /** Read when the first step asks for one. */
  readonly templates: () => StepTemplates;
}

/** Reads a list of engine steps, branches included. */
export function readEngineSteps(list: SourceNode | undefined, file: EngineFile): Step[] {
  return (list?.items ?? []).map((node, index) => {
    const step = readStep(node, index, file);
    file.reading.origins.set(step, node);
    return step;
  });
}

type EngineStepBase = Pick<Step, 'id' | 'name' | 'type' | 'dependencies' | 'description' | 'condition' | 'position'>;

function readStep(written: SourceNode, index: number, file: EngineFile): Step {
  const { reading } = file;
  checkForm(ENGINE_STEP_FORM, written, reading.problems);
  const node = withTemplate(written, file.templates, reading);
  const data = mapOf(node.value);
  const config = mapOf(data.config);
  const id = textOf(data.name) ?? textOf(data.id) ?? `(step ${index + 1})`;
  if (data.name === undefined && data.id === undefined)
    report(reading, written, [], { code: 'KEY_MISSING', message: 'the step has no "name"' });
  const base: EngineStepBase = {
    id,
    name: id,
    type: checkedType(data, node, reading),
    dependencies: [...new Set([data.depends_on ?? []].flat().filter((name) => typeof name === 'string'))],
    ...(typeof data.description === 'string' ? { description: data.description } : {}),
    ...(isCondition(data.condition) ? { condition: String(data.condition) } : {}),
    position: positionOf(reading, written),
  };
  if (base.type === 'SubWorkflowStep') return readNested(base, config, node, reading);
  if (base.type === 'VariableResolutionStep') return { ...base, kind: 'variables', set: mapOf(config.variables) };
  const branches = Array.isArray(config.thenSteps) || Array.isArray(config.elseSteps);
  return base.type === 'ConditionalStep' && branches ? readChoice(base, config, node, file) : readTask(base, data, node, file);
}

function readNested(base: EngineStepBase, config: JsonObject, node: SourceNode, reading: Reading): Step {
  const ref = textOf(config.workflow);
  const at = offsetAt(node, ['config', 'workflow']);
  if (ref === undefined) reading.problems.add({ code: 'KEY_MISSING', at, message: '"config.workflow" must name the workflow to run' });
  const workflow = ref === undefined || ref.includes('${') ? undefined : reading.nested(ref, at);
  return {
    ...base,
    kind: 'workflow',
    ref: ref ?? '',
    ...(workflow === undefined ? {} : { workflow }),
    inputs: mapOf(config.inputs),
    ...(isJsonObject(config.outputs) ? { outputs: config.outputs } : {}),
  };
}

function readChoice(base: EngineStepBase, config: JsonObject, node: SourceNode, file: EngineFile): Step {
  const then = readEngineSteps(nodeAt(node, ['config', 'thenSteps']), file);
  const otherwise = readEngineSteps(nodeAt(node, ['config', 'elseSteps']), file);
  return { ...base, kind: 'choice', when: isCondition(config.condition) ? String(config.condition) : 'false', then, otherwise };
}

function readTask(base: EngineStepBase, data: JsonObject, node: SourceNode, file: EngineFile): TaskStep {
  const { reading } = file;
  const config = mapOf(data.config);
  const asksPersona = base.type === 'PersonaRequestStep';
  const persona = textOf(config.persona);
  if (asksPersona && persona !== undefined) checkPersona(persona, offsetAt(node, ['config', 'persona']), 'engine', reading);
  const { timeout, from } = engineTimeout(data, file.timeouts);
  if (typeof timeout === 'number' && timeout < SUSPICIOUS_MS) {
    const at = offsetAt(from[0] === 'timeouts' ? file.root : node, from);
    const message = `the timeout of ${quoted(base.id)} is ${timeout} milliseconds: less than a second`;
    reading.problems.add({ code: 'UNIT_SUSPICIOUS', severity: 'warning', at, message, hint: 'this dialect counts in milliseconds' });
  }
  const retry = engineRetry(data);
  const outputs = namesOf(data.outputs);
  return {
    ...base,
    kind: 'task',
    ...(asksPersona && persona !== undefined ? { persona } : {}),
    params: config,
    timeout,
    ...(retry === undefined ? {} : { retry }),
    ...(outputs.length === 0 ? {} : { outputs }),
    ...(asksPersona && reading.options.compat !== 'none' ? { timeoutGrowth: 'engine' } : {}),
  };
}

/** The step's type; reports one that nobody registered. */
function checkedType(data: JsonObject, node: SourceNode, reading: Reading): string {
  const { type, template } = data;
  if (typeof type !== 'string') {
    // an unknown template has been reported already
    if (template === undefined) report(reading, node, [], { code: 'KEY_MISSING', message: 'the step has neither "type" nor "template"' });
    return textOf(template) ?? '';
  }
  const { stepTypes = [] } = reading.options;
  if (stepTypes === 'any' || ENGINE_STEP_TYPES.includes(type) || stepTypes.includes(type)) return type;
  const closest = nearest(type, [...ENGINE_STEP_TYPES, ...stepTypes]);
  const hint = closest === null ? `built in: ${ENGINE_STEP_TYPES.join(', ')}; register others by name` : `did you mean "${closest}"?`;
  const message = `the step type ${quoted(type)} is neither built in nor registered`;
  report(reading, node, ['type'], { code: 'STEP_TYPE_UNKNOWN', message, hint });
  return type;
}

/** Declared outputs: a list of names, or a map by name. */
function namesOf(outputs: Json | undefined): string[] {
  if (isJsonObject(outputs)) return Object.keys(outputs);
  return Array.isArray(outputs) ? outputs.filter((name) => typeof name === 'string') : [];
}

function isCondition(value: Json | undefined): value is string | boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function mapOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
