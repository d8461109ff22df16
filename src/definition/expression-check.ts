import { TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { parseEngineExpression } from './engine-parser.ts';
import { compileExpression } from './expression-compiler.ts';
import type { ExpressionErrorCode } from './expression-error.ts';
import { compileNativeParts } from './native-template.ts';
import type { Dialect } from './workflow.ts';

/** What is wrong with a condition or template as it is written. `offset` counts from 0 within the text. */
export interface ExpressionProblem {
  readonly code: ExpressionErrorCode;
  /** One sentence, without the place. */
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
}

/** A problem of a text inside a value, and the way to that text. */
export interface TemplateProblem extends ExpressionProblem {
  readonly path: readonly (string | number)[];
}

/** What is wrong with a condition before any scope is known: at most one problem. Never throws. */
export function checkExpression(source: string, dialect: Dialect): ExpressionProblem[] {
  if (dialect === 'native') return problemOf(() => compileExpression({ text: source, source, start: 0 }));
  if (source.trim() === '' || parseEngineExpression(source) !== null) return [];
  return [{ code: 'EXPRESSION_INVALID', message: 'the condition is not understood and would never hold', offset: 0 }];
}

/**
 * What is wrong with the templates in a value: at most one problem for each text. Never throws.
 * The engine dialect has none: whatever is not understood there is text.
 */
export function checkTemplates(value: Json, dialect: Dialect): TemplateProblem[] {
  if (dialect === 'engine') return [];
  const problems: TemplateProblem[] = [];
  for (const { text, path } of textsIn(value)) {
    if (!text.includes('{{')) continue;
    for (const problem of problemOf(() => compileNativeParts(text))) problems.push({ ...problem, path });
  }
  return problems;
}

/** Every text in a value, in order, and the way to it; without recursion, so that no depth is too deep. */
export function* textsIn(value: Json): Generator<{ readonly text: string; readonly path: readonly (string | number)[] }> {
  const pending: Place[] = [{ value, key: null, above: null }];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const { value: current } = place;
    if (typeof current === 'string') yield { text: current, path: pathTo(place) };
    if (typeof current !== 'object' || current === null) continue;
    const above = place;
    const entries: [string | number, Json | undefined][] = Array.isArray(current) ? [...current.entries()] : Object.entries(current);
    for (const [key, member] of entries.reverse()) pending.push({ value: member, key, above });
  }
}

interface Place {
  readonly value: Json | undefined;
  readonly key: string | number | null;
  readonly above: Place | null;
}

function pathTo(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Place | null = place; at !== null; at = at.above) if (at.key !== null) path.push(at.key);
  return path.reverse();
}

function problemOf(compile: () => unknown): ExpressionProblem[] {
  try {
    compile();
    return [];
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    const { what, offset } = error.details ?? {};
    return [
      {
        code: error.code === 'EXPRESSION_LIMIT' ? 'EXPRESSION_LIMIT' : 'EXPRESSION_INVALID',
        message: typeof what === 'string' ? what : error.message,
        offset: typeof offset === 'number' ? offset : 0,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      },
    ];
  }
}
