/** What a graph says about time before anything is scheduled, as if there were room for everything at once. All in linear time. */
import type { TaskGraph } from './task-graph.ts';

/** By task (its place in the graph), ms. */
export interface Timing {
  /** When it can start at the earliest. */
  readonly earliestMs: readonly number[];
  /** When it must start so that the whole is not late. */
  readonly latestMs: readonly number[];
  /** How much later than the earliest it may start: `latestMs − earliestMs`. */
  readonly slackMs: readonly number[];
  /** Length of the longest chain, ms. */
  readonly criticalMs: number;
}

/** By task: the longest chain that starts with it, its own time included, ms (Topcuoglu, Hariri, Wu 2002: upward rank). */
export function upwardRank(graph: TaskGraph): number[] {
  const rank: number[] = new Array(graph.nodes.length).fill(0);
  for (let i = graph.order.length - 1; i >= 0; i--) {
    const at = graph.order[i] as number;
    let after = 0;
    for (const next of graph.successors[at] as readonly number[]) after = Math.max(after, rank[next] as number);
    rank[at] = after + (graph.nodes[at]?.ms ?? 0);
  }
  return rank;
}

/** By task: when it can start at the earliest, ms: the longest chain that ends right before it. */
export function earliestStart(graph: TaskGraph): number[] {
  const earliest: number[] = new Array(graph.nodes.length).fill(0);
  for (const at of graph.order) {
    const end = (earliest[at] as number) + (graph.nodes[at]?.ms ?? 0);
    for (const next of graph.successors[at] as readonly number[]) earliest[next] = Math.max(earliest[next] as number, end);
  }
  return earliest;
}

/** Earliest and latest starts and the slack between them. */
export function timing(graph: TaskGraph): Timing {
  const earliestMs = earliestStart(graph);
  const rank = upwardRank(graph);
  const criticalMs = rank.reduce((longest, ms) => Math.max(longest, ms), 0);
  const latestMs = rank.map((ms) => criticalMs - ms);
  return { earliestMs, latestMs, slackMs: latestMs.map((ms, at) => ms - (earliestMs[at] as number)), criticalMs };
}

/** The longest chain of tasks that wait for each other, by place in the graph: nothing makes the whole shorter. Of equals the first. */
export function criticalPath(graph: TaskGraph): number[] {
  const rank = upwardRank(graph);
  const longest = (candidates: readonly number[]) =>
    candidates.reduce<number | undefined>((best, at) => (best === undefined || (rank[at] ?? 0) > (rank[best] ?? 0) ? at : best), undefined);
  const path: number[] = [];
  const first = graph.order.filter((at) => graph.predecessors[at]?.length === 0);
  for (let at = longest(first); at !== undefined; at = longest(graph.successors[at] ?? [])) path.push(at);
  return path;
}

/**
 * Tasks by level, by place in the graph: first those that wait for nothing, then those that wait for them at most, and so on. Joints
 * stand on no level and lift nothing.
 */
export function levels(graph: TaskGraph): number[][] {
  const above: number[] = new Array(graph.nodes.length).fill(0);
  const found: number[][] = [];
  for (const at of graph.order) {
    for (const before of graph.predecessors[at] as readonly number[]) above[at] = Math.max(above[at] as number, above[before] as number);
    if (graph.nodes[at]?.joint !== undefined) continue;
    const here = above[at] as number;
    above[at] = here + 1;
    found[here] ??= [];
    found[here].push(at);
  }
  return found;
}
