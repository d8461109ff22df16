/**
 * List scheduling: whenever something ends, the ready task of the highest priority that fits is started, and so on until nothing fits
 * (Graham 1966, with resource limits). What does not fit is passed over, so nothing that could run waits for something that cannot;
 * and a plan made this way is carried out by a ready queue in the same order, with whatever durations turn out to be true.
 *
 * Tasks that need the same form a class with a queue of its own: only the first of each class is ever looked at, which keeps a start
 * at the cost of a heap however many are ready.
 */
import { EventQueue } from './event-queue.ts';
import { checkLimits, demandOn, type Limits, limitedResources, tokenHoldMs } from './limits.ts';
import type { TaskGraph } from './task-graph.ts';

/** Sums of fractions of cores are not exact: what is over by less than this share of the limit fits. */
const TOLERANCE = 1e-9;

/** One simulated execution. */
export interface Execution {
  /** By task (its place in the graph), ms. */
  readonly starts: Float64Array;
  readonly makespanMs: number;
}

/** Tasks that need the same of everything that is limited. */
interface DemandClass {
  readonly needs: Float64Array;
  readonly ready: EventQueue;
}

/** Runs one graph within one set of limits, as often as asked. Its arrays are reused: one at a time. */
export class ListScheduler {
  readonly #size: number;
  readonly #successors: readonly (readonly number[])[];
  readonly #waitsFor: Int32Array;
  readonly #open: Int32Array;
  readonly #limits: Float64Array;
  readonly #used: Float64Array;
  readonly #classes: DemandClass[] = [];
  readonly #classOf: Int32Array;
  /** Which resource is counted per minute, or −1. */
  readonly #tokens: number;
  readonly #events: EventQueue;
  readonly durations: Float64Array;

  /** `backwards`: every edge turned round. Throws TroupeError DEFINITION_INVALID for limits no schedule can keep. */
  constructor(graph: TaskGraph, limits: Limits, backwards = false) {
    checkLimits(graph, limits);
    const size = graph.nodes.length;
    const resources = limitedResources(limits);
    this.#size = size;
    this.#successors = backwards ? graph.predecessors : graph.successors;
    this.#waitsFor = Int32Array.from(backwards ? graph.successors : graph.predecessors, ({ length }) => length);
    this.#open = new Int32Array(size);
    this.#limits = Float64Array.from(resources, ({ limit }) => limit * (1 + TOLERANCE));
    this.#used = new Float64Array(resources.length);
    this.#tokens = resources.findIndex(({ name }) => name === 'tokensPerMinute');
    this.#events = new EventQueue(2 * size);
    this.durations = Float64Array.from(graph.nodes, ({ ms }) => ms);
    this.#classOf = new Int32Array(size);
    this.#sortIntoClasses(
      graph,
      resources.map(({ name }) => name),
    );
  }

  /**
   * Executes the graph: of the ready tasks that fit, the one with the lowest `priority` starts first, at equal priority the one given
   * first. `durations`, ms: the true ones, where they are not those of the graph.
   */
  run(priority: ArrayLike<number>, durations: Float64Array = this.durations): Execution {
    this.#open.set(this.#waitsFor);
    this.#used.fill(0);
    const starts = new Float64Array(this.#size);
    for (let at = 0; at < this.#size; at++) {
      if (this.#open[at] === 0) this.#enqueue(at, priority);
    }
    let now = 0;
    let makespanMs = 0;
    while (true) {
      for (let at = this.#takeReady(); at >= 0; at = this.#takeReady()) {
        starts[at] = now;
        const ms = durations[at] as number;
        makespanMs = Math.max(makespanMs, now + ms);
        this.#events.push(now + ms, at);
        if (this.#holdsTokens(at)) this.#events.push(now + tokenHoldMs(ms), this.#size + at);
      }
      if (this.#events.size === 0) return { starts, makespanMs };
      now = this.#events.nextAt;
      while (this.#events.nextAt === now) this.#end(this.#events.pop(), priority);
    }
  }

  #sortIntoClasses(graph: TaskGraph, resources: readonly string[]): void {
    const known = new Map<string, number>();
    const sizes: number[] = [];
    const needsOf: Float64Array[] = [];
    graph.nodes.forEach((node, at) => {
      const needs = Float64Array.from(resources, (name) => demandOn(name, node));
      const key = needs.join(' ');
      const number = known.get(key) ?? known.size;
      known.set(key, number);
      needsOf[number] ??= needs;
      sizes[number] = (sizes[number] ?? 0) + 1;
      this.#classOf[at] = number;
    });
    needsOf.forEach((needs, number) => {
      this.#classes.push({ needs, ready: new EventQueue(sizes[number] ?? 0) });
    });
  }

  #enqueue(at: number, priority: ArrayLike<number>): void {
    this.#classOfTask(at).ready.push(priority[at] as number, at);
  }

  #classOfTask(at: number): DemandClass {
    return this.#classes[this.#classOf[at] as number] as DemandClass;
  }

  #holdsTokens(at: number): boolean {
    return this.#tokens >= 0 && (this.#classOfTask(at).needs[this.#tokens] as number) > 0;
  }

  /** Takes the first ready task that fits and what it needs; −1 when none does. */
  #takeReady(): number {
    let best: DemandClass | null = null;
    for (const each of this.#classes) {
      const { ready } = each;
      if (ready.size === 0 || !this.#fits(each.needs)) continue;
      if (best === null || ready.nextAt < best.ready.nextAt || (ready.nextAt === best.ready.nextAt && ready.next < best.ready.next))
        best = each;
    }
    if (best === null) return -1;
    const { needs } = best;
    for (let i = 0; i < needs.length; i++) this.#used[i] = (this.#used[i] as number) + (needs[i] as number);
    return best.ready.pop();
  }

  #fits(needs: Float64Array): boolean {
    for (let i = 0; i < needs.length; i++) {
      const need = needs[i] as number;
      if (need > 0 && (this.#used[i] as number) + need > (this.#limits[i] as number)) return false;
    }
    return true;
  }

  /** A task ends, or its tokens are free again. */
  #end(event: number, priority: ArrayLike<number>): void {
    const at = event < this.#size ? event : event - this.#size;
    const { needs } = this.#classOfTask(at);
    for (let i = 0; i < needs.length; i++) {
      if ((i === this.#tokens) === event >= this.#size) this.#used[i] = (this.#used[i] as number) - (needs[i] as number);
    }
    if (event >= this.#size) return;
    for (const next of this.#successors[at] as readonly number[]) {
      const open = (this.#open[next] as number) - 1;
      this.#open[next] = open;
      if (open === 0) this.#enqueue(next, priority);
    }
  }
}
