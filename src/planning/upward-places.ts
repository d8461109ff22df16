/**
 * The order of a native group's ready queue: the member with the longest chain behind it first, so that what decides the length of the
 * whole never waits behind what does not. From the definition alone, so that every run and every replay launches alike.
 */

import { estimateOf } from '../definition/estimate.ts';
import type { Step, Workflow } from '../definition/workflow.ts';

/**
 * By member of a group: its place in the order of launch, the lowest first, each place once. Members stand by upward rank (the longest
 * chain that starts with the member, its own time included: Topcuoglu, Hariri, Wu 2002), of equals as in the file. Durations are those
 * of `estimateOf`; of a member that holds others, its own longest chain. `edges`: by member, the members it waits for. Members that wait
 * for each other in a circle count alone. Linear in members and edges but for the sorting.
 */
export function upwardPlaces(steps: readonly Step[], edges: readonly ReadonlySet<number>[]): number[] {
  const rank = upwardRanks(steps, edges);
  const places: number[] = new Array(steps.length).fill(0);
  const order = steps.map((_, member) => member).sort((a, b) => (rank[b] ?? 0) - (rank[a] ?? 0) || a - b);
  order.forEach((member, place) => {
    places[member] = place;
  });
  return places;
}

function upwardRanks(steps: readonly Step[], edges: readonly Iterable<number>[]): number[] {
  const rank = steps.map(lengthOf);
  const behind: number[] = new Array(steps.length).fill(0);
  const open: number[] = new Array(steps.length).fill(0);
  for (const before of edges) for (const other of before) open[other] = (open[other] ?? 0) + 1;
  // From the ends backwards: a member is looked at when all that wait for it have been.
  const pending = open.flatMap((count, member) => (count === 0 ? [member] : []));
  for (const member of pending) {
    rank[member] = (rank[member] ?? 0) + (behind[member] ?? 0);
    for (const other of edges[member] ?? []) {
      behind[other] = Math.max(behind[other] ?? 0, rank[member] ?? 0);
      open[other] = (open[other] ?? 0) - 1;
      if (open[other] === 0) pending.push(other);
    }
  }
  return rank;
}

/** A member is measured with every group it stands in, directly or not: its length is kept. */
const known = new WeakMap<Step | Workflow, number>();

function lengthOf(step: Step): number {
  const length = known.get(step) ?? measured(step);
  known.set(step, length);
  return length;
}

function measured(step: Step): number {
  if (step.kind === 'group') return chain(step.steps, step.mode === 'sequential');
  if (step.kind === 'choice') return Math.max(chain(step.then, false), chain(step.otherwise, false));
  if (step.kind === 'vote') return longest(step.steps) + (step.rule === 'judged' && step.judge !== undefined ? lengthOf(step.judge) : 0);
  if (step.kind === 'map' || step.kind === 'workflow') return step.workflow === undefined ? 0 : lengthOfWorkflow(step.workflow);
  return estimateOf(step).ms;
}

function lengthOfWorkflow(workflow: Workflow): number {
  const length = known.get(workflow) ?? chain(workflow.steps, workflow.mode === 'sequential');
  known.set(workflow, length);
  return length;
}

const longest = (steps: readonly Step[]): number => steps.reduce((most, step) => Math.max(most, lengthOf(step)), 0);

/** The longest chain of a list of steps; dependencies that lead out of it, or into what its members hold, count as none. */
function chain(steps: readonly Step[], sequential: boolean): number {
  if (sequential) return steps.reduce((sum, step) => sum + lengthOf(step), 0);
  const place = new Map(steps.map(({ id }, member) => [id, member]));
  const edges = steps.map(({ dependencies }) => new Set(dependencies.flatMap((id) => place.get(id) ?? [])));
  return upwardRanks(steps, edges).reduce((most, ms) => Math.max(most, ms), 0);
}
