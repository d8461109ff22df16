/** What tasks that may run at the same time could get in each other's way about. Reported, never an order: only edges order tasks. */
import { ReachedRows } from './reached-rows.ts';
import type { TaskGraph } from './task-graph.ts';

/** Something that several tasks touch, one of them changing it. */
export interface Conflict {
  readonly kind: 'key' | 'domain';
  readonly name: string;
  /** Ids of those who change it: writers of a key, members of a domain. */
  readonly changedBy: readonly string[];
  /** Those who only read it. */
  readonly readBy: readonly string[];
  /** Whether it is never to be touched by two at once. */
  readonly critical: boolean;
}

/** Something that tasks touch; tasks by place in the graph. */
export interface TouchedThing {
  readonly kind: Conflict['kind'];
  readonly name: string;
  readonly changedBy: readonly number[];
  readonly readBy: readonly number[];
}

/** Everything that some tasks touch, in the order in which they are met. */
export function thingsTouched(graph: TaskGraph, tasks: Iterable<number>): TouchedThing[] {
  const things = new Map<string, { kind: Conflict['kind']; name: string; changedBy: number[]; readBy: number[] }>();
  const touch = (kind: Conflict['kind'], name: string) => {
    const thing = things.get(`${kind} ${name}`) ?? { kind, name, changedBy: [], readBy: [] };
    things.set(`${kind} ${name}`, thing);
    return thing;
  };
  for (const at of tasks) {
    const { reads = [], writes = [], domains = [] } = graph.nodes[at] ?? {};
    const written = new Set(writes);
    for (const key of written) touch('key', key).changedBy.push(at);
    for (const key of new Set(reads)) if (!written.has(key)) touch('key', key).readBy.push(at);
    for (const domain of new Set(domains)) touch('domain', domain).changedBy.push(at);
  }
  return [...things.values()];
}

/** Of things, those that are contested, for people. */
export function conflictsOf(graph: TaskGraph, things: readonly TouchedThing[], critical: ReadonlySet<string>): Conflict[] {
  const idOf = (at: number) => graph.nodes[at]?.id ?? '';
  return things.flatMap(({ kind, name, changedBy, readBy }): Conflict[] =>
    changedBy.length > 0 && changedBy.length + readBy.length > 1
      ? [{ kind, name, changedBy: changedBy.map(idOf), readBy: readBy.map(idOf), critical: critical.has(name) }]
      : [],
  );
}

/**
 * All conflicts of a graph: of two tasks neither of which comes before the other, one changes what the other touches. Of each thing only
 * those are named that have such a counterpart. `criticalDomains`: names of domains, or keys, that must never be touched by two at once.
 */
export function independentConflicts(graph: TaskGraph, criticalDomains: readonly string[] = []): Conflict[] {
  const shared = thingsTouched(graph, graph.nodes.keys()).filter(
    ({ changedBy, readBy }) => changedBy.length > 0 && changedBy.length + readBy.length > 1,
  );
  const exposed = exposedUsers(graph, shared);
  const kept = shared.map((thing, i): TouchedThing => {
    const isExposed = (at: number) => exposed[i]?.has(at) === true;
    return { ...thing, changedBy: thing.changedBy.filter(isExposed), readBy: thing.readBy.filter(isExposed) };
  });
  return conflictsOf(graph, kept, new Set(criticalDomains));
}

interface User {
  readonly at: number;
  /** In the order of the graph. */
  readonly position: number;
  readonly changes: boolean;
}

/** By thing: its users that are not ordered before or after all others they could clash with. */
function exposedUsers(graph: TaskGraph, things: readonly TouchedThing[]): Set<number>[] {
  const exposed = things.map(() => new Set<number>());
  if (things.length === 0) return exposed;
  const { order, successors } = graph;
  const position = new Int32Array(order.length);
  order.forEach((at, i) => {
    position[at] = i;
  });
  const users = things.map(({ changedBy, readBy }) =>
    [...changedBy.map((at) => userOf(at, true)), ...readBy.map((at) => userOf(at, false))].sort((a, b) => a.position - b.position),
  );
  function userOf(at: number, changes: boolean): User {
    return { at, position: position[at] ?? 0, changes };
  }
  const reached = new ReachedRows(order.length);
  for (let from = 0; from < order.length; from += ReachedRows.window) {
    const to = Math.min(order.length, from + ReachedRows.window);
    reached.clear(from);
    for (let i = to - 1; i >= 0; i--) {
      for (const next of successors[order[i] as number] ?? []) {
        const target = position[next] as number;
        if (target < to) reached.addThrough(i, target);
      }
    }
    users.forEach((list, thing) => {
      const inWindow = (later: User) => later.position >= from && later.position < to;
      markExposed(list, exposed[thing] as Set<number>, inWindow, reached);
    });
  }
  return exposed;
}

/** `users`: in the order of the graph; pairs whose later one is `isDue` are looked at. */
function markExposed(users: readonly User[], exposed: Set<number>, isDue: (later: User) => boolean, reached: ReachedRows): void {
  for (const [i, later] of users.entries()) {
    if (!isDue(later)) continue;
    for (let j = 0; j < i; j++) {
      const earlier = users[j] as User;
      if (!(later.changes || earlier.changes) || reached.has(earlier.position, later.position)) continue;
      exposed.add(later.at);
      exposed.add(earlier.at);
    }
  }
}
