import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** Whether two values are the same data: the order of members does not matter, `undefined` members are not there, −0 is 0. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item: Json, index) => sameJson(item, b[index]));
  return isJsonObject(a) && isJsonObject(b) && sameMembers(a, b);
}

function sameMembers(a: JsonObject, b: JsonObject): boolean {
  let present = 0;
  for (const key of Object.keys(a)) {
    if (a[key] === undefined) continue;
    present++;
    if (!Object.hasOwn(b, key) || !sameJson(a[key], b[key])) return false;
  }
  return present === Object.keys(b).filter((key) => b[key] !== undefined).length;
}
