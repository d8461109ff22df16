import { expressionFailure, type Site } from './expression-error.ts';
import { chargeItems, type Frame, failed, kindOf } from './expression-frame.ts';
import { isForbiddenName, ownData, UNREADABLE } from './own-data.ts';

/** A method or function being called: where, with what, and the arrow function it was given, if it takes one. */
export interface Call {
  readonly frame: Frame;
  readonly site: Site;
  readonly name: string;
  readonly args: readonly unknown[];
  /** The arrow function given as first argument. */
  readonly each: (item: unknown, index: number) => unknown;
}

/** Methods of objects read as maps: `context.state.get('x')`. */
export const MAP_METHODS: ReadonlyMap<string, (map: object, call: Call) => unknown> = new Map([
  ['get', (map: object, call: Call) => dataAt(call, map, textArgument(call, 0))],
  ['has', (map: object, call: Call) => dataAt(call, map, textArgument(call, 0)) !== undefined],
]);

/** An argument that must be a text. */
export function textArgument(call: Call, index: number): string {
  const value = call.args[index];
  return typeof value === 'string'
    ? value
    : failed(call.site, `${call.name} needs a text as argument ${index + 1}, but got ${kindOf(value)}`);
}

/** An argument that must be a whole number; `fallback` when it is left out. */
export function wholeArgument(call: Call, index: number, fallback: number): number {
  const value = call.args[index];
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  return failed(call.site, `${call.name} needs a whole number as argument ${index + 1}, but got ${kindOf(value)}`);
}

/** Own data of an object by name; undefined when there is none. */
export function dataAt(call: Call, target: object, name: string): unknown {
  if (isForbiddenName(name)) return expressionFailure('EXPRESSION_INVALID', call.site, `the name ${name} is forbidden`);
  const value = ownData(target, name);
  return value === UNREADABLE ? failed(call.site, `${name} is not plain data`) : value;
}

/** The elements of a list as plain data. Charges for them; throws EXPRESSION_LIMIT for a list that is too long. */
export function itemsOf(call: Call, list: readonly unknown[]): unknown[] {
  chargeItems(call.frame, call.site, list.length);
  const items: unknown[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const item = ownData(list, index);
    items.push(item === UNREADABLE ? failed(call.site, `element ${index} is not plain data`) : item);
  }
  return items;
}
