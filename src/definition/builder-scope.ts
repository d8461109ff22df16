import { TroupeError } from '../protocol/errors.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { namedReferences, type StepList } from './builder-list.ts';
import type { BuildScope, ConditionOption, FromScope, GivenMap, Known } from './builder-options.ts';
import { refused } from './builder-refusal.ts';
import { type AnyReference, expressionOf, reference } from './reference.ts';
import { writtenValue } from './written-value.ts';

/** What an option says: itself, or what its callback makes of the references that a step of this list may use. */
export function fromScope<K extends Known, Value>(list: StepList, value: FromScope<K, Value>): Value {
  return typeof value === 'function' ? (value as (scope: BuildScope<K>) => Value)(scopeOf<K>(list)) : value;
}

/** Named values written down as plain JSON. */
export function builtValues<K extends Known>(list: StepList, values: FromScope<K, GivenMap>, place: string): JsonObject {
  const value = writtenValue(fromScope(list, values), place);
  if (isJsonObject(value)) return value;
  throw new TroupeError('DEFINITION_INVALID', `${place} must be a map of named values`);
}

/** A condition, or another expression, as source text. */
export function builtCondition<K extends Known>(list: StepList, condition: ConditionOption<K> | undefined, place: string): string {
  const value = fromScope<K, string | AnyReference | undefined>(list, condition);
  const source = typeof value === 'string' ? value : expressionOf(value);
  if (source !== null) return source;
  throw refused('VALUE_TYPE', `${place} must be an expression, written as text, or a reference`);
}

function scopeOf<K extends Known>(list: StepList): BuildScope<K> {
  return {
    input: reference('input'),
    variables: namedReferences('variables'),
    shared: namedReferences('shared'),
    steps: list.references(),
  } as BuildScope<K>;
}
