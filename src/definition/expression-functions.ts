import { chargeItems, failed, kindOf } from './expression-frame.ts';
import { type Call, dataAt, itemsOf } from './expression-methods.ts';
import { numericText } from './expression-operators.ts';
import { textOf } from './expression-text.ts';
import { isMap, ownData, UNREADABLE } from './own-data.ts';

/** A function that is called by its bare name. */
export interface FreeFunction {
  readonly arguments: number;
  call(call: Call): unknown;
}

/** Functions of the language. They are called by name and are no values themselves. */
export const FREE_FUNCTIONS: ReadonlyMap<string, FreeFunction> = new Map<string, FreeFunction>([
  ['keys', { arguments: 1, call: (call) => namesOf(call, mapArgument(call)) }],
  ['values', { arguments: 1, call: values }],
  ['len', { arguments: 1, call: len }],
  ['number', { arguments: 1, call: number }],
  ['string', { arguments: 1, call: (call) => textOf(call.frame, call.site, call.args[0]) }],
  ['has', { arguments: 2, call: has }],
]);

function values(call: Call): unknown[] {
  const map = mapArgument(call);
  return namesOf(call, map).map((name) => {
    const value = ownData(map, name);
    return value === UNREADABLE ? failed(call.site, `${name} is not plain data`) : value;
  });
}

function len(call: Call): number {
  const [value] = call.args;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (isMap(value)) return namesOf(call, value).length;
  return failed(call.site, `len needs a text, a list or an object, but got ${kindOf(value)}`);
}

function number(call: Call): number {
  const [value] = call.args;
  if (typeof value === 'number') return value;
  const read = typeof value === 'string' ? numericText(value) : null;
  return read ?? failed(call.site, `number needs a number or a text that is one, but got ${kindOf(value)}`);
}

function has(call: Call): boolean {
  const [target, name] = call.args;
  if (typeof name !== 'string' && typeof name !== 'number') return failed(call.site, `has needs a name, but got ${kindOf(name)}`);
  if (Array.isArray(target)) return typeof name === 'number' && itemsOf(call, target)[name] !== undefined;
  if (isMap(target)) return dataAt(call, target, String(name)) !== undefined;
  return failed(call.site, `has needs an object or a list, but got ${kindOf(target)}`);
}

function mapArgument(call: Call): object {
  const [value] = call.args;
  return isMap(value) ? value : failed(call.site, `${call.name} needs an object, but got ${kindOf(value)}`);
}

function namesOf(call: Call, map: object): string[] {
  const names = Object.keys(map);
  chargeItems(call.frame, call.site, names.length);
  return names;
}
