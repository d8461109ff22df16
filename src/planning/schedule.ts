/** When each task runs, within limits. */
import { upwardRank } from './graph-measures.ts';
import type { Limits } from './limits.ts';
import { type Execution, ListScheduler } from './list-scheduler.ts';
import { type LowerBound, lowerBound } from './lower-bound.ts';
import { improve } from './schedule-search.ts';
import type { TaskGraph } from './task-graph.ts';

/**
 * The order of the ready queue. `first_come`: as given. `longest_first`: by own duration. `upward_rank`: by the longest chain that
 * starts with the task. `improved`: upward rank, and then better ones, searched for; never longer than by upward rank.
 */
export type OrderRule = 'first_come' | 'longest_first' | 'upward_rank' | 'improved';

/** A graph laid out in time. */
export interface Schedule {
  readonly rule: OrderRule;
  /** By task (its place in the graph), ms after the start. */
  readonly startMs: readonly number[];
  readonly makespanMs: number;
  readonly bound: LowerBound;
  /**
   * By task: its priority; a ready queue that always starts the lowest that fits carries this schedule out, and keeps its order when
   * durations turn out otherwise.
   */
  readonly priority: readonly number[];
}

/** How hard to search. */
export interface ScheduleOptions {
  /** Default `improved`. */
  readonly rule?: OrderRule;
  /** Task starts that the search for an improvement may simulate in all; it is done in whole rounds. Default 1,000,000. */
  readonly effort?: number;
  /** Default 1. The same seed gives the same schedule. */
  readonly seed?: number;
  /** The bound of this graph within these limits, where it is known already. */
  readonly bound?: LowerBound;
}

/**
 * Schedules a graph within limits. The length is at least `bound.plainMs`, and at most all durations together where tokens are not
 * limited (waiting for tokens may leave every place empty).
 *
 * Throws TroupeError DEFINITION_INVALID when a limit makes no sense or a task needs more than there is.
 */
export function schedule(graph: TaskGraph, limits: Limits, options: ScheduleOptions = {}): Schedule {
  const { rule = 'improved', effort = 1_000_000, seed = 1 } = options;
  const scheduler = new ListScheduler(graph, limits);
  const bound = options.bound ?? lowerBound(graph, limits);
  const priority = priorityOf(graph, rule);
  const first = { priority, execution: scheduler.run(priority) };
  const best = rule === 'improved' ? improve(graph, limits, { first, goalMs: bound.sharpMs, effort, seed }) : first;
  const { starts, makespanMs } = best.execution;
  return { rule, startMs: [...starts], makespanMs, bound, priority: [...best.priority] };
}

function priorityOf(graph: TaskGraph, rule: OrderRule): Float64Array {
  if (rule === 'first_come') return Float64Array.from(graph.nodes, (_, at) => at);
  if (rule === 'longest_first') return Float64Array.from(graph.nodes, ({ ms }) => -ms);
  return Float64Array.from(upwardRank(graph), (rank) => -rank);
}

/**
 * Carries out a schedule with durations of its own: tasks start in the order of its priorities as room becomes free, and nobody knows
 * how long they take until they have ended. `durations`: by task, ms.
 */
export function execute(graph: TaskGraph, limits: Limits, priority: readonly number[], durations: readonly number[]): Execution {
  return new ListScheduler(graph, limits).run(priority, Float64Array.from(durations));
}
