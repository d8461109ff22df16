/** Who stands in for whom among the members of one group, by place in the group. */
import type { Step } from './workflow.ts';

type Standing = Pick<Step, 'id' | 'fallback'>;

/** By place of a member: the place of the one that stands in for it. Names that are not there, and of the member itself, are left out. */
export function standIns(steps: readonly Standing[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (!steps.some(({ fallback }) => fallback !== undefined)) return found;
  const places = new Map(steps.map(({ id }, place) => [id, place]));
  for (const [place, { fallback }] of steps.entries()) {
    const other = fallback === undefined ? undefined : places.get(fallback);
    if (other !== undefined && other !== place) found.set(place, other);
  }
  return found;
}

/** The same, seen from who stands in: by its place, whom it stands in for. */
export function standingFor(steps: readonly Standing[]): ReadonlyMap<number, number> {
  return new Map([...standIns(steps)].map(([stage, standIn]) => [standIn, stage]));
}

/**
 * By place: the member before it where the group is worked off in order; null for the first. Who stands in for another has no place in that
 * order: its turn comes when that one has failed, wherever it is written.
 */
export function membersBefore(steps: readonly Standing[]): readonly (number | null)[] {
  const spare = standingFor(steps);
  let last: number | null = null;
  return steps.map((_, place) => {
    if (spare.has(place)) return null;
    const before = last;
    last = place;
    return before;
  });
}
