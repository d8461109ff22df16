import type { Json } from '../protocol/json.ts';
import { isForbiddenName, isMap, ownData, UNREADABLE } from './own-data.ts';

/** A member of a map, or an element of a list by its number; `undefined` where there is none, and for what is not own plain data. */
export function memberOf(owner: unknown, name: string): Json | undefined {
  const canBeRead = (isMap(owner) || (Array.isArray(owner) && /^\d{1,10}$/u.test(name))) && !isForbiddenName(name);
  const value = canBeRead ? ownData(owner as object, name) : undefined;
  return value === UNREADABLE ? undefined : (value as Json | undefined);
}

/** What stands at the end of a path; `undefined` where the path ends too early. */
export function memberAt(start: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(memberOf, start);
}
