/** Who comes after a member of a group. */
import type { GroupBlueprint } from './blueprint.ts';

/** The members that begin, or are met, only when this one has ended: those that depend on it, and the sync points at which it is missed. */
export function followersOf({ dependents, meetings }: Pick<GroupBlueprint, 'dependents' | 'meetings'>, member: number): readonly number[] {
  const waiting = dependents[member] ?? [];
  const points = meetings?.[member] ?? [];
  return points.length === 0 ? waiting : [...new Set([...waiting, ...points])];
}
