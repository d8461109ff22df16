import * as z from 'zod';
import { isJsonObject } from '../protocol/json.ts';
import { checkForm } from './form-check.ts';
import { readApproval } from './native-approval.ts';
import { readBudget } from './native-budget.ts';
import { readDependencies } from './native-dependencies.ts';
import { conditionOf, type Entries, given, mapOf, namesOf, textOf } from './native-entries.ts';
import { readJoining } from './native-group.ts';
import { readLimits } from './native-limits.ts';
import { readMap } from './native-map.ts';
import { readPhase } from './native-phase.ts';
import type { NativeBase, NativePlace } from './native-place.ts';
import { readRecovery } from './native-recovery.ts';
import { CUSTOM_STEP_FORM, NATIVE_STEP_FORMS } from './native-schema.ts';
import { readSync } from './native-sync.ts';
import { readTask } from './native-task.ts';
import { isBuiltIn, meantType } from './native-task-type.ts';
import { readTiming } from './native-timing.ts';
import { withTransitions } from './native-transitions.ts';
import { readVote } from './native-vote.ts';
import { readSignalWait, readSleep } from './native-wait.ts';
import { positionOf, type Reading, report } from './reading.ts';
import { mapNode, nodeAt, type SourceNode } from './source-node.ts';
import type { GroupStep, Step } from './workflow.ts';

/** The forms without the check of the type, which has been read when a form is chosen. */
const FORMS: ReadonlyMap<string, z.ZodObject> = new Map(
  Object.entries(NATIVE_STEP_FORMS).map(([type, form]) => [type, form.extend({ type: z.string() })]),
);
const ANY_FORM: z.ZodObject = CUSTOM_STEP_FORM.extend({ type: z.string() });

/** Reads a list of steps; steps with problems are read as far as they go, so that references to them do not look broken, too. */
export function readNativeSteps(list: SourceNode | undefined, place: NativePlace): Step[] {
  return (withTransitions(list, place.reading)?.items ?? []).map((node, index) => {
    const step = readStep(node, index, place);
    place.reading.origins.set(step, node);
    return step;
  });
}

function readStep(written: SourceNode, index: number, place: NativePlace): Step {
  const { reading } = place;
  const type = typeOf(written, reading);
  const node = type === 'vote' ? withoutWrites(written, reading) : written;
  const data = checkForm(FORMS.get(type) ?? ANY_FORM, node, reading.problems, belongsTo) as Entries;
  const step = readKind(type, data, readBase(data, node, index, reading), node, place);
  // What a nested workflow may spend of itself, it may spend here, unless the step says otherwise.
  const usual = step.kind === 'workflow' ? step.workflow?.budget : undefined;
  return { ...step, ...given({ budget: readBudget(data.budget, node, reading) ?? usual }) };
}

function readKind(type: string, data: Entries, base: NativeBase, node: SourceNode, place: NativePlace): Step {
  const { reading, inherited } = place;
  switch (type) {
    case 'conditional':
      return readChoice(base, data, node, place);
    case 'parallel':
    case 'sequence':
    case 'group': {
      const mode = type === 'sequence' ? 'sequential' : type === 'group' ? 'graph' : 'parallel';
      const steps = readNativeSteps(nodeAt(node, ['steps']), { ...place, inherited: readTiming(data, node, [], reading, inherited) });
      return { ...base, kind: 'group', mode, ...readJoining(data, steps.length, node, reading), steps };
    }
    case 'phase': {
      const steps = readNativeSteps(nodeAt(node, ['steps']), { ...place, inherited: readTiming(data, node, [], reading, inherited) });
      const mode = (data.mode ?? 'graph') as GroupStep['mode'];
      return {
        ...base,
        kind: 'group',
        mode,
        ...readJoining(data, steps.length, node, reading),
        phase: readPhase(data, node, place),
        steps,
      };
    }
    case 'sync-point':
      return readSync(base, data, node, reading);
    case 'vote':
      return readVote(base, data, node, place);
    case 'approval':
      return readApproval(base, data, node, reading);
    case 'map':
      return readMap(base, data, node, place, readNativeSteps);
    case 'workflow':
      return readNested(base, data, node, reading);
    case 'variables':
      return { ...base, kind: 'variables', set: mapOf(data.set) };
    case 'wait-for-signal':
      return readSignalWait(base, data, node, reading);
    case 'sleep':
      return readSleep(base, data, node, reading);
    default:
      return readTask(base, data, node, place);
  }
}

