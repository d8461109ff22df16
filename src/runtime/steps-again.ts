/** Which steps run again when a run goes back: pure questions to the run as it stands. */
import { followersOf } from '../planning/followers.ts';
import { endedWell } from './made-good.ts';
import { OpenedGroups } from './opened-groups.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import { undoneSteps } from './undone-steps.ts';

/**
 * What must run again for a run to go on that has lost something: steps that failed, were cancelled, or were skipped for their sake, with
 * what they stand in. What has completed stands, unless it was undone, or depends on what was: a gate that did not hold is judged again on
 * the same outputs.
 */
export function lostSteps(state: RunState): Set<string> {
  const groups = new OpenedGroups(state);
  const again = new Set<string>();
  const visit = (group: LiveGroup) => {
    for (const [, path] of groups.membersOf(group)) {
      const record = state.records.get(path);
      if (record === undefined) continue;
      if (endedWell(record)) continue;
      for (const inner of groups.inside(path)) visit(inner);
      again.add(path);
    }
  };
  for (const root of groups.roots) visit(root);
  return new Set([...again, ...affectedSteps(state, { from: undoneSteps(state) })]);
}

/**
 * The named steps and everything that depends on them: what waits for them, stands inside of them, comes after them where order counts, or
 * has read what they wrote; with what it stands in. `changed`: steps that stand, but with another output: what depends on them.
 */
export function affectedSteps(
  state: RunState,
  { from = [], changed = [] }: { from?: readonly string[]; changed?: readonly string[] },
): Set<string> {
  const groups = new OpenedGroups(state);
  const settled = new Map(state.history.map(([path], place) => [path, place]));
  const again = new Set<string>();
  const open: { readonly path: string; readonly whole: boolean }[] = [
    ...from.map((path) => ({ path, whole: true })),
    ...changed.flatMap((path) => dependentsOf(groups, path).map((dependent) => ({ path: dependent, whole: true }))),
    ...changed.flatMap((path) => aroundOf(groups, path)),
    ...changed.flatMap((path) => readersOf(groups, settled, path).map((reader) => ({ path: reader, whole: true }))),
  ];
  const seen = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, whole } = next;
    if (seen.has(`${path} ${whole}`)) continue;
    seen.add(`${path} ${whole}`);
    again.add(path);
    for (const dependent of dependentsOf(groups, path)) open.push({ path: dependent, whole: true });
    open.push(...aroundOf(groups, path));
    if (!whole) continue;
    for (const inner of groups.inside(path)) for (const [, member] of groups.membersOf(inner)) open.push({ path: member, whole: true });
    for (const reader of readersOf(groups, settled, path)) open.push({ path: reader, whole: true });
  }
  return again;
}

const aroundOf = (groups: OpenedGroups, path: string) => {
  const around = groups.around(path);
  return around === null ? [] : [{ path: around, whole: false }];
};

function dependentsOf(groups: OpenedGroups, path: string): string[] {
  const place = groups.place(path);
  if (place === undefined) return [];
  const { group, member } = place;
  const { ordering, rank } = group.blueprint;
  const names = groups.membersOf(group);
  const later = ordering === null ? [] : names.filter(([other]) => (rank[other] ?? 0) > (rank[member] ?? 0)).map(([, name]) => name);
  return [...later, ...followersOf(group.blueprint, member).flatMap((other) => names[other]?.[1] ?? [])];
}

/** Who read a key that this step writes, and ended after it. */
function readersOf(groups: OpenedGroups, settled: ReadonlyMap<string, number>, path: string): string[] {
  const keysAt = (at: string) => {
    const place = groups.place(at);
    return place?.group.blueprint.members[place.member]?.keys ?? null;
  };
  const writes = keysAt(path)?.writes ?? [];
  const since = settled.get(path);
  if (writes.length === 0 || since === undefined) return [];
  return [...groups.paths()].filter(
    (other) => (settled.get(other) ?? -1) > since && keysAt(other)?.reads.some((key) => writes.includes(key)) === true,
  );
}
