import { TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import { isForbiddenName } from './own-data.ts';
import { expressionOf } from './reference.ts';

/**
 * Writes a value with references down as plain JSON: a reference becomes `{{expression}}`. Throws DEFINITION_INVALID for what JSON
 * does not have (functions, dates, class instances, numbers that are not finite), and for keys that are forbidden everywhere.
 */
export function writtenValue(value: unknown, place: string, depth = 0): Json {
  const expression = expressionOf(value);
  if (expression !== null) return `{{${expression}}}`;
  if (typeof value === 'string' || value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > 64) throw new TroupeError('DEFINITION_INVALID', `${place} is nested more than 64 deep`);
  if (Array.isArray(value)) return value.map((item, index) => writtenValue(item, `${place}[${index}]`, depth + 1));
  if (typeof value === 'object' && isPlain(value)) return writtenMap(value, place, depth);
  const what =
    typeof value === 'object' ? 'an instance of a class' : typeof value === 'number' ? 'not a finite number' : `of type ${typeof value}`;
  throw new TroupeError('DEFINITION_INVALID', `${place} is not plain JSON: it is ${what}`);
}

function writtenMap(value: object, place: string, depth: number): Json {
  const result: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    if (isForbiddenName(key)) throw new TroupeError('DEFINITION_INVALID', `${place} has the key ${key}, which is not allowed anywhere`);
    if (member !== undefined) result[key] = writtenValue(member, `${place}.${key}`, depth + 1);
  }
  return result;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
