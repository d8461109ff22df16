/** The order of launch within a group, where a run is carried out as planned. */
import { everyStep } from '../definition/workflow.ts';
import type { GroupBlueprint } from '../planning/blueprint.ts';

/** By path: its place in the plan. What stands inside a nested workflow gives its place to the steps around it, too. */
export type PlannedPlaces = ReadonlyMap<string, number>;

/** The places that an order of paths gives. */
export function plannedPlaces(order: readonly string[]): PlannedPlaces {
  const places = new Map<string, number>();
  order.forEach((path, place) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const around = path.slice(0, end);
      if (!places.has(around)) places.set(around, place);
    }
  });
  return places;
}

/** By member of a group: its place among the members, as planned; what the plan does not know comes after, by its longest chain. */
export function placesOf({ members, urgency }: GroupBlueprint, prefix: string, planned: PlannedPlaces): number[] {
  const first = members.map(({ step }) => {
    let place = Number.POSITIVE_INFINITY;
    for (const { id } of everyStep([step])) place = Math.min(place, planned.get(prefix + id) ?? place);
    return place;
  });
  const order = members.map((_, member) => member);
  order.sort((a, b) => compare(first[a] ?? 0, first[b] ?? 0) || (urgency[a] ?? 0) - (urgency[b] ?? 0));
  const places: number[] = new Array(order.length).fill(0);
  order.forEach((member, place) => {
    places[member] = place;
  });
  return places;
}

// Infinity minus Infinity is not a number.
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
