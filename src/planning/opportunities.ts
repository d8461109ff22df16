/** What would make a plan better. */
import type { Conflict } from './conflicts.ts';
import { criticalPath, timing, upwardRank } from './graph-measures.ts';
import { type Limits, limitedResources } from './limits.ts';
import { ListScheduler } from './list-scheduler.ts';
import type { ScheduleOption } from './schedule-options.ts';
import type { TaskGraph } from './task-graph.ts';
import { transitiveReduction } from './transitive-reduction.ts';

/**
 * One thing to change. `shorten_task`: the task on the critical path that weighs most; `raise_limit`: what holds tasks up;
 * `share_less`: what several touch, where a faster way was not taken for that; `spare_dependency`: an edge that others already imply.
 */
export interface Opportunity {
  readonly kind: 'shorten_task' | 'raise_limit' | 'share_less' | 'spare_dependency';
  /** A task, a resource, names of what is shared, or `from → to`. */
  readonly subject: string;
  /** For people. */
  readonly advice: string;
  /** How much earlier the plan would end, ms, as far as upward rank finds. */
  readonly savesMs: number;
}

/** Edges named at most: a graph with thousands of spare ones needs no list of them. */
const MOST_EDGES = 10;

/** What was weighed, and what could collide. */
export interface Weighed {
  readonly chosen: ScheduleOption;
  readonly rejected: readonly ScheduleOption[];
  readonly conflicts: readonly Conflict[];
}

/** Finds what would help, what saves most first. Savings of limits and durations are against the fastest way within the limits as they are. */
export function opportunities(graph: TaskGraph, limits: Limits, weighed: Weighed): Opportunity[] {
  const byRank = (other: TaskGraph, within: Limits) =>
    new ListScheduler(other, within).run(upwardRank(other).map((rank) => -rank)).makespanMs;
  const fastest = fastestOf(weighed);
  const baseMs = Math.min(fastest.schedule.makespanMs, byRank(graph, limits));
  const saved = (other: TaskGraph, within: Limits) => baseMs - byRank(other, within);
  return [
    ...lessSharing(weighed, fastest),
    ...raisedLimits(graph, limits, saved),
    ...shorterTask(graph, limits, saved),
    ...spareEdges(graph),
  ].sort((a, b) => b.savesMs - a.savesMs);
}

const fastestOf = ({ chosen, rejected }: Weighed): ScheduleOption =>
  rejected.reduce((best, option) => (option.schedule.makespanMs < best.schedule.makespanMs ? option : best), chosen);

/** Names of shared things in one advice. */
const MOST_SHARED = 5;

function lessSharing({ chosen, conflicts }: Weighed, fastest: ScheduleOption): Opportunity[] {
  const savesMs = chosen.schedule.makespanMs - fastest.schedule.makespanMs;
  if (savesMs <= 0 || fastest.score.quality >= chosen.score.quality || conflicts.length === 0) return [];
  const names = conflicts.map(({ name }) => name);
  const subject = [...names.slice(0, MOST_SHARED), ...(names.length > MOST_SHARED ? [`${names.length - MOST_SHARED} more`] : [])].join(
    ', ',
  );
  return [
    { kind: 'share_less', subject, advice: `steps that did not share ${subject} could run side by side, as ${fastest.name}`, savesMs },
  ];
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
