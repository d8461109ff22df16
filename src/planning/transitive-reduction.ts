/** The edges that say something no other edges say. */
import type { TaskGraph } from './task-graph.ts';

/** Targets are looked at this many 32-bit words at a time: memory stays linear, and a row stays in the cache. */
const WORDS = 64;

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
  for (let from = 0; from < order.length; from += WORDS * 32) {
    const to = Math.min(order.length, from + WORDS * 32);
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

/** By task: which targets of the window it reaches. */
class ReachedRows {
  readonly #rows: Int32Array;
  #from = 0;

  constructor(tasks: number) {
    this.#rows = new Int32Array(tasks * WORDS);
  }

  clear(from: number): void {
    this.#rows.fill(0);
    this.#from = from;
  }

  /** Always false for targets before the window. */
  has(task: number, target: number): boolean {
    const bit = target - this.#from;
    return bit >= 0 && ((this.#rows[task * WORDS + (bit >> 5)] as number) & (1 << (bit & 31))) !== 0;
  }

  /** Adds a target and everything it reaches. */
  addThrough(task: number, target: number): void {
    const row = task * WORDS;
    const other = target * WORDS;
    for (let word = 0; word < WORDS; word++)
      this.#rows[row + word] = (this.#rows[row + word] as number) | (this.#rows[other + word] as number);
    const bit = target - this.#from;
    if (bit >= 0) this.#rows[row + (bit >> 5)] = (this.#rows[row + (bit >> 5)] as number) | (1 << (bit & 31));
  }
}
