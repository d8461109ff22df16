import { CompilationCache } from './compilation-cache.ts';
import { compileEngineCondition } from './engine-condition.ts';
import { compileNativeCondition } from './native-condition.ts';
import type { Dialect, Scope } from './workflow.ts';

const COMPILED: Readonly<Record<Dialect, CompilationCache<(scope: Scope) => boolean>>> = {
  native: new CompilationCache(),
  engine: new CompilationCache(),
};

/**
 * Compiles a condition, to be evaluated over many scopes.
 *
 * Native dialect: throws TroupeError EXPRESSION_INVALID or EXPRESSION_LIMIT here; what it returns throws EXPRESSION_FAILED
 * (unknown name, wrong type) or EXPRESSION_LIMIT. Engine dialect: never throws; what is not understood is false.
 */
export function compileCondition(source: string, dialect: Dialect): (scope: Scope) => boolean {
  return COMPILED[dialect].get(source, dialect === 'native' ? compileNativeCondition : compileEngineCondition);
}

/**
 * Whether a condition holds in a scope (`variables`, and `steps`: outputs by step id). Default dialect: native.
 *
 * In the native dialect every error is thrown as a TroupeError with a code (EXPRESSION_INVALID, EXPRESSION_FAILED, EXPRESSION_LIMIT)
 * and the place inside the expression; it never counts as false. The engine dialect never throws.
 */
export function evaluateCondition(source: string, scope: Scope, options: { readonly dialect?: Dialect } = {}): boolean {
  return compileCondition(source, options.dialect ?? 'native')(scope);
}
