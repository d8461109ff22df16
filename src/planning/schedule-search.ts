/**
 * The search for a better order. Every candidate is an order of the ready queue and every candidate is simulated, so whatever comes
 * out is a schedule that a ready queue carries out; the best seen is kept, so nothing gets worse than what it began with.
 *
 * 1. There and back: the schedule is scheduled backwards in the order of its ends and forwards again in the order of the starts of
 *    that, as long as it gets shorter (forward–backward improvement: Li and Willis 1992; Tormos and Lova 2001).
 * 2. From orders that see what upward rank does not: the backward schedule by the way already come, and ranks that add what a task
 *    has waiting behind it.
 * 3. Seeded variations, each taken there and back: ranks shaken by up to a half, and the best schedule with a few tasks moved.
 *
 * Ends when the goal is reached, which proves the schedule the best there is, or when the effort is spent.
 */
import { earliestStart, upwardRank } from './graph-measures.ts';
import type { Limits } from './limits.ts';
import { type Execution, ListScheduler } from './list-scheduler.ts';
import { seededChances } from './seeded-chance.ts';
import type { TaskGraph } from './task-graph.ts';

/** An order and what comes of it. */
export interface Candidate {
  readonly priority: Float64Array;
  readonly execution: Execution;
}

/** From where, to where, and how far to go. */
export interface Search {
  readonly first: Candidate;
  /** A length that cannot be undercut, ms. */
  readonly goalMs: number;
  /** Task starts to simulate, with nothing but places limited; fewer where looking for what fits costs more. */
  readonly effort: number;
  readonly seed: number;
}

/** Turns there and back for one candidate, at most. */
const TURNS = 8;

/** The best candidate found; the first one where nothing is better. */
export function improve(graph: TaskGraph, limits: Limits, search: Search): Candidate {
  return new ScheduleSearch(graph, limits, search).run();
}

class ScheduleSearch {
  readonly #forwards: ListScheduler;
  readonly #backwards: ListScheduler;
  readonly #graph: TaskGraph;
  readonly #search: Search;
  readonly #chance: () => number;
  readonly #rank: readonly number[];
  #best: Candidate;
  #runs: number;

  constructor(graph: TaskGraph, limits: Limits, search: Search) {
    this.#graph = graph;
    this.#search = search;
    this.#forwards = new ListScheduler(graph, limits);
    this.#backwards = new ListScheduler(graph, limits, true);
    this.#chance = seededChances(search.seed);
    this.#rank = upwardRank(graph);
    this.#best = search.first;
    this.#runs = Math.max(20, Math.floor(search.effort / Math.max(1, graph.nodes.length * this.#forwards.cost)));
  }

  run(): Candidate {
    this.#thereAndBack(this.#best.priority);
    const { nodes } = this.#graph;
    const ends = earliestStart(this.#graph).map((start, at) => -(start + (nodes[at]?.ms ?? 0)));
    this.#forwardsFrom(this.#backwards.run(ends));
    for (const share of [0.5, 1]) {
      const behind = this.#behind();
      this.#thereAndBack(Float64Array.from(this.#rank, (rank, at) => -(rank + share * (behind[at] as number))));
    }
    this.#thereAndBack(Float64Array.from(nodes, (_, at) => at));
    for (let round = 0; this.#isWorthwhile(); round++) this.#thereAndBack(round % 2 === 0 ? this.#shaken() : this.#moved());
    return this.#best;
  }

  #isWorthwhile(): boolean {
    return this.#runs > 0 && this.#best.execution.makespanMs > this.#search.goalMs;
  }

  /** Simulates an order, then goes back and forth from it while that helps. */
  #thereAndBack(priority: Float64Array): void {
    let execution = this.#try(priority);
    for (let turn = 0; turn < TURNS && this.#isWorthwhile(); turn++) {
      const before = execution.makespanMs;
      this.#runs -= 1;
      execution = this.#forwardsFrom(this.#backwards.run(this.#byEnd(execution)));
      if (execution.makespanMs >= before) return;
    }
  }

  /** What ends last backwards starts first. */
  #forwardsFrom(backwards: Execution): Execution {
    return this.#try(this.#byEnd(backwards));
  }

  #byEnd({ starts }: Execution): Float64Array {
    return starts.map((start, at) => -(start + (this.#graph.nodes[at]?.ms ?? 0)));
  }

  #try(priority: Float64Array): Execution {
    this.#runs -= 1;
    const execution = this.#forwards.run(priority);
    if (execution.makespanMs < this.#best.execution.makespanMs) this.#best = { priority, execution };
    return execution;
  }

  /** By task: the work directly behind it. */
  #behind(): Float64Array {
    return Float64Array.from(this.#graph.successors, (next) => next.reduce((sum, at) => sum + (this.#graph.nodes[at]?.ms ?? 0), 0));
  }

  #shaken(): Float64Array {
    const width = this.#chance();
    return Float64Array.from(this.#rank, (rank) => -rank * (1 + width * (this.#chance() - 0.5)));
  }

  #moved(): Float64Array {
    const { starts, makespanMs } = this.#best.execution;
    const priority = starts.slice();
    const moves = 1 + Math.floor(this.#chance() * 4);
    for (let i = 0; i < moves; i++) {
      const at = Math.floor(this.#chance() * priority.length);
      priority[at] = (priority[at] as number) + makespanMs * (this.#chance() - 0.5);
    }
    return priority;
  }
}
