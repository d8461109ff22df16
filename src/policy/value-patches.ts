import { enablePatches, type Patch, produceWithPatches } from 'immer';
import { isForbiddenName } from '../definition/own-data.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';

enablePatches();

/** What a value has become, and how: `patches` (immer's; paths within the value) make it of the value before. `undefined`: no value. */
export interface PatchedValue {
  readonly value: Json | undefined;
  readonly patches: readonly Patch[];
}

type OpenMap = Record<string, Json | undefined>;

/**
 * The patches that lead from one value to another: maps by member, lists by element where they only grew or kept their length, anything
 * else as a whole. The value shares with the one before what has not changed, and is frozen.
 */
export function patchValue(before: Json | undefined, after: Json | undefined): PatchedValue {
  const [value, patches] = produceWithPatches<{ value?: unknown }>({ value: before }, (draft) => {
    if (canBeRewritten(before, after)) rewrite(draft.value, before, after);
    else draft.value = after;
  });
  return { value: value.value as Json | undefined, patches: patches.map((patch) => ({ ...patch, path: patch.path.slice(1) })) };
}

function rewrite(draft: unknown, before: Json | undefined, after: Json | undefined): void {
  if (Array.isArray(after) && Array.isArray(before)) rewriteList(draft as Json[], before, after);
  else if (isJsonObject(after) && isJsonObject(before)) rewriteMap(draft as OpenMap, before, after);
}

function rewriteMap(draft: OpenMap, before: JsonObject, after: JsonObject): void {
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key) || after[key] === undefined) delete draft[key];
  for (const key of Object.keys(after)) {
    const [from, to] = [Object.hasOwn(before, key) ? before[key] : undefined, after[key]];
    if (to === undefined || sameJson(from, to)) continue;
    // Such a member is data like any other, but no patch may lead through it.
    if (canBeRewritten(from, to) && !isForbiddenName(key)) rewrite(draft[key], from, to);
    else draft[key] = to;
  }
}

function rewriteList(draft: Json[], before: readonly Json[], after: readonly Json[]): void {
  for (const [index, to] of after.entries()) {
    const from = before[index];
    if (index >= before.length) draft.push(to);
    else if (sameJson(from, to)) continue;
    else if (canBeRewritten(from, to)) rewrite(draft[index], from, to);
    else draft[index] = to;
  }
}

/** Lists that were shortened, or in which something was put before the end, are cheaper to tell as a whole. */
function canBeRewritten(before: Json | undefined, after: Json | undefined): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return isJsonObject(before) && isJsonObject(after);
  if (before.length === after.length) return true;
  return before.length > 0 && before.length < after.length && before.every((element: Json, index) => sameJson(element, after[index]));
}
