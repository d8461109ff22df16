/**
 * List scheduling: whenever something ends, the ready task of the highest priority that fits is started, and so on until nothing fits
 * (Graham 1966, with resource limits). What does not fit is passed over, so nothing that could run waits for something that cannot;
 * and a plan made this way is carried out by a ready queue in the same order, with whatever durations turn out to be true.
 */

import { tokenHoldMs } from '../definition/token-rate.ts';
import { EventQueue } from './event-queue.ts';
import { checkLimits, demandOn, type Limits, limitedResources } from './limits.ts';
import { ReadyByKind, ReadyInRow, type ReadyTasks } from './ready-tasks.ts';
import type { TaskGraph } from './task-graph.ts';

/** Sums of fractions of cores are not exact: what is over by less than this share of the limit fits. */
const TOLERANCE = 1e-9;

/** Up to this many kinds of demands are each looked at. */
const FEW_KINDS = 32;

/** One simulated execution. */
export interface Execution {
  /** By task (its place in the graph), ms. */
  readonly starts: Float64Array;
  readonly makespanMs: number;
}

/** Runs one graph within one set of limits, as often as asked; its arrays are reused from run to run. */
export class ListScheduler {
  /** By task, ms. */
  readonly durations: Float64Array;
  /** What a run costs, as a multiple of the same graph with nothing but places limited; roughly. */
  readonly cost: number;
  readonly #size: number;
  readonly #successors: readonly (readonly number[])[];
  readonly #waitsFor: Int32Array;
  readonly #open: Int32Array;
  readonly #limits: Float64Array;
  readonly #used: Float64Array;
  /** By kind of demand: how much of each limited resource. */
  readonly #needs: readonly Float64Array[];
  readonly #kindOf: Int32Array;
  readonly #ready: ReadyTasks;
  /** Which resource is counted per minute, or −1. */
  readonly #tokens: number;
  readonly #allTakePlaces: boolean;
  readonly #events: EventQueue;
  readonly #fits: (task: number) => boolean;

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
    const { needs, kindOf } = kindsOfDemand(
      graph,
      resources.map(({ name }) => name),
    );
    this.#needs = needs;
    this.#kindOf = kindOf;
    this.#allTakePlaces = needs.every(([place]) => place === 1);
    this.#ready = needs.length <= FEW_KINDS ? new ReadyByKind(kindOf) : new ReadyInRow(size);
    this.cost = 1 + Math.min(needs.length - 1, FEW_KINDS) / 2;
    this.#fits = (task) => this.#hasRoomFor(task);
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
      if (this.#open[at] === 0) this.#ready.add(priority[at] as number, at);
    }
    let now = 0;
    let makespanMs = 0;
    while (true) {
      for (let at = this.#start(); at >= 0; at = this.#start()) {
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

  /** Takes the first ready task that fits and what it needs; −1 when none does. */
  #start(): number {
    if (this.#allTakePlaces && (this.#used[0] as number) + 1 > (this.#limits[0] as number)) return -1;
    const at = this.#ready.take(this.#fits);
    if (at < 0) return at;
    const needs = this.#needsOf(at);
    for (let i = 0; i < needs.length; i++) this.#used[i] = (this.#used[i] as number) + (needs[i] as number);
    return at;
  }

  #hasRoomFor(task: number): boolean {
    const needs = this.#needsOf(task);
    for (let i = 0; i < needs.length; i++) {
      const need = needs[i] as number;
      if (need > 0 && (this.#used[i] as number) + need > (this.#limits[i] as number)) return false;
    }
    return true;
  }

  #needsOf(task: number): Float64Array {
    return this.#needs[this.#kindOf[task] as number] as Float64Array;
  }

  #holdsTokens(task: number): boolean {
    return this.#tokens >= 0 && (this.#needsOf(task)[this.#tokens] as number) > 0;
  }

  /** A task ends, or its tokens are free again. */
  #end(event: number, priority: ArrayLike<number>): void {
    const isTokens = event >= this.#size;
    const at = isTokens ? event - this.#size : event;
    const needs = this.#needsOf(at);
    for (let i = 0; i < needs.length; i++) {
      if ((i === this.#tokens) === isTokens) this.#used[i] = (this.#used[i] as number) - (needs[i] as number);
    }
    if (isTokens) return;
    for (const next of this.#successors[at] as readonly number[]) {
      const open = (this.#open[next] as number) - 1;
      this.#open[next] = open;
      if (open === 0) this.#ready.add(priority[next] as number, next);
    }
  }
}

/** The different demands, and by task which of them it has. */
function kindsOfDemand(graph: TaskGraph, resources: readonly string[]): { readonly needs: Float64Array[]; readonly kindOf: Int32Array } {
  const known = new Map<string, number>();
  const needs: Float64Array[] = [];
  const kindOf = Int32Array.from(graph.nodes, (node) => {
    const demands = Float64Array.from(resources, (name) => demandOn(name, node));
    const key = demands.join(' ');
    const kind = known.get(key) ?? needs.push(demands) - 1;
    known.set(key, kind);
    return kind;
  });
  return { needs, kindOf };
}
