import { type AnyReference, expressionOf, type Reference, reference } from './reference.ts';

/** A side of a comparison: a reference or a plain scalar. Undefined is a value that is not there. */
type Operand = AnyReference | string | number | boolean | null | undefined;

/** A reference; of a value of which nothing is known, a member that need not be there. */
type Condition = AnyReference | undefined;

/** Comparisons and logic over references, for conditions and for values: `when.equals(steps.review.status, 'pass')`. */
export const when = {
  /** Strictly equal: no conversion between text and number. */
  equals: (left: Operand, right: Operand): Reference<boolean> => infix(left, '===', right),
  differs: (left: Operand, right: Operand): Reference<boolean> => infix(left, '!==', right),
  greaterThan: (left: Operand, right: Operand): Reference<boolean> => infix(left, '>', right),
  atLeast: (left: Operand, right: Operand): Reference<boolean> => infix(left, '>=', right),
  lessThan: (left: Operand, right: Operand): Reference<boolean> => infix(left, '<', right),
  atMost: (left: Operand, right: Operand): Reference<boolean> => infix(left, '<=', right),
  /** True when all of them hold; true for none. */
  all: (...conditions: readonly Condition[]): Reference<boolean> => joined(conditions, ' && ', 'true'),
  /** True when one of them holds; false for none. */
  any: (...conditions: readonly Condition[]): Reference<boolean> => joined(conditions, ' || ', 'false'),
  not: (condition: Condition): Reference<boolean> => reference(`!(${source(condition)})`),
} as const;

/** The value of a reference, or `otherwise` where that is missing or null. */
export function fallback<T>(value: Reference<T>, otherwise: NonNullable<T> & Operand): Reference<NonNullable<T>> {
  return reference(`(${source(value)} ?? ${source(otherwise)})`);
}

function infix(left: Operand, operator: string, right: Operand): Reference<boolean> {
  return reference(`${source(left)} ${operator} ${source(right)}`);
}

function joined(conditions: readonly Condition[], operator: string, empty: string): Reference<boolean> {
  return reference(conditions.length === 0 ? empty : conditions.map((condition) => `(${source(condition)})`).join(operator));
}

function source(operand: Operand): string {
  return operand === undefined ? 'undefined' : (expressionOf(operand) ?? JSON.stringify(operand));
}
