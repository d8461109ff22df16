import { TroupeError } from '../protocol/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { type StepList, variableReferences } from './builder-list.ts';
import type {
  BuildScope,
  ConditionOption,
  FromScope,
  GivenMap,
  Known,
  StepOptions,
  TaskOptions,
  TimingOptions,
} from './builder-options.ts';
import { builtTiming } from './builder-timing.ts';
import { type ReferenceKind, referencedSteps, referencedVariables } from './expression-references.ts';
import { expressionOf, reference } from './reference.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { Step, TaskStep } from './workflow.ts';
import { writtenValue } from './written-value.ts';

type StepBase = Pick<Step, 'id' | 'name' | 'type' | 'dependencies' | 'description' | 'condition'>;

/** What the callbacks of a list of steps are called with. */
function scopeOf<K extends Known>(list: StepList): BuildScope<K> {
  return { input: reference('input'), variables: variableReferences(), steps: list.references() } as BuildScope<K>;
}

/**
 * The part that all steps have. Beside `options.after`, a step depends on every step whose output or variable it reads: in its condition, its
 * name, or in `reads`.
 */
export function builtBase<K extends Known>(
  list: StepList,
  id: string,
  type: string,
  options: StepOptions<K>,
  reads: readonly { readonly kind: ReferenceKind; readonly value: Json }[],
): StepBase {
  const name = options.name === undefined ? id : String(writtenValue(fromScope(list, options.name), `the name of "${id}"`));
  const condition = options.condition === undefined ? undefined : builtCondition(list, options.condition);
  const dependencies = new Set<string>();
  for (const after of [options.after ?? []].flat()) dependencies.add(list.dependencyOn(after) ?? after);
  const texts = [
    ...reads,
    { kind: 'template', value: name } as const,
    ...(condition === undefined ? [] : [{ kind: 'condition', value: condition } as const]),
  ];
  for (const { kind, value } of texts) {
    const read = [
      ...[...referencedSteps(value, 'native', kind)].map((step) => list.dependencyOn(step)),
      ...[...referencedVariables(value, 'native', kind)].map((variable) => list.dependencyOnVariable(variable)),
    ];
    for (const dependency of read) if (dependency !== null) dependencies.add(dependency);
  }
  return {
    id,
    name,
    type,
    dependencies: [...dependencies],
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** A task step. Throws DEFINITION_INVALID when neither a persona nor a type says who is to do it. */
export function builtTask<K extends Known>(
  list: StepList,
  id: string,
  options: TaskOptions<K, StandardSchema | undefined>,
  defaults: TimingOptions,
): TaskStep {
  const { persona, type = persona === undefined ? undefined : 'persona-request', onAmbiguous } = options;
  if (type === undefined) {
    throw new TroupeError('DEFINITION_INVALID', `the step "${id}" says neither "persona" nor "type": nobody would do it`);
  }
  const params = builtMap(list, options.params ?? {}, `the params of "${id}"`);
  return {
    ...builtBase(list, id, type, options, [{ kind: 'template', value: params }]),
    kind: 'task',
    ...(persona === undefined ? {} : { persona }),
    params,
    ...builtTiming(options, defaults),
    ...(onAmbiguous === undefined ? {} : { onAmbiguous }),
  };
}

/** Named values written down as plain JSON. */
export function builtMap<K extends Known>(list: StepList, values: FromScope<K, GivenMap>, place: string): JsonObject {
  const value = writtenValue(fromScope(list, values), place);
  if (isJsonObject(value)) return value;
  throw new TroupeError('DEFINITION_INVALID', `${place} must be a map of named values`);
}

/** A condition as source text. */
export function builtCondition<K extends Known>(list: StepList, condition: ConditionOption<K>): string {
  const value = fromScope(list, condition);
  return expressionOf(value) ?? String(value);
}

function fromScope<K extends Known, Value>(list: StepList, value: FromScope<K, Value>): Value {
  return typeof value === 'function' ? (value as (scope: BuildScope<K>) => Value)(scopeOf<K>(list)) : value;
}
