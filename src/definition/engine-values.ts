/**
 * How the engine dialect turns values into texts, numbers, lengths and truth. A value that is missing is `undefined`; a conversion
 * that would cost too much, or meets what is not data, gives `undefined` too. Nothing here throws or calls code of the value.
 */
import { EXPRESSION_LIMITS } from './expression-limits.ts';
import { isMap, ownData, UNREADABLE } from './own-data.ts';

/** A value as text inside other text: lists are joined with commas, objects become `[object Object]`. */
export function engineText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return listText(value, ',', 0);
  return isMap(value) ? '[object Object]' : undefined;
}

/** The elements of a list as one text; null and missing elements are empty. */
export function listText(list: readonly unknown[], separator: string, depth: number): string | undefined {
  if (list.length > EXPRESSION_LIMITS.items || depth > EXPRESSION_LIMITS.depth) return undefined;
  const texts: string[] = [];
  let length = 0;
  for (let index = 0; index < list.length; index += 1) {
    const item = ownData(list, index);
    const text = item === undefined || item === null ? '' : Array.isArray(item) ? listText(item, ',', depth + 1) : engineText(item);
    if (text === undefined) return undefined;
    length += text.length + separator.length;
    if (length > EXPRESSION_LIMITS.text) return undefined;
    texts.push(text);
  }
  return texts.join(separator);
}

/** A value as a number: empty texts and lists, null and false are 0, true is 1; missing values and objects are NaN. */
export function engineNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value === null) return 0;
  const text = typeof value === 'string' || Array.isArray(value) ? engineText(value) : undefined;
  return text === undefined ? Number.NaN : Number(text);
}

/** JavaScript's truth, except that empty lists and objects are false. */
export function engineTruth(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** What `.length` of a value is in a condition: characters, elements, an own `length`, or the number of keys; 0 for the rest. */
export function engineLength(value: unknown): unknown {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (!isMap(value)) return 0;
  return dataIn(value, 'length') ?? Object.keys(value).length;
}

/** Own data of a value by name; undefined when there is none. */
export function dataIn(value: unknown, name: string): unknown {
  if (typeof value === 'string' && name === 'length') return value.length;
  if (typeof value !== 'object' || value === null) return undefined;
  const data = ownData(value, name);
  return data === UNREADABLE ? undefined : data;
}

/** Follows names from a value to what they lead to; undefined when a name is not there. */
export function follow(value: unknown, keys: readonly string[]): unknown {
  let current = value;
  for (const key of keys) current = dataIn(current, key);
  return current;
}
