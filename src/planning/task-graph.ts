/**
 * The graph that plans are made on: tasks with what is expected of them, and edges that order them. It knows nothing of groups,
 * dialects or conditions, so that it serves workflows and recorded graphs alike. Neighbours are kept by number, in both directions.
 */
import { circles, shortestCircle } from '../definition/circles.ts';
import { TroupeError } from '../protocol/errors.ts';

/** What a task needs while it runs. Everything that is absent is not needed. */
export interface Demands {
  readonly memoryMb?: number;
  /** Cores. */
  readonly cpu?: number;
  /** Shares of whatever the limit on input and output counts. */
  readonly io?: number;
  /** API tokens that one attempt is expected to use, in all. */
  readonly tokens?: number;
  /** One of each while it runs. */
  readonly capabilities?: readonly string[];
  /** Blocks with a limit on their members at work at once, by path. */
  readonly blocks?: readonly string[];
}

/** A task as plans see it. */
export interface TaskNode {
  readonly id: string;
  /** How long one attempt is expected to take, ms, in all rounds together; kept as a whole number. */
  readonly ms: number;
  /** How often it is expected to run in one run, from 1, because it stands in a loop. Default 1. */
  readonly rounds?: number;
  readonly demands?: Demands;
  /** What one attempt counts for in budgets where nothing is known of the tokens that it demands. Default 0. */
  readonly attemptTokens?: number;
  /** The share of attempts that fail, 0 up to (not including) 1. Default 0. */
  readonly failureRate?: number;
  /** Attempts after the first. Default 0. */
  readonly retries?: number;
  /** Keys of the shared context it reads and writes. */
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** How it is declared that a conflict over what it writes is settled: by rule and reruns, or by whoever merges under guidance. */
  readonly settled?: 'merged' | 'guided';
  /** What it touches besides, by name: `database-schema`. Two tasks of one domain may get in each other's way. */
  readonly domains?: readonly string[];
  /** false: only coordinates or waits for a person, and takes no place. Default true. */
  readonly takesPlace?: boolean;
  /** No task of its own: ties a block to what comes before it, or to what comes after it. Takes no place. */
  readonly joint?: 'before' | 'after';
}

/**
 * Why one task waits for another. `hard`: the other must have ended well. `soft`: order only, its failure blocks nothing.
 * `conditional`: counts only when the other runs at all; when it is skipped nobody waits for it.
 */
export type EdgeKind = 'hard' | 'soft' | 'conditional';

/** `to` starts after `from` has ended. */
export interface TaskEdge {
  readonly from: string;
  readonly to: string;
  /** Default hard. */
  readonly kind?: EdgeKind;
  /** Names of data that `to` takes from `from`. */
  readonly data?: readonly string[];
}

/** Tasks and their order, without circles. Neighbours are numbers: places in `nodes`. */
export interface TaskGraph {
  readonly nodes: readonly TaskNode[];
  /** Each pair of tasks once. */
  readonly edges: readonly Required<TaskEdge>[];
  readonly predecessors: readonly (readonly number[])[];
  readonly successors: readonly (readonly number[])[];
  /** Every task after its predecessors; what waits for nothing comes first, in the order given. */
  readonly order: readonly number[];
}

const STRENGTH = { soft: 0, conditional: 1, hard: 2 } as const;

/**
 * Builds a graph. Edges given twice become one, of the strongest kind, with the data of both.
 *
 * Throws TroupeError DEFINITION_INVALID for an id given twice, an edge to an unknown task, a negative or unknown duration, a failure
 * rate outside 0..1, and a circle (the message names its path).
 */
export function taskGraph(given: readonly TaskNode[], edges: readonly TaskEdge[]): TaskGraph {
  const place = new Map<string, number>();
  const nodes = given.map((node, at) => {
    if (place.has(node.id)) throw invalid(`two tasks have the id ${node.id}`, 'Give each task an id of its own.');
    place.set(node.id, at);
    return checked(node);
  });
  const placeOf = (id: string, edge: TaskEdge): number => {
    const at = place.get(id);
    if (at === undefined)
      throw invalid(`${edge.to} waits for ${edge.from}, but there is no task ${id}`, 'Check the id for a typing mistake.');
    return at;
  };
  const merged = new Map<string, Required<TaskEdge>>();
  const predecessors: number[][] = nodes.map(() => []);
  const successors: number[][] = nodes.map(() => []);
  for (const edge of edges) {
    const from = placeOf(edge.from, edge);
    const to = placeOf(edge.to, edge);
    const key = `${from} ${to}`;
    const twin = merged.get(key);
    merged.set(key, joined(edge, twin));
    if (twin !== undefined) continue;
    predecessors[to]?.push(from);
    successors[from]?.push(to);
  }
  const order = startOrder(predecessors, successors);
  if (order.length < nodes.length) {
    const path = shortestCircle(successors, circles(successors)[0] ?? new Set([0])).map((at) => nodes[at]?.id);
    throw invalid(`these tasks wait for each other in a circle: ${path.join(' → ')}`, 'Remove one of these dependencies.');
  }
  return { nodes, edges: [...merged.values()], predecessors, successors, order };
}

const invalid = (message: string, hint: string): TroupeError => new TroupeError('DEFINITION_INVALID', message, { hint });

function checked(node: TaskNode): TaskNode {
  const { id, ms, failureRate = 0 } = node;
  if (!(ms >= 0 && Number.isFinite(ms))) throw invalid(`task ${id} is expected to take ${ms} ms`, 'A duration is zero or more.');
  if (!(failureRate >= 0 && failureRate < 1))
    throw invalid(`task ${id} has the failure rate ${failureRate}`, 'A rate is from 0 to below 1.');
  return { ...node, ms: Math.round(ms) };
}

function joined(edge: TaskEdge, twin: Required<TaskEdge> | undefined): Required<TaskEdge> {
  const { from, to, kind = 'hard', data = [] } = edge;
  if (twin === undefined) return { from, to, kind, data };
  return { from, to, kind: STRENGTH[kind] > STRENGTH[twin.kind] ? kind : twin.kind, data: [...new Set([...twin.data, ...data])] };
}

/** Breadth first, from what waits for nothing; shorter than the graph when there is a circle. */
function startOrder(predecessors: readonly (readonly number[])[], successors: readonly (readonly number[])[]): number[] {
  const open = predecessors.map(({ length }) => length);
  const order = open.flatMap((count, at) => (count === 0 ? [at] : []));
  for (const at of order) {
    for (const next of successors[at] ?? []) {
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) order.push(next);
    }
  }
  return order;
}
