/** What would make a plan better. */
import { criticalPath, timing, upwardRank } from './graph-measures.ts';
import { type Limits, limitedResources } from './limits.ts';
import { ListScheduler } from './list-scheduler.ts';
import type { ScheduleOption } from './schedule-options.ts';
import type { TaskGraph } from './task-graph.ts';
import { transitiveReduction } from './transitive-reduction.ts';

/**
 * One thing to change. `shorten_task`: the task on the critical path that weighs most; `raise_limit`: what holds tasks up;
 * `spare_dependency`: an edge that others already imply.
 */
export interface Opportunity {
  readonly kind: 'shorten_task' | 'raise_limit' | 'spare_dependency';
  /** A task, a resource, or `from → to`. */
  readonly subject: string;
  /** For people. */
  readonly advice: string;
  /** How much earlier the plan would end, ms, as far as upward rank finds. */
  readonly savesMs: number;
}

/** Edges named at most: a graph with thousands of spare ones needs no list of them. */
const MOST_EDGES = 10;

/** Finds what would help, what saves most first. */
export function opportunities(graph: TaskGraph, limits: Limits, chosen: ScheduleOption): Opportunity[] {
  const { makespanMs } = chosen.schedule;
  const saved = (other: TaskGraph, within: Limits) => {
    const byRank = upwardRank(other).map((rank) => -rank);
    return makespanMs - new ListScheduler(other, within).run(byRank).makespanMs;
  };
  return [...raisedLimits(graph, limits, saved), ...shorterTask(graph, limits, saved), ...spareEdges(graph)].sort(
    (a, b) => b.savesMs - a.savesMs,
  );
}

type Saved = (graph: TaskGraph, limits: Limits) => number;

function raisedLimits(graph: TaskGraph, limits: Limits, saved: Saved): Opportunity[] {
  return limitedResources(limits).flatMap(({ name, limit }): Opportunity[] => {
    if (limit === Number.POSITIVE_INFINITY) return [];
    const savesMs = saved(graph, doubled(limits, name));
    return savesMs > 0
      ? [{ kind: 'raise_limit', subject: name, advice: `${2 * limit} instead of ${limit} ${wording(name)} would end it sooner`, savesMs }]
      : [];
  });
}

const WORDINGS: Readonly<Record<string, string>> = {
  places: 'tasks at once',
  memoryMb: 'MB of memory',
  cpu: 'cores',
  io: 'shares of input and output',
  tokensPerMinute: 'tokens a minute',
};

function wording(name: string): string {
  if (name.startsWith('block ')) return `members of ${name.slice('block '.length)} at once`;
  return WORDINGS[name] ?? `with the ${name}`;
}

function doubled(limits: Limits, name: string): Limits {
  for (const [prefix, kind] of [['capability ', 'capabilities'] as const, ['block ', 'blocks'] as const]) {
    if (!name.startsWith(prefix)) continue;
    const member = name.slice(prefix.length);
    return { ...limits, [kind]: { ...limits[kind], [member]: 2 * (limits[kind]?.[member] ?? 0) } };
  }
  return { ...limits, [name]: 2 * (limits[name as 'places'] ?? 0) };
}

function shorterTask(graph: TaskGraph, limits: Limits, saved: Saved): Opportunity[] {
  const msOf = (at: number) => graph.nodes[at]?.ms ?? 0;
  const longest = criticalPath(graph).reduce((most, at) => (msOf(at) > msOf(most) ? at : most), criticalPath(graph)[0] ?? -1);
  const node = graph.nodes[longest];
  if (node === undefined || node.ms === 0) return [];
  const halved = { ...graph, nodes: graph.nodes.map((each) => (each === node ? { ...each, ms: Math.ceil(each.ms / 2) } : each)) };
  const share = Math.round((100 * node.ms) / timing(graph).criticalMs);
  const advice = `${node.id} is ${share} % of the critical path: split it, or make it faster; at half its time the whole ends sooner`;
  const savesMs = saved(halved, limits);
  return savesMs > 0 ? [{ kind: 'shorten_task', subject: node.id, advice, savesMs }] : [];
}

function spareEdges(graph: TaskGraph): Opportunity[] {
  const place = new Map(graph.nodes.map(({ id }, at) => [id, at]));
  const placeOf = (id: string) => place.get(id) ?? -1;
  // A path with softer edges in it does not say what a hard edge says.
  const hard = graph.edges.filter(({ kind }) => kind === 'hard');
  const successors: number[][] = graph.nodes.map(() => []);
  for (const { from, to } of hard) successors[placeOf(from)]?.push(placeOf(to));
  const kept = transitiveReduction({ ...graph, successors }).map((next) => new Set(next));
  // An edge that carries data says more than order.
  const spare = hard.filter(({ from, to, data }) => data.length === 0 && kept[placeOf(from)]?.has(placeOf(to)) === false);
  return spare.slice(0, MOST_EDGES).map(({ from, to }) => ({
    kind: 'spare_dependency',
    subject: `${from} → ${to}`,
    advice: `${to} waits for ${from} anyway, by way of others`,
    savesMs: 0,
  }));
}
