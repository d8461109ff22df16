import { EngineEvaluation } from './engine-evaluation.ts';
import { conditionLookup } from './engine-lookup.ts';
import { parseEngineExpression } from './engine-parser.ts';
import type { Scope } from './workflow.ts';

/** Compiles a condition of the engine dialect. Never throws: a blank one always holds, one that is not understood never does. */
export function compileEngineCondition(source: string): (scope: Scope) => boolean {
  if (source.trim() === '') return () => true;
  const node = parseEngineExpression(source);
  if (node === null) return () => false;
  return (scope) => new EngineEvaluation(scope, conditionLookup).truth(node);
}
