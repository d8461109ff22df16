import { dataIn, engineLength, follow } from './engine-values.ts';
import type { Scope } from './workflow.ts';

/** Where a path of the engine dialect leads in a scope; undefined when nowhere. */
export type EngineLookup = (scope: Scope, keys: readonly [string, ...string[]]) => unknown;

/** Conditions: a bare name reads variables only; a path reads step outputs first, then variables; `.length` never is missing. */
export const conditionLookup: EngineLookup = (scope, keys) => {
  if (keys.length > 1 && keys.at(-1) === 'length') return engineLength(conditionValue(scope, keys.slice(0, -1)));
  return conditionValue(scope, keys);
};

/** Templates: a variable first, and once there is one nothing else; then step outputs. */
export const templateLookup: EngineLookup = (scope, [root, ...rest]) => {
  const variable = dataIn(scope.variables, root);
  return follow(variable === undefined ? dataIn(scope.steps, root) : variable, rest);
};

function conditionValue(scope: Scope, keys: readonly string[]): unknown {
  const [root, ...rest] = keys;
  if (root === undefined) return undefined;
  if (rest.length === 0) return dataIn(scope.variables, root);
  return follow(dataIn(scope.steps, root), rest) ?? follow(dataIn(scope.variables, root), rest);
}
