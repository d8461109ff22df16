/** How a plan may turn out, by trying it many times with durations and failures as they could be. */
import { upwardRank } from './graph-measures.ts';
import type { Limits } from './limits.ts';
import { ListScheduler } from './list-scheduler.ts';
import { tokensOfAttempt } from './planned-budgets.ts';
import { seededChances } from './seeded-chance.ts';
import type { TaskGraph, TaskNode } from './task-graph.ts';

/** Half of all trials end up to `p50`, nine of ten up to `p90`. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
}

/** What came of the trials. */
export interface Outlook {
  readonly trials: number;
  /** When everything has ended that could run, ms. */
  readonly finishMs: Quantiles;
  /** Tokens of all attempts, failed ones included. */
  readonly tokens: Quantiles;
  /** Time that attempts took in all, failed ones included, ms. */
  readonly workMs: Quantiles;
  /** The share of trials in which every task ended well. */
  readonly successShare: number;
}

/** How to try. */
export interface OutlookOptions {
  /** The order of the ready queue; default longest chain first. */
  readonly priority?: readonly number[];
  /** Default: as many as cost about as much as a search for a schedule, between 50 and 500. */
  readonly trials?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Durations of earlier attempts by task id, ms: drawn from as they are. */
  readonly observed?: Readonly<Record<string, readonly number[]>>;
  /** Where none were observed, a duration is up to this many times longer or shorter than expected, evenly in its logarithm. Default 2. */
  readonly spread?: number;
}

/** What the trials cost at most by default, in task starts. */
const EFFORT = 150_000;

/**
 * Tries a plan. Every attempt draws its duration and whether it fails (the task's failure rate); a failed one is repeated while the task
 * has retries, right away; a task of a loop runs as often as is expected of it, rounded up or down so that the mean is that; a task that failed for good blocks what waits for it, except over soft edges. Expected durations are
 * the mean of what is drawn. The same seed gives the same outlook. Throws as `schedule` does.
 */
export function outlook(graph: TaskGraph, limits: Limits, options: OutlookOptions = {}): Outlook {
  const { seed = 1 } = options;
  const scheduler = new ListScheduler(graph, limits);
  const affordable = Math.floor(EFFORT / (Math.max(1, graph.nodes.length) * scheduler.cost));
  const trials = Math.max(1, Math.floor(options.trials ?? Math.max(50, Math.min(500, affordable))));
  const priority = options.priority ?? upwardRank(graph).map((rank) => -rank);
  const blocking = blockingPredecessors(graph);
  const drawn = drawer(options, seededChances(seed));
  const ends = Array.from({ length: trials }, () => {
    const trial = draw(graph, blocking, drawn);
    return { ...trial, finishMs: scheduler.run(priority, trial.durations).makespanMs };
  });
  return {
    trials,
    finishMs: quantiles(ends.map(({ finishMs }) => finishMs)),
    tokens: quantiles(ends.map(({ tokens }) => tokens)),
    workMs: quantiles(ends.map(({ durations }) => durations.reduce((sum, ms) => sum + ms, 0))),
    successShare: ends.filter(({ succeeded }) => succeeded).length / trials,
  };
}

interface Drawer {
  readonly duration: (node: TaskNode) => number;
  readonly fails: (node: TaskNode) => boolean;
  /** From 0 to 1, once a trial; always 1 where nothing stands in a loop. */
  readonly luck: (graph: TaskGraph) => number;
}

function drawer({ observed = {}, spread = 2 }: OutlookOptions, chance: () => number): Drawer {
  const width = Math.log(Math.max(1, spread));
  // Mean of e^x for x evenly between −width and width.
  const mean = width === 0 ? 1 : Math.sinh(width) / width;
  return {
    luck: ({ nodes }) => (nodes.some(({ rounds = 1 }) => rounds > 1) ? chance() : 1),
    duration: ({ id, ms, rounds = 1 }) => {
      const known = Object.hasOwn(observed, id) ? (observed[id] ?? []) : [];
      const drawn = chance();
      return Math.round(known[Math.floor(drawn * known.length)] ?? ((ms / rounds) * Math.exp(width * (2 * drawn - 1))) / mean);
    },
    fails: ({ failureRate = 0 }) => chance() < failureRate,
  };
}

function draw(graph: TaskGraph, blocking: readonly (readonly number[])[], drawn: Drawer) {
  const durations = new Float64Array(graph.nodes.length);
  const isLost = new Uint8Array(graph.nodes.length);
  let tokens = 0;
  // one luck for all: what stands in the same loop runs equally often
  const luck = drawn.luck(graph);
  for (const at of graph.order) {
    const node = graph.nodes[at] as TaskNode;
    if (blocking[at]?.some((other) => isLost[other] === 1)) {
      isLost[at] = 1;
      continue;
    }
    const attempts = 1 + (node.retries ?? 0);
    const { rounds = 1 } = node;
    const times = Math.floor(rounds) + (luck < rounds % 1 ? 1 : 0);
    let failed = false;
    for (let round = 0; !failed && round < times; round++) {
      failed = true;
      for (let attempt = 0; failed && attempt < attempts; attempt++) {
        durations[at] = (durations[at] as number) + drawn.duration(node);
        tokens += tokensOfAttempt(node);
        failed = drawn.fails(node);
      }
    }
    if (failed) isLost[at] = 1;
  }
  return { durations, tokens, succeeded: !isLost.includes(1) };
}

/** By task: those whose failure it does not survive. */
function blockingPredecessors(graph: TaskGraph): number[][] {
  const place = new Map(graph.nodes.map(({ id }, at) => [id, at]));
  const blocking: number[][] = graph.nodes.map(() => []);
  for (const { from, to, kind } of graph.edges) {
    if (kind !== 'soft') blocking[place.get(to) ?? -1]?.push(place.get(from) ?? -1);
  }
  return blocking;
}

/** By nearest rank: each is a value that came up. */
function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p90: at(0.9) };
}
