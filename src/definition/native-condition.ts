import { compileExpression } from './expression-compiler.ts';
import { frameOf } from './expression-frame.ts';
import type { Scope } from './workflow.ts';

/**
 * Compiles a condition of the native dialect: one expression whose value counts as JavaScript counts truth.
 * Throws EXPRESSION_INVALID or EXPRESSION_LIMIT here, EXPRESSION_FAILED or EXPRESSION_LIMIT when evaluated; an error is never `false`.
 */
export function compileNativeCondition(source: string): (scope: Scope) => boolean {
  const { evaluate } = compileExpression({ text: source, source, start: 0 });
  return (scope) => Boolean(evaluate(frameOf(scope)));
}
