/** What a schedule asks of the world beside time. */
import { tokenHoldMs } from '../definition/token-rate.ts';
import { demandOn, type Limits, limitedResources } from './limits.ts';
import type { TaskGraph } from './task-graph.ts';

/** The most of a resource that is ever used at once. */
export interface Peak {
  /** As in the limits: `places`, `memoryMb`, `cpu`, `io`, `tokensPerMinute`, `capability x`. */
  readonly resource: string;
  readonly peak: number;
  readonly limit: number;
}

/** The peak of every limited resource, places first. `startMs`: by task. */
export function peaks(graph: TaskGraph, limits: Limits, startMs: readonly number[]): Peak[] {
  return limitedResources(limits).map(({ name, limit }) => {
    const changes = graph.nodes.flatMap((node, at) => {
      const amount = demandOn(name, node);
      const start = startMs[at] ?? 0;
      const heldMs = name === 'tokensPerMinute' ? tokenHoldMs(node.ms) : node.ms;
      return amount === 0 || heldMs === 0
        ? []
        : [
            { at: start, amount },
            { at: start + heldMs, amount: -amount },
          ];
    });
    let used = 0;
    let peak = 0;
    // What ends makes room before what starts takes it.
    for (const { amount } of changes.sort((a, b) => a.at - b.at || a.amount - b.amount)) {
      used += amount;
      peak = Math.max(peak, used);
    }
    return { resource: name, peak, limit };
  });
}

/**
 * Of the tasks that touch what others touch too (one of them writing it, or all of one domain): the share that runs at the same time as
 * such another. 0 where nothing is shared.
 */
export function clashShare(graph: TaskGraph, startMs: readonly number[]): number {
  const shared = sharedThings(graph);
  const candidates = new Set(shared.flatMap((users) => users.map(({ task }) => task)));
  const clashing = new Set<number>();
  for (const users of shared) {
    const spans = users.map(({ task, writes }) => ({
      task,
      writes,
      from: startMs[task] ?? 0,
      to: (startMs[task] ?? 0) + (graph.nodes[task]?.ms ?? 0),
    }));
    markOverlaps(spans, clashing);
    // The same from the end, what begins together in the opposite order: marks the earlier one of each pair.
    markOverlaps(
      spans.toReversed().map(({ from, to, ...rest }) => ({ ...rest, from: -to, to: -from })),
      clashing,
    );
  }
  return candidates.size === 0 ? 0 : clashing.size / candidates.size;
}

interface Use {
  readonly task: number;
  readonly writes: boolean;
}

/** Who uses each thing that several use and at least one changes. */
function sharedThings(graph: TaskGraph): Use[][] {
  const users = new Map<string, Map<number, boolean>>();
  const add = (thing: string, task: number, writes: boolean) => {
    const found = users.get(thing) ?? new Map<number, boolean>();
    users.set(thing, found.set(task, writes || found.get(task) === true));
  };
  graph.nodes.forEach(({ ms, reads = [], writes = [], domains = [], settled }, task) => {
    // What takes no time runs beside nothing.
    if (ms === 0) return;
    for (const key of reads) add(`key ${key}`, task, false);
    // What is declared to be settled costs a merge, not quality.
    for (const key of writes) add(`key ${key}`, task, settled === undefined);
    for (const domain of domains) add(`domain ${domain}`, task, true);
  });
  return [...users.values()].flatMap((found) => {
    const uses = [...found].map(([task, writes]) => ({ task, writes }));
    return uses.length > 1 && uses.some(({ writes }) => writes) ? [uses] : [];
  });
}

interface Span extends Use {
  readonly from: number;
  readonly to: number;
}

/** Adds every task that starts while another one runs that it clashes with; of those that start together all but the first given. */
function markOverlaps(spans: readonly Span[], clashing: Set<number>): void {
  let lastEnd = Number.NEGATIVE_INFINITY;
  let lastWrite = Number.NEGATIVE_INFINITY;
  for (const { task, writes, from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (from < (writes ? lastEnd : lastWrite)) clashing.add(task);
    lastEnd = Math.max(lastEnd, to);
    if (writes) lastWrite = Math.max(lastWrite, to);
  }
}

/**
 * The share of all work that is expected to be lost: each task fails at its end with its failure rate and takes with it what has been
 * done by then of everything that runs beside it. At most 1.
 */
export function lossShare(graph: TaskGraph, startMs: readonly number[]): number {
  const work = graph.nodes.reduce((sum, { ms }) => sum + ms, 0);
  if (work === 0) return 0;
  const byStart = startMs.map((_, at) => at).sort((a, b) => (startMs[a] ?? 0) - (startMs[b] ?? 0));
  const end = (at: number) => (startMs[at] ?? 0) + (graph.nodes[at]?.ms ?? 0);
  const byEnd = byStart.toSorted((a, b) => end(a) - end(b));
  let running = 0;
  let startsOfRunning = 0;
  let next = 0;
  let lost = 0;
  for (const at of byEnd) {
    const now = end(at);
    for (let other = byStart[next]; other !== undefined && (startMs[other] ?? 0) <= now; other = byStart[++next]) {
      running += 1;
      startsOfRunning += startMs[other] ?? 0;
    }
    lost += (graph.nodes[at]?.failureRate ?? 0) * (running * now - startsOfRunning);
    running -= 1;
    startsOfRunning -= startMs[at] ?? 0;
  }
  return Math.min(1, lost / work);
}
