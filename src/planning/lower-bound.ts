/** How short a schedule could be at best. */

import { TOKEN_WINDOW_MS, tokenHoldMs } from '../definition/token-rate.ts';
import { earliestStart, upwardRank } from './graph-measures.ts';
import { demandOn, type Limits, limitedResources } from './limits.ts';
import type { TaskGraph } from './task-graph.ts';

/** Bounds that no schedule within the limits is below, ms. */
export interface LowerBound {
  /** max(longest chain, work ÷ capacity, likewise for every limited resource): what gaps are measured against. */
  readonly plainMs: number;
  /** At least as high: counts, too, what must come before and after any part of the work. A schedule of this length is the best there is. */
  readonly sharpMs: number;
}

/** How often thresholds and tasks are looked at together, at most: bounds are to cost less than the schedules they judge. */
const EFFORT = 600_000;

/** The bounds of a graph within limits. */
export function lowerBound(graph: TaskGraph, limits: Limits): LowerBound {
  const rank = upwardRank(graph);
  const heads = earliestStart(graph);
  const longest = rank.reduce((most, ms) => Math.max(most, ms), 0);
  const plainMs = limitedResources(limits).reduce((most, { name, limit }) => Math.max(most, spread(graph, name, limit)), longest);
  const tails = rank.map((ms, at) => ms - (graph.nodes[at]?.ms ?? 0));
  const placed = graph.nodes.flatMap((node, at) =>
    node.takesPlace === false ? [] : [{ head: heads[at] ?? 0, tail: tails[at] ?? 0, ms: node.ms }],
  );
  // Sums of fractions are not exact: a hair above a whole millisecond is that millisecond.
  const wholeMs = Math.ceil(plainMs * (1 - 1e-9));
  return { plainMs, sharpMs: Math.max(wholeMs, betweenHeadsAndTails(placed, limits.places)) };
}

/** Length of a resource's own work when it is spread evenly. */
function spread(graph: TaskGraph, name: string, limit: number): number {
  if (limit === 0 || limit === Number.POSITIVE_INFINITY) return 0;
  const isTokens = name === 'tokensPerMinute';
  const used = graph.nodes.reduce((sum, node) => sum + demandOn(name, node) * (isTokens ? tokenHoldMs(node.ms) : node.ms), 0);
  // What the last tasks have used may still count when they have ended.
  return Math.max(0, used / limit - (isTokens ? TOKEN_WINDOW_MS : 0));
}

interface Placed {
  /** What must pass before it, ms. */
  readonly head: number;
  /** What must follow it, ms. */
  readonly tail: number;
  readonly ms: number;
}

/**
 * The best over parts of the work: all tasks with a head of at least h and a tail of at least t need, between h and t, their work
 * shared by the places; and of more than k × places tasks, k + 1 must share one place (Fernández and Bussell 1973 and the pigeonhole
 * principle). Thresholds are sampled where there are many.
 */
function betweenHeadsAndTails(tasks: readonly Placed[], places: number): number {
  const most = Math.max(3, Math.min(50, Math.floor(Math.sqrt(EFFORT / Math.max(1, tasks.length * 4)))));
  const byLength = tasks.toSorted((a, b) => b.ms - a.ms);
  const tails = sampled(
    byLength.map(({ tail }) => tail),
    most,
  );
  let best = 0;
  for (const head of sampled(
    byLength.map((task) => task.head),
    most,
  )) {
    const late = byLength.filter((task) => task.head >= head);
    for (const tail of tails) {
      best = Math.max(
        best,
        head +
          tail +
          leastSpan(
            late.flatMap((task) => (task.tail >= tail ? [task.ms] : [])),
            places,
          ),
      );
    }
  }
  return best;
}

/** The least time that tasks of these lengths, longest first, take on some places. */
function leastSpan(lengths: readonly number[], places: number): number {
  if (lengths.length === 0) return Number.NEGATIVE_INFINITY;
  let least = Math.ceil(lengths.reduce((sum, ms) => sum + ms, 0) / places);
  for (let k = 0; k * places < lengths.length; k++) {
    let shared = 0;
    for (let i = k * places - k; i <= k * places; i++) shared += lengths[i] ?? 0;
    least = Math.max(least, shared);
  }
  return least;
}

function sampled(values: readonly number[], most: number): number[] {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length <= most) return distinct;
  return Array.from({ length: most }, (_, i) => distinct[Math.floor((i * (distinct.length - 1)) / (most - 1))] ?? 0);
}
