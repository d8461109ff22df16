import { NATIVE_STEP_FORMS } from './native-schema.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode, SourcePath } from './source-node.ts';

const BUILT_IN = Object.keys(NATIVE_STEP_FORMS);

/** Built-in types that are performed by somebody. */
const TASKS = ['persona-request', 'git-operation'];

/** True for a type that is built in. */
export function isBuiltIn(type: string): boolean {
  return BUILT_IN.includes(type);
}

/** Reports a type that is neither built in nor registered; gives the type that was probably meant, else the one that is written. */
export function meantType(type: string, node: SourceNode, path: SourcePath, reading: Reading): string {
  const { stepTypes = [] } = reading.options;
  if (isBuiltIn(type) || stepTypes === 'any' || stepTypes.includes(type)) return type;
  const closest = nearest(type, [...BUILT_IN, ...stepTypes]);
  report(reading, node, path, {
    code: 'STEP_TYPE_UNKNOWN',
    message: `the step type ${quoted(type)} is neither built in nor registered`,
    hint: closest === null ? `built in: ${BUILT_IN.join(', ')}; register others by name` : `did you mean "${closest}"?`,
  });
  return closest ?? type;
}

/** Reports a type that no task can have. */
export function checkTaskType(type: string, node: SourceNode, path: SourcePath, reading: Reading): void {
  const { stepTypes = [] } = reading.options;
  const registered = stepTypes !== 'any' && stepTypes.includes(type);
  if (!isBuiltIn(type) || TASKS.includes(type) || registered) meantType(type, node, path, reading);
  else {
    const hint = `performed are ${TASKS.join(', ')} and types that are registered`;
    report(reading, node, path, { code: 'VALUE_UNKNOWN', message: `a step of type ${quoted(type)} is no task`, hint });
  }
}
