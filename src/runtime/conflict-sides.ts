/** The sides of a conflict: in words, as they are shown to whoever settles it, and as the answer gives them back. */
import type { KeyConflict } from '../policy/context-commit.ts';
import { mergeThreeWays } from '../policy/three-way-merge.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import type { Contest } from './run-state.ts';

/** Where the sides disagree, in one clause. */
export function placesOf({ conflicts, stale }: Contest): string {
  if (conflicts.length === 0) return `${stale.map(({ key }) => key).join(', ')} changed meanwhile`;
  const places = conflicts.flatMap(({ key, inner }) => inner.map(({ path }) => key + path));
  const shown = places.slice(0, 3).join(', ');
  return `both sides changed ${places.length > 3 ? `${shown} and ${places.length - 3} more` : shown}`;
}

/** The values an answer gives to the keys in conflict, or what is wrong with it. */
export function valuesIn(answer: Json, { conflicts }: Contest): JsonObject | string {
  if (!isJsonObject(answer)) return 'is no map; it must be { "values": { key: value } } or { "take": "theirs" | "ours" }';
  const { values, take } = answer;
  if (take === 'theirs' || take === 'ours') {
    // Only what is in conflict is taken from one side: what either changed elsewhere stays.
    const pick = ({ base, theirs, ours }: KeyConflict) =>
      take === 'theirs' ? mergeThreeWays(base, theirs, ours).value : mergeThreeWays(base, ours, theirs).value;
    return Object.fromEntries(conflicts.map((each) => [each.key, pick(each) ?? null]));
  }
  if (!isJsonObject(values)) return 'names no "values"';
  const missing = conflicts.filter(({ key }) => !Object.hasOwn(values, key)).map(({ key }) => key);
  if (missing.length > 0) return `leaves out ${missing.join(', ')}`;
  return Object.fromEntries(conflicts.map(({ key }) => [key, values[key] ?? null]));
}

/** What the base was and what both sides made of it, by key. */
export function sidesOf({ conflicts, group, member, arrival }: Contest): Json {
  const by = arrival?.settled.path ?? group.context?.staged.get(member)?.by ?? null;
  return conflicts.map(({ key, base, theirs, ours, theirsBy, inner }) => ({
    key,
    base: base ?? null,
    theirs: theirs ?? null,
    ours: ours ?? null,
    theirsBy,
    oursBy: by,
    places: inner.map(({ path, kind, ...sides }) => ({
      path,
      kind,
      base: sides.base ?? null,
      theirs: sides.theirs ?? null,
      ours: sides.ours ?? null,
    })),
  }));
}
