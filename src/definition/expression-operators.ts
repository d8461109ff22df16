/**
 * What operators mean: JavaScript's semantics for primitives, and an error where JavaScript would guess.
 *
 * `==` compares primitives as JavaScript does (`1 == '1'`, `null == undefined`); objects and lists only equal themselves and are
 * never turned into text. Numbers and numeric texts calculate and compare; `undefined`, `null`, objects and other texts do not.
 */

import { expressionFailure, type Site } from './expression-error.ts';
import { boundedText, chargeText, type Frame, failed, kindOf } from './expression-frame.ts';
import { isForbiddenName, ownData, UNREADABLE } from './own-data.ts';

/** Applies a binary operator to two values. */
export type BinaryOperation = (left: unknown, right: unknown, site: Site, frame: Frame) => unknown;

/** Every binary operator of the language; `&&`, `||` and `??` are not here because they need not evaluate both sides. */
export const BINARY_OPERATIONS: ReadonlyMap<string, BinaryOperation> = new Map<string, BinaryOperation>([
  ['===', (left, right) => left === right],
  ['!==', (left, right) => left !== right],
  ['==', looselyEqual],
  ['!=', (left, right) => !looselyEqual(left, right)],
  ['<', (left, right, site) => compare(left, right, site, '<') < 0],
  ['<=', (left, right, site) => compare(left, right, site, '<=') <= 0],
  ['>', (left, right, site) => compare(left, right, site, '>') > 0],
  ['>=', (left, right, site) => compare(left, right, site, '>=') >= 0],
  ['+', add],
  ['-', (left, right, site) => operand(left, site, '-') - operand(right, site, '-')],
  ['*', (left, right, site) => operand(left, site, '*') * operand(right, site, '*')],
  ['/', (left, right, site) => operand(left, site, '/') / operand(right, site, '/')],
  ['%', (left, right, site) => operand(left, site, '%') % operand(right, site, '%')],
  ['**', (left, right, site) => operand(left, site, '**') ** operand(right, site, '**')],
  ['in', holds],
]);

/** Applies a unary operator to a value. */
export type UnaryOperation = (value: unknown, site: Site) => unknown;

export const UNARY_OPERATIONS: ReadonlyMap<string, UnaryOperation> = new Map<string, UnaryOperation>([
  ['!', (value) => !value],
  ['-', (value, site) => -operand(value, site, '-')],
  ['+', (value, site) => operand(value, site, '+')],
  ['typeof', (value) => typeof value],
]);

/** The number a numeric text stands for, or null: blank texts and anything that JavaScript would read as NaN are none. */
export function numericText(text: string): number | null {
  if (text.length > 400 || text.trim() === '') return null;
  const number = Number(text);
  return Number.isNaN(number) ? null : number;
}

function operand(value: unknown, site: Site, operator: string): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' ? numericText(value) : null;
  if (number !== null) return number;
  return failed(site, `${operator} needs numbers, but got ${kindOf(value)}`, absenceHint(value));
}

function add(left: unknown, right: unknown, site: Site, frame: Frame): unknown {
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left !== 'string' && typeof right !== 'string') return operand(left, site, '+') + operand(right, site, '+');
  const text = boundedText(site, textOperand(left, site) + textOperand(right, site));
  chargeText(frame, site, text.length);
  return text;
}

function textOperand(value: unknown, site: Site): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return failed(site, `${kindOf(value)} cannot be added to a text`, absenceHint(value) ?? 'write string(…) around it');
}

function compare(left: unknown, right: unknown, site: Site, operator: string): number {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right);
  const first = operand(left, site, operator);
  const second = operand(right, site, operator);
  // NaN compares false whatever the operator: NaN is what makes each of the four comparisons with 0 false
  return first === second ? 0 : first < second ? -1 : first > second ? 1 : Number.NaN;
}

function looselyEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (left === undefined || left === null) return right === undefined || right === null;
  if (typeof left === typeof right || typeof left === 'object' || typeof right === 'object') return false;
  if (right === undefined || right === null) return false;
  return Number(left) === Number(right);
}

function holds(name: unknown, target: unknown, site: Site): boolean {
  if (typeof target !== 'object' || target === null)
    return failed(site, `in needs an object or a list on its right, but got ${kindOf(target)}`);
  if (typeof name !== 'string' && typeof name !== 'number') return failed(site, `in needs a name on its left, but got ${kindOf(name)}`);
  if (isForbiddenName(String(name))) return expressionFailure('EXPRESSION_INVALID', site, `the name ${String(name)} is forbidden`);
  const value = ownData(target, name);
  return value !== undefined && value !== UNREADABLE;
}

function absenceHint(value: unknown): string | undefined {
  return value === undefined || value === null ? "write (… ?? 0) or (… ?? '') around what may be missing" : undefined;
}
