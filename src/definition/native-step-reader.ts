import * as z from 'zod';
import type { Json, JsonObject } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { checkForm } from './form-check.ts';
import { meantKey } from './meant-key.ts';
import { CUSTOM_STEP_FORM, NATIVE_STEP_FORMS } from './native-schema.ts';
import { readTimeout, readTiming, type Timing } from './native-timing.ts';
import { nearest } from './nearest-name.ts';
import { checkPersona } from './persona-check.ts';
import { quoted } from './printable.ts';
import { positionOf, type Reading, report } from './reading.ts';
import { nodeAt, offsetAt, type SourceNode } from './source-node.ts';
import type { Step } from './workflow.ts';

/** Entries of a step's map that are as its form wants them. */
type StepData = Readonly<Record<string, Json | undefined>>;

type StepBase = Pick<Step, 'id' | 'name' | 'type' | 'dependencies' | 'description' | 'condition' | 'position'>;

const BUILT_IN = Object.keys(NATIVE_STEP_FORMS);

/** The forms without the check of the type, which has been read when a form is chosen. */
const FORMS: ReadonlyMap<string, z.ZodObject> = new Map(
  Object.entries(NATIVE_STEP_FORMS).map(([type, form]) => [type, form.extend({ type: z.string() })]),
);
const ANY_FORM: z.ZodObject = CUSTOM_STEP_FORM.extend({ type: z.string() });

/** Reads a list of steps; steps with problems are read as far as they go, so that references to them do not look broken, too. */
export function readNativeSteps(list: SourceNode | undefined, reading: Reading, inherited: Timing): Step[] {
  return (list?.items ?? []).map((node, index) => {
    const step = readStep(node, index, reading, inherited);
    reading.origins.set(step, node);
    return step;
  });
}

function readStep(node: SourceNode, index: number, reading: Reading, inherited: Timing): Step {
  const type = typeOf(node, reading);
  const data = checkForm(FORMS.get(type) ?? ANY_FORM, node, reading.problems, belongsTo) as StepData;
  const base = readBase(data, node, index, reading);
  switch (type) {
    case 'conditional':
      return readChoice(base, data, node, reading, inherited);
    case 'parallel':
    case 'sequence':
    case 'group': {
      const mode = type === 'sequence' ? 'sequential' : type === 'group' ? 'graph' : 'parallel';
      const waitFor = data.wait_for === 'any' ? 'any' : 'all';
      const steps = readNativeSteps(nodeAt(node, ['steps']), reading, readTiming(data, node, [], reading, inherited));
      return { ...base, kind: 'group', mode, waitFor, steps };
    }
    case 'workflow':
      return readNested(base, data, node, reading);
    case 'variables':
      return { ...base, kind: 'variables', set: mapOf(data.set) };
    case 'wait-for-signal': {
      const timeout = readTimeout(data, node, [], reading);
      return { ...base, kind: 'signal', signal: readSignal(data, node, reading), ...(timeout === undefined ? {} : { timeout }) };
    }
    default:
      return readTask(base, data, node, reading, inherited);
  }
}

/** The type a step is read as: as written, or, where that is unknown, the built-in type it looks like. */
function typeOf(node: SourceNode, reading: Reading): string {
  const type = isJsonObject(node.value) ? node.value.type : undefined;
  if (typeof type !== 'string' || BUILT_IN.includes(type)) return typeof type === 'string' ? type : '';
  const { stepTypes = [] } = reading.options;
  if (stepTypes === 'any' || stepTypes.includes(type)) return type;
  const closest = nearest(type, [...BUILT_IN, ...stepTypes]);
  report(reading, node, ['type'], {
    code: 'STEP_TYPE_UNKNOWN',
    message: `the step type ${quoted(type)} is neither built in nor registered`,
    hint: closest === null ? `built in: ${BUILT_IN.join(', ')}; register others by name` : `did you mean "${closest}"?`,
  });
  return closest ?? type;
}

/** Where a key that a type of step does not have would be at home. */
function belongsTo(key: string): string | undefined {
  const types = Object.entries(NATIVE_STEP_FORMS).filter(([, form]) => key in form.shape);
  return types.length === 0 ? undefined : `"${key}" belongs to steps of type ${types.map(([type]) => type).join(', ')}`;
}