/** The type a step is read as: as written, or, where that is unknown, the built-in type it looks like. */
function typeOf(node: SourceNode, reading: Reading): string {
  const type = isJsonObject(node.value) ? node.value.type : undefined;
  if (typeof type !== 'string') return '';
  return isBuiltIn(type) ? type : meantType(type, node, ['type'], reading);
}

/** Voters answer the same question side by side: what one of them wrote while another wins would stay. */
function withoutWrites(node: SourceNode, reading: Reading): SourceNode {
  if (node.entries?.has('writes') !== true) return node;
  const message = 'the voters of a vote write nothing: only the winner could';
  const hint = 'let a step that depends on the vote write what was decided';
  report(reading, node, ['writes'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
  return mapNode(new Map([...node.entries].filter(([key]) => key !== 'writes')), node.at);
}

/** Where a key that a type of step does not have would be at home. */
function belongsTo(key: string): string | undefined {
  const types = Object.entries(NATIVE_STEP_FORMS).filter(([, form]) => key in form.shape);
  return types.length === 0 ? undefined : `"${key}" belongs to steps of type ${types.map(([type]) => type).join(', ')}`;
}

/** Steps that are made up of others and can be recovered as a whole. */
const BLOCKS: ReadonlySet<string> = new Set(['parallel', 'sequence', 'group', 'phase', 'map', 'workflow']);

function readBase(data: Entries, node: SourceNode, index: number, reading: Reading): NativeBase {
  const id = textOf(data.id) ?? `(step ${index + 1})`;
  return {
    id,
    name: textOf(data.name) ?? id,
    type: textOf(data.type) ?? '',
    ...readDependencies(data, node, reading),
    ...given({ description: textOf(data.description), condition: conditionOf(data.condition), fallback: textOf(data.fallback) }),
    ...given({ forSteps: readConcerned(data), onFailure: data.on_failure as NativeBase['onFailure'] }),
    ...(BLOCKS.has(textOf(data.type) ?? '') ? given({ recovery: readRecovery(data.recovery, false, node, reading) }) : {}),
    position: positionOf(reading, node),
  };
}

/** For whose failures a handler is there; of a sleep, "for" says how long. */
function readConcerned({ type, for: steps }: Entries): readonly string[] | undefined {
  return steps === undefined || type === 'sleep' ? undefined : namesOf(steps);
}

function readChoice(base: NativeBase, data: Entries, node: SourceNode, place: NativePlace): Step {
  const { reading } = place;
  if (data.then_steps === undefined && data.else_steps === undefined) {
    report(reading, node, [], { code: 'KEY_MISSING', message: 'a conditional step needs "then_steps" or "else_steps"' });
  }
  const inside = { ...place, inherited: readTiming(data, node, [], reading, place.inherited) };
  const { condition: when = 'false', ...rest } = base;
  const then = readNativeSteps(nodeAt(node, ['then_steps']), inside);
  return { ...rest, kind: 'choice', when, then, otherwise: readNativeSteps(nodeAt(node, ['else_steps']), inside) };
}

function readNested(base: NativeBase, data: Entries, node: SourceNode, reading: Reading): Step {
  const ref = textOf(data.workflow) ?? '';
  const at = nodeAt(node, ['workflow'])?.at ?? node.at;
  const workflow = ref === '' ? undefined : reading.nested(ref, at);
  return {
    ...base,
    kind: 'workflow',
    ref,
    ...(workflow === undefined ? {} : { workflow }),
    inputs: mapOf(data.inputs),
    ...given({ limits: readLimits(data.limits) }),
    ...(data.outputs === undefined ? {} : { outputs: mapOf(data.outputs) }),
  };
}
