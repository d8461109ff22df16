/**
 * Merges lists whose elements say who they are: an element that moved is still the same element, and two that were added under one name
 * are two versions of one thing.
 */
import { isJsonObject, type Json } from '../protocol/json.ts';
import { sameJson } from '../protocol/same-json.ts';
import { type Clash, type MergeAt, memberPath, type Versions } from './merge-conflict.ts';

/** Members by which elements are known, in order of preference. */
const IDENTIFYING = ['id', 'key', 'name'] as const;

type Lists = Versions<readonly Json[]>;

/** The elements of a list by what identifies them, in order, and where each stands. */
type Keyed = ReadonlyMap<Json, { readonly element: Json; readonly index: number }>;

/** The member by which all elements of the three lists are known, each only once in a list; null when there is none. */
export function identifyingMember({ base, theirs, ours }: Lists): string | null {
  if (theirs.length + ours.length === 0) return null;
  return IDENTIFYING.find((key) => [base, theirs, ours].every((list) => keyed(list, key).size === list.length)) ?? null;
}

function keyed(list: readonly Json[], key: string): Keyed {
  const elements = new Map<Json, { element: Json; index: number }>();
  for (const [index, element] of list.entries()) {
    const id = isJsonObject(element) && Object.hasOwn(element, key) ? element[key] : undefined;
    if (typeof id !== 'string' && typeof id !== 'number') continue;
    elements.set(id, { element, index });
  }
  return elements;
}

/**
 * Merges the elements by their `key`. The order is that of the side that changed it; when both did, differently, it is theirs, and a
 * conflict. What one side added stays behind the element that it was put behind; where both did so, theirs comes first.
 */
export function mergeKeyedLists(path: string, lists: Lists, key: string, merge: MergeAt, clash: Clash): Json {
  const sides = { base: keyed(lists.base, key), theirs: keyed(lists.theirs, key), ours: keyed(lists.ours, key) };
  const merged = new Map<Json, Json>();
  for (const id of new Set([...sides.theirs.keys(), ...sides.ours.keys()])) {
    const { base, theirs, ours } = { base: sides.base.get(id), theirs: sides.theirs.get(id), ours: sides.ours.get(id) };
    const versions = { base: base?.element, theirs: theirs?.element, ours: ours?.element };
    const value = merge(memberPath(path, theirs?.index ?? ours?.index ?? 0), versions);
    if (value !== undefined) merged.set(id, value);
  }
  return inOrder(path, lists, sides, clash).flatMap((id) => merged.get(id) ?? []);
}

/** Every element of either side once. */
function inOrder(path: string, lists: Lists, sides: Record<keyof Lists, Keyed>, clash: Clash): Json[] {
  const { base, theirs, ours } = sides;
  const shared = (of: Keyed, also: Keyed) => [...of.keys()].filter((id) => theirs.has(id) && ours.has(id) && also.has(id));
  const before = shared(base, base);
  const [theirOrder, ourOrder] = [shared(theirs, base), shared(ours, base)];
  const moved = { theirs: !sameJson(before, theirOrder), ours: !sameJson(before, ourOrder) };
  if (moved.theirs && moved.ours && !sameJson(theirOrder, ourOrder)) clash(path, 'list', lists);
  const first = moved.ours && !moved.theirs ? ours : theirs;
  const followers = [followersIn(theirs, ours), followersIn(ours, theirs)];
  const anchors: (Json | undefined)[] = [undefined, ...shared(first, first)];
  return anchors.flatMap((anchor) => [...(anchor === undefined ? [] : [anchor]), ...followers.flatMap((of) => of.get(anchor) ?? [])]);
}

/** What stands only on one side, by the last element before it that stands on both; under undefined what stands before all of them. */
function followersIn(side: Keyed, other: Keyed): Map<Json | undefined, Json[]> {
  const followers = new Map<Json | undefined, Json[]>();
  let anchor: Json | undefined;
  for (const id of side.keys()) {
    if (other.has(id)) anchor = id;
    else {
      const behind = followers.get(anchor) ?? [];
      followers.set(anchor, behind);
      behind.push(id);
    }
  }
  return followers;
}
