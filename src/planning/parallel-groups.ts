/**
 * Which tasks can run side by side, found from the order of the graph: tasks of one level never wait for each other, whatever their
 * dependencies. Of a level, those belong together that share something: a dependency, what comes after them, or things they touch. Each
 * group says how its members could get in each other's way and how that would be settled.
 */
import { type ConflictStrategy, conflictStrategy, mergeComplexity } from '../policy/conflict-strategy.ts';
import { type Conflict, conflictsOf, thingsTouched } from './conflicts.ts';
import { levels, upwardRank } from './graph-measures.ts';
import type { TaskGraph } from './task-graph.ts';

/** How the results of a group become one. `disjoint`: nothing to decide; `union`: per key and type; `ordered`: one after the other. */
export type MergeStrategy = 'disjoint' | 'union' | 'guided' | 'reviewed' | 'ordered';

/** Tasks that can run side by side. Ids of tasks everywhere. */
export interface ParallelGroup {
  /** `parallel-1` and so on, in the order in which groups can start. */
  readonly id: string;
  readonly members: readonly string[];
  /** What every member waits for. */
  readonly sharedDependencies: readonly string[];
  /** How long the longest member takes, ms; with a sequential fallback, all of them together. */
  readonly estimatedMs: number;
  /** All members together, ms. */
  readonly workMs: number;
  readonly conflicts: readonly Conflict[];
  readonly complexity: number;
  readonly strategy: ConflictStrategy;
  readonly merge: MergeStrategy;
}

const MERGES: Readonly<Record<ConflictStrategy['kind'], MergeStrategy>> = {
  none: 'disjoint',
  automatic_merge: 'union',
  guided_merge: 'guided',
  human_review: 'reviewed',
  sequential_fallback: 'ordered',
};

/**
 * The groups of a graph; only those of two or more, joints left out. `criticalDomains`: names of domains, or keys, that must never be
 * touched by two at once. Costs no more than sorting the tasks and what they touch.
 */
export function parallelGroups(graph: TaskGraph, criticalDomains: readonly string[] = []): ParallelGroup[] {
  const critical = new Set(criticalDomains);
  const rank = upwardRank(graph);
  const found = levels(graph).flatMap((level) =>
    related(
      graph,
      level.filter((at) => graph.nodes[at]?.takesPlace !== false),
    ),
  );
  return found
    .filter((members) => members.length > 1)
    .map((members, i) => describe(graph, `parallel-${i + 1}`, members, { critical, rank }));
}

/** Splits a level into tasks that share a dependency, a dependent or a thing, directly or by way of others. */
function related(graph: TaskGraph, level: readonly number[]): number[][] {
  const leader = new Map(level.map((at) => [at, at]));
  const leaderOf = (at: number): number => {
    let root = at;
    while (leader.get(root) !== root) {
      const above = leader.get(root) ?? root;
      leader.set(root, leader.get(above) ?? above);
      root = leader.get(root) ?? root;
    }
    return root;
  };
  const firstWith = new Map<string, number>();
  const none = (list: readonly number[], name: string) => (list.length === 0 ? [name] : list.map((other) => `${name} ${other}`));
  for (const at of level) {
    const { reads = [], writes = [], domains = [] } = graph.nodes[at] ?? {};
    const ties = [
      ...none(past(graph, graph.predecessors[at] ?? [], 'before'), 'before'),
      ...past(graph, graph.successors[at] ?? [], 'after').map((other) => `after ${other}`),
      ...[...reads, ...writes].map((key) => `key ${key}`),
      ...domains.map((domain) => `domain ${domain}`),
    ];
    for (const tie of ties) {
      const first = firstWith.get(tie);
      if (first === undefined) firstWith.set(tie, at);
      else leader.set(leaderOf(at), leaderOf(first));
    }
  }
  const groups = new Map<number, number[]>();
  for (const at of level) {
    const group = groups.get(leaderOf(at));
    if (group === undefined) groups.set(leaderOf(at), [at]);
    else group.push(at);
  }
  return [...groups.values()];
}

/**
 * Neighbours, with the one task before a block in place of the joint before it, and likewise after it: what stands beside a block begins
 * with its members. Joints that tie several to several stay, so that this is not their product.
 */
function past(graph: TaskGraph, neighbours: readonly number[], side: 'before' | 'after'): number[] {
  return neighbours.map((neighbour) => {
    let at = neighbour;
    while (graph.nodes[at]?.joint === side) {
      const [next, ...others] = (side === 'before' ? graph.predecessors[at] : graph.successors[at]) ?? [];
      if (next === undefined || others.length > 0) break;
      at = next;
    }
    return at;
  });
}

interface Yardsticks {
  readonly critical: ReadonlySet<string>;
  readonly rank: readonly number[];
}

function describe(graph: TaskGraph, id: string, members: readonly number[], { critical, rank }: Yardsticks): ParallelGroup {
  const idOf = (at: number) => graph.nodes[at]?.id ?? '';
  const durations = members.map((at) => graph.nodes[at]?.ms ?? 0);
  const workMs = durations.reduce((sum, ms) => sum + ms, 0);
  const things = thingsTouched(graph, members);
  const conflicts = conflictsOf(graph, things, critical);
  const contenders = new Set(conflicts.flatMap(({ changedBy, readBy }) => [...changedBy, ...readBy]));
  const complexity = mergeComplexity({
    touched: things.length,
    contested: conflicts.length,
    members: members.length,
    contenders: contenders.size,
  });
  const strategy = conflictStrategy({
    contested: conflicts.map(({ name }) => name),
    critical: conflicts.filter((conflict) => conflict.critical).map(({ name }) => name),
    complexity,
    declared: declaredFor(graph, members),
    // Longest chain first: whatever comes after the group is held up least.
    order: members.toSorted((a, b) => (rank[b] ?? 0) - (rank[a] ?? 0) || a - b).map(idOf),
  });
  const [first = -1, ...others] = members;
  const waited = others.map((at) => new Set(graph.predecessors[at]));
  return {
    id,
    members: members.map(idOf),
    sharedDependencies: (graph.predecessors[first] ?? []).filter((at) => waited.every((set) => set.has(at))).map(idOf),
    estimatedMs: strategy.kind === 'sequential_fallback' ? workMs : durations.reduce((most, ms) => Math.max(most, ms), 0),
    workMs,
    conflicts,
    complexity,
    strategy,
    merge: MERGES[strategy.kind],
  };
}

/** How conflicts are settled, where all members that write are declared to be; the gentlest that one of them asks for. */
function declaredFor(graph: TaskGraph, members: readonly number[]): 'merged' | 'guided' | null {
  const writers = members.flatMap((at) => {
    const node = graph.nodes[at];
    return node?.writes === undefined || node.writes.length === 0 ? [] : [node.settled];
  });
  if (writers.length === 0 || writers.includes(undefined)) return null;
  return writers.includes('guided') ? 'guided' : 'merged';
}
