import { expressionFailure, type Site } from './expression-error.ts';
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import type { Scope } from './workflow.ts';

/** One evaluation on its way: what it sees, what it has cost, and the parameters of arrow functions by their slot. */
export interface Frame {
  readonly scope: Scope;
  readonly locals: unknown[];
  work: number;
}

/** An expression, or a part of one, ready to be evaluated. */
export type Evaluate = (frame: Frame) => unknown;

/** A fresh evaluation over a scope. */
export function frameOf(scope: Scope): Frame {
  return { scope, locals: [], work: 0 };
}

/** Adds to the cost of an evaluation. Throws EXPRESSION_LIMIT when it costs too much. */
export function charge(frame: Frame, site: Site, units: number): void {
  frame.work += units;
  if (frame.work > EXPRESSION_LIMITS.work) {
    expressionFailure('EXPRESSION_LIMIT', site, `the evaluation takes more than ${EXPRESSION_LIMITS.work} steps`);
  }
}

/** Charges for reading or making that many characters. */
export function chargeText(frame: Frame, site: Site, length: number): void {
  charge(frame, site, 1 + Math.floor(length / 1_024));
}

/** Throws EXPRESSION_LIMIT for a list that is too long to be visited; otherwise charges for visiting it. */
export function chargeItems(frame: Frame, site: Site, count: number): void {
  checkItems(site, count);
  charge(frame, site, 1 + Math.floor(count / 64));
}

/** A text made on the way, unless it is too long (EXPRESSION_LIMIT). */
export function boundedText(site: Site, text: string): string {
  checkTextLength(site, text.length);
  return text;
}

/** Throws EXPRESSION_LIMIT for a text longer than the limit: called before such a text is made where that can be known. */
export function checkTextLength(site: Site, length: number): void {
  if (length > EXPRESSION_LIMITS.text) {
    expressionFailure('EXPRESSION_LIMIT', site, `a text of the evaluation would have more than ${EXPRESSION_LIMITS.text} characters`);
  }
}

/** Throws EXPRESSION_LIMIT for a list longer than the limit. */
export function checkItems(site: Site, count: number): void {
  if (count > EXPRESSION_LIMITS.items) {
    expressionFailure('EXPRESSION_LIMIT', site, `a list of the evaluation has more than ${EXPRESSION_LIMITS.items} elements`);
  }
}

/** Throws EXPRESSION_FAILED: a value is not what the operation needs. */
export function failed(site: Site, what: string, hint?: string): never {
  return expressionFailure('EXPRESSION_FAILED', site, what, hint);
}

/** What a value is, in words of the language, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const kinds: Record<string, string> = { string: 'a text', number: 'a number', boolean: 'a boolean', object: 'an object' };
  return kinds[typeof value] ?? `a ${typeof value}`;
}
