import type { Json } from '../protocol/json.ts';
import { isJsonObject } from '../protocol/json.ts';
import { NATIVE_STEP_FORMS } from './native-schema.ts';
import type { Dialect } from './workflow.ts';

/**
 * The dialect a file looks written in, by the form of its steps: ids, personas and `kebab-case` types speak for the native one,
 * `XxxStep` types, `config` and `template` for the engine's. Native where nothing speaks either way.
 */
export function detectDialect(file: Json): Dialect {
  const steps = isJsonObject(file) && Array.isArray(file.steps) ? file.steps : [];
  let balance = 0;
  for (const step of steps) if (isJsonObject(step)) balance += nativeSigns(step) - engineSigns(step);
  if (balance !== 0) return balance > 0 ? 'native' : 'engine';
  return isJsonObject(file) && isJsonObject(file.timeouts) ? 'engine' : 'native';
}

function nativeSigns(step: { readonly [key: string]: Json | undefined }): number {
  const builtIn = typeof step.type === 'string' && step.type in NATIVE_STEP_FORMS;
  return (step.id === undefined ? 0 : 2) + (builtIn ? 2 : 0) + ['persona', 'params', 'dependencies'].filter((key) => key in step).length;
}

function engineSigns(step: { readonly [key: string]: Json | undefined }): number {
  const stepType = typeof step.type === 'string' && /^[A-Z]\w*Step$/u.test(step.type);
  return (stepType ? 2 : 0) + ['config', 'template', 'overrides'].filter((key) => key in step).length;
}