function readBase(data: StepData, node: SourceNode, index: number, reading: Reading): StepBase {
  const id = textOf(data.id) ?? `(step ${index + 1})`;
  const condition = typeof data.condition === 'boolean' ? String(data.condition) : textOf(data.condition);
  const description = textOf(data.description);
  return {
    id,
    name: textOf(data.name) ?? id,
    type: textOf(data.type) ?? '',
    dependencies: readDependencies(data, node, reading),
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition }),
    position: positionOf(reading, node),
  };
}

function readDependencies(data: StepData, node: SourceNode, reading: Reading): string[] {
  if (data.dependencies !== undefined && data.depends_on !== undefined) {
    report(reading, node, ['depends_on'], {
      code: 'KEY_DUPLICATE',
      part: 'key',
      message: '"dependencies" and "depends_on" mean the same; give one',
    });
  }
  const given = [data.dependencies ?? [], data.depends_on ?? []].flat();
  return [...new Set(given.filter((id) => typeof id === 'string'))];
}

function readTask(base: StepBase, data: StepData, node: SourceNode, reading: Reading, inherited: Timing): Step {
  const persona = textOf(data.persona);
  const ambiguous = data.on_ambiguous;
  if (persona !== undefined) checkPersona(persona, offsetAt(node, ['persona']), 'native', reading);
  return {
    ...base,
    kind: 'task',
    ...(persona === undefined ? {} : { persona }),
    params: { ...looseParams(base.type, data, node, reading), ...mapOf(data.params) },
    ...readTiming(data, node, [], reading, inherited),
    ...(ambiguous === 'rerun' || ambiguous === 'escalate' ? { onAmbiguous: ambiguous } : {}),
  };
}

/** git-operation and registered types take further keys of the step as parameters; what looks like a misspelt key is refused. */
function looseParams(type: string, data: StepData, node: SourceNode, reading: Reading): JsonObject {
  if (type === 'persona-request') return {};
  const common = Object.keys(CUSTOM_STEP_FORM.shape);
  const params: Record<string, Json> = {};
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined || common.includes(key)) continue;
    const closest = meantKey(key, common);
    if (closest === null) params[key] = value;
    else {
      const hint = `did you mean "${closest}"? A parameter of this name stands under "params"`;
      report(reading, node, [key], { code: 'KEY_UNKNOWN', part: 'key', message: `unknown key ${quoted(key)}`, hint });
    }
  }
  return params;
}

function readChoice(base: StepBase, data: StepData, node: SourceNode, reading: Reading, inherited: Timing): Step {
  if (data.then_steps === undefined && data.else_steps === undefined) {
    report(reading, node, [], { code: 'KEY_MISSING', message: 'a conditional step needs "then_steps" or "else_steps"' });
  }
  const timing = readTiming(data, node, [], reading, inherited);
  const { condition: when = 'false', ...rest } = base;
  const then = readNativeSteps(nodeAt(node, ['then_steps']), reading, timing);
  return { ...rest, kind: 'choice', when, then, otherwise: readNativeSteps(nodeAt(node, ['else_steps']), reading, timing) };
}

/** Whoever sends a signal must know its name before the run does: it is taken as written. */
function readSignal(data: StepData, node: SourceNode, reading: Reading): string {
  const signal = textOf(data.signal) ?? '';
  if (signal.includes('{{')) {
    const message = `the name of a signal is taken as written: ${quoted(signal)} cannot hold a template`;
    const hint = 'give the signal one name; what differs from run to run goes into its payload';
    report(reading, node, ['signal'], { code: 'VALUE_UNKNOWN', message, hint });
  }
  return signal;
}

function readNested(base: StepBase, data: StepData, node: SourceNode, reading: Reading): Step {
  const ref = textOf(data.workflow) ?? '';
  const at = nodeAt(node, ['workflow'])?.at ?? node.at;
  const workflow = ref === '' ? undefined : reading.nested(ref, at);
  return {
    ...base,
    kind: 'workflow',
    ref,
    ...(workflow === undefined ? {} : { workflow }),
    inputs: mapOf(data.inputs),
    ...(data.outputs === undefined ? {} : { outputs: mapOf(data.outputs) }),
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function mapOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
