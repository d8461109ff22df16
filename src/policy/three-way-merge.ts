/**
 * Brings two changed versions of a value together over the one they both come from.
 *
 * What only one side changed is taken from it; what both changed alike is taken once; what both changed differently goes by its type:
 *
 * - maps are merged member by member;
 * - lists of maps that all have an `id` (else `key`, else `name`) of their own are merged element by element, whatever the order;
 * - other lists are merged by place: edits of different elements are both kept, and so is what both add at one place, theirs first;
 * - texts of several lines are merged by lines, where changed lines that touch are a conflict;
 * - scalars, and texts of one line, are a conflict.
 *
 * Nothing given is changed; parts of it are in the result by reference.
 */
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import { identifyingMember, mergeKeyedLists } from './keyed-list-merge.ts';
import { mergeLists } from './list-merge.ts';
import { type Clash, type MergeAt, type MergeConflict, memberPath, type Versions } from './merge-conflict.ts';
import { mergeTexts } from './text-merge.ts';

/** The merge of two versions, and where they are in conflict; `value` has theirs in those places. `undefined`: no such value. */
export function mergeThreeWays(
  base: Json | undefined,
  theirs: Json | undefined,
  ours: Json | undefined,
): { value: Json | undefined; conflicts: readonly MergeConflict[] } {
  const conflicts: MergeConflict[] = [];
  const clash: Clash = (path, kind, versions, from) => {
    conflicts.push({ path, kind, ...versions, ...(from === undefined ? {} : { from }) });
    return versions.theirs;
  };
  const merge: MergeAt = (path, versions) => {
    if (sameJson(versions.theirs, versions.ours) || sameJson(versions.base, versions.ours)) return versions.theirs;
    return sameJson(versions.base, versions.theirs) ? versions.ours : mergeChanged(path, versions, merge, clash);
  };
  return { value: merge('', { base, theirs, ours }), conflicts };
}

/** Both sides have changed it, differently. What replaced nothing (or null) on both sides is merged as if it had been empty before. */
function mergeChanged(path: string, versions: Versions, merge: MergeAt, clash: Clash): Json | undefined {
  const { theirs, ours } = versions;
  const base = versions.base ?? null;
  if (theirs === undefined || ours === undefined) return clash(path, 'deletion', versions);
  if (isList(theirs) && isList(ours)) {
    if (base !== null && !isList(base)) return clash(path, 'list', versions);
    const lists = { base: base ?? [], theirs, ours };
    const key = identifyingMember(lists);
    return key === null ? mergeLists(path, lists, merge, clash) : mergeKeyedLists(path, lists, key, merge, clash);
  }
  if (isJsonObject(theirs) && isJsonObject(ours)) {
    if (base !== null && !isJsonObject(base)) return clash(path, 'map', versions);
    return mergeMaps(path, { base: base ?? {}, theirs, ours }, merge);
  }
  if (isContainer(theirs) || isContainer(ours)) return clash(path, 'type', versions);
  return mergeScalars(path, versions, clash);
}

function mergeScalars(path: string, versions: Versions, clash: Clash): Json | undefined {
  const { theirs, ours } = versions;
  const base = versions.base ?? '';
  if (typeof theirs !== 'string' || typeof ours !== 'string') return clash(path, 'scalar', versions);
  if (![base, theirs, ours].some((text) => typeof text === 'string' && text.includes('\n'))) return clash(path, 'scalar', versions);
  return typeof base === 'string' ? mergeTexts(path, { base, theirs, ours }, clash) : clash(path, 'text', versions);
}

function mergeMaps(path: string, maps: { [Side in keyof Versions]: JsonObject }, merge: MergeAt): Json {
  const merged: Record<string, Json> = {};
  for (const key of new Set([...Object.keys(maps.theirs), ...Object.keys(maps.ours)])) {
    // Nobody can hand over such a member; were it there all the same, it would end here.
    if (key === '__proto__') continue;
    const versions = { base: memberOf(maps.base, key), theirs: memberOf(maps.theirs, key), ours: memberOf(maps.ours, key) };
    // Most members of a large map are nobody's business: a group of thousands that fills one map looks at each of them thousands of times.
    const isUntouched = versions.ours === versions.base || versions.ours === versions.theirs;
    const value = isUntouched ? versions.theirs : merge(memberPath(path, key), versions);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

const memberOf = (map: JsonObject, key: string): Json | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const isContainer = (value: Json): boolean => typeof value === 'object' && value !== null;
