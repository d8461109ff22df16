import type { AnyNode, ConditionalExpression, LogicalExpression } from 'acorn';
import type { Compiling } from './expression-compiling.ts';
import type { Evaluate } from './expression-frame.ts';
import { unwrapped } from './expression-syntax.ts';

/** `a && b`, `a || b`, `a ?? b`. A chain of one operator is a list, not a tree: a hundred alternatives are no deeper than two. */
export function compileLogical(compiling: Compiling, node: LogicalExpression): Evaluate {
  const { operator } = node;
  const operands: AnyNode[] = [node.right];
  let left = unwrapped(node.left);
  while (left.type === 'LogicalExpression' && left.operator === operator) {
    operands.push(left.right);
    left = unwrapped(left.left);
  }
  operands.push(left);
  operands.reverse();
  if (operator !== '&&') for (const operand of operands.slice(0, -1)) tolerateMissing(compiling, operand);
  const [first, ...rest] = operands.map((operand) => compiling.compile(operand));
  if (first === undefined) throw new TypeError('a logical expression has at least one operand');
  const decides = DECIDES[operator];
  return (frame) => {
    let value = first(frame);
    for (const next of rest) {
      if (decides(value)) return value;
      value = next(frame);
    }
    return value;
  };
}

const DECIDES: Readonly<Record<LogicalExpression['operator'], (value: unknown) => boolean>> = {
  '&&': (value) => !value,
  '||': (value) => Boolean(value),
  '??': (value) => value !== undefined && value !== null,
};

/** `a ? b : c`. */
export function compileConditional(compiling: Compiling, node: ConditionalExpression): Evaluate {
  const test = compiling.compile(node.test);
  const consequent = compiling.compile(node.consequent);
  const alternate = compiling.compile(node.alternate);
  return (frame) => (test(frame) ? consequent(frame) : alternate(frame));
}

/** The source says what to do when this is missing (`x ?? 1`, `typeof x`): an unknown root name in it is then no error. */
export function tolerateMissing(compiling: Compiling, operand: AnyNode): void {
  let node = unwrapped(operand);
  while (node.type === 'MemberExpression' || node.type === 'ChainExpression') {
    node = unwrapped(node.type === 'ChainExpression' ? node.expression : node.object);
  }
  if (node.type === 'Identifier') compiling.tolerated.add(node);
  if (node.type === 'LogicalExpression' && node.operator !== '&&') {
    tolerateMissing(compiling, node.left);
    tolerateMissing(compiling, node.right);
  }
}
