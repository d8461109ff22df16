/** The edges that say something no other edges say. */
import { ReachedRows } from './reached-rows.ts';
import type { TaskGraph } from './task-graph.ts';

/**
 * The fewest edges with the same reachability, as successors by place in the graph (Aho, Garey, Ullman 1972: unique where there are no
 * circles). All kinds of edges count alike: this is about order.
 *
 * An edge can be spared when its end is reached through another successor. Reachable sets are rows of bits, filled from the last task
 * to the first, for 2,048 targets at a time: tasks × edges ÷ 32 operations in all, which no general algorithm is known to undercut by much.
 */
export function transitiveReduction(graph: TaskGraph): number[][] {
  const { order, successors } = graph;
  const position = new Int32Array(order.length);
  order.forEach((at, i) => {
    position[at] = i;
  });
  // By place in the order. Nearest first: whatever reaches a successor stands before it.
  const next = order.map((at) => Int32Array.from(successors[at] ?? [], (to) => position[to] ?? 0).sort());
  const kept: number[][] = successors.map(() => []);
  const reached = new ReachedRows(order.length);
  for (let from = 0; from < order.length; from += ReachedRows.window) {
    const to = Math.min(order.length, from + ReachedRows.window);
    reached.clear(from);
    for (let i = to - 1; i >= 0; i--) {
      for (const target of next[i] as Int32Array) {
        if (target >= to) break;
        if (reached.has(i, target)) continue;
        if (target >= from) kept[order[i] as number]?.push(order[target] as number);
        reached.addThrough(i, target);
      }
    }
  }
  return kept;
}
