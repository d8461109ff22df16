/** The order of launch once some members have shown how long things really take. */

import { estimateOf } from '../definition/estimate.ts';
import type { GroupBlueprint } from './blueprint.ts';

/**
 * By member: its new place, the lowest first. The estimate of a persona's open members is scaled by how long its ended ones took against
 * their own estimates (`took`: ms by member, null where it has not ended), then members stand by upward rank, of equals as before.
 */
export function rebalancedPlaces(group: GroupBlueprint, took: readonly (number | null)[]): number[] {
  const expected = group.members.map(({ step }) => estimateOf(step).ms);
  const roles = group.members.map(({ step }) => (step.kind === 'task' ? (step.persona ?? step.type) : step.type));
  const sums = new Map<string, { took: number; expected: number }>();
  took.forEach((ms, member) => {
    if (ms === null) return;
    const role = roles[member] ?? '';
    const sum = sums.get(role) ?? { took: 0, expected: 0 };
    sums.set(role, { took: sum.took + ms, expected: sum.expected + (expected[member] ?? 0) });
  });
  const lengths = expected.map((ms, member) => {
    const sum = sums.get(roles[member] ?? '');
    return sum === undefined || sum.expected === 0 ? ms : (ms * sum.took) / sum.expected;
  });
  const rank = upward(group, lengths);
  const order = group.members.map((_, member) => member);
  order.sort((a, b) => (rank[b] ?? 0) - (rank[a] ?? 0) || (group.urgency[a] ?? 0) - (group.urgency[b] ?? 0));
  const places: number[] = new Array(order.length).fill(0);
  order.forEach((member, place) => {
    places[member] = place;
  });
  return places;
}

/** By member: the longest chain that starts with it, its own length included. */
function upward(group: GroupBlueprint, lengths: readonly number[]): number[] {
  const rank = [...lengths];
  const open = group.dependents.map((list) => list.length);
  const ready = open.flatMap((count, member) => (count === 0 ? [member] : []));
  for (const member of ready) {
    for (const before of group.dependencies[member] ?? []) {
      rank[before] = Math.max(rank[before] ?? 0, (lengths[before] ?? 0) + (rank[member] ?? 0));
      open[before] = (open[before] ?? 0) - 1;
      if (open[before] === 0) ready.push(before);
    }
  }
  return rank;
}
