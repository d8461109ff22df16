/** The ways in which a graph could be run, each simulated and scored; the best is chosen, the others are kept with the reason. */
import { COMFORTABLE_SHARE, SCORE_WEIGHTS, type ScheduleScore, type ScoreWeights, scheduleScore } from '../policy/schedule-score.ts';
import { demandOn, type Limits } from './limits.ts';
import { ListScheduler } from './list-scheduler.ts';
import { type LowerBound, lowerBound } from './lower-bound.ts';
import { type OrderRule, type Schedule, schedule } from './schedule.ts';
import { clashShare, lossShare, type Peak, peaks } from './schedule-figures.ts';
import type { TaskGraph } from './task-graph.ts';

/**
 * A way of running.
 *
 * - `sequential`: one after the other;
 * - `maximum_parallel`: whatever can start starts, in the order given;
 * - `hybrid_half`, `hybrid_quarter`: a half or a quarter of the width at once, longest chain first;
 * - `hybrid_longest_first`, `hybrid_critical_first`, `hybrid_searched`: all places, the ready queue in that order (see `OrderRule`);
 * - `resource_constrained`: searched order, with no resource used above four fifths of its limit where single tasks allow it.
 */
export type OptionName =
  | 'sequential'
  | 'maximum_parallel'
  | 'hybrid_half'
  | 'hybrid_quarter'
  | 'hybrid_longest_first'
  | 'hybrid_critical_first'
  | 'hybrid_searched'
  | 'resource_constrained';

/** One way of running, with what came of simulating it. */
export interface ScheduleOption {
  readonly name: OptionName;
  readonly limits: Limits;
  readonly schedule: Schedule;
  readonly peaks: readonly Peak[];
  readonly score: ScheduleScore;
}

/** An option that was not taken. */
export interface RejectedOption extends ScheduleOption {
  /** In one sentence for people. */
  readonly reason: string;
}

/** All ways, weighed. */
export interface WeighedOptions {
  readonly chosen: ScheduleOption;
  /** Best first. */
  readonly rejected: readonly RejectedOption[];
}

/** How to weigh, and how hard to search. */
export interface WeighingOptions {
  /** Default 0.35 time, 0.25 resources, 0.25 quality, 0.15 risk. */
  readonly weights?: ScoreWeights;
  /** Task starts that each search may simulate; default 500,000. */
  readonly effort?: number;
  readonly seed?: number;
}

interface Draft {
  readonly name: OptionName;
  readonly rule: OrderRule;
  readonly limits: Limits;
}

/**
 * Simulates every way of running a graph within limits and chooses the one with the highest score; of equals the shorter one, then the
 * one with the most places, so that what the graph does not show (the other items of a map) finds room. Throws as `schedule` does, and for
 * weights that make no score.
 */
export function weighOptions(graph: TaskGraph, limits: Limits, options: WeighingOptions = {}): WeighedOptions {
  const { weights = SCORE_WEIGHTS, effort = 500_000, seed = 1 } = options;
  const bounds = new Map<Limits, LowerBound>();
  const made = drafts(graph, limits).map((draft) => {
    const bound = bounds.get(draft.limits) ?? lowerBound(graph, draft.limits);
    bounds.set(draft.limits, bound);
    return { ...draft, schedule: schedule(graph, draft.limits, { rule: draft.rule, effort, seed, bound }) };
  });
  const longestMs = made.reduce((longest, each) => Math.max(longest, each.schedule.makespanMs), 0);
  const scored = made.map(({ name, limits: within, schedule: laid }): ScheduleOption => {
    const used = peaks(graph, limits, laid.startMs);
    const figures = {
      makespanMs: laid.makespanMs,
      longestMs,
      peakShares: used.flatMap(({ resource, peak, limit }) => (isSpent(resource) ? [limit > 0 ? peak / limit : 0] : [])),
      clashShare: clashShare(graph, laid.startMs),
      lossShare: lossShare(graph, laid.startMs),
    };
    return { name, limits: within, schedule: laid, peaks: used, score: scheduleScore(figures, weights) };
  });
  const ranked = scored.sort(
    (a, b) =>
      b.score.total - a.score.total || a.schedule.makespanMs - b.schedule.makespanMs || Math.sign(b.limits.places - a.limits.places) || 0,
  );
  const [chosen, ...rest] = ranked as [ScheduleOption, ...ScheduleOption[]];
  return { chosen, rejected: rest.map((option) => ({ ...option, reason: reasonAgainst(option, chosen, weights) })) };
}

/** Places and those who play a role are there to be used; what is spent had better not run out. */
const isSpent = (resource: string): boolean => resource !== 'places' && !/^(?:capability|block) /u.test(resource);

function drafts(graph: TaskGraph, limits: Limits): Draft[] {
  const most = Math.min(limits.places, Math.max(1, graph.nodes.length));
  const asGiven = new ListScheduler(graph, limits).run(graph.nodes.map((_, at) => at));
  const width = peaks(graph, limits, [...asGiven.starts])[0]?.peak ?? 1;
  const narrow = (name: OptionName, share: number): Draft[] => {
    const places = Math.ceil(Math.min(most, width) * share);
    return places > 1 && places < most ? [{ name, rule: 'upward_rank', limits: { ...limits, places } }] : [];
  };
  const comfortable = comfortableLimits(graph, limits);
  return [
    { name: 'sequential', rule: 'upward_rank', limits: { ...limits, places: 1 } },
    ...narrow('hybrid_quarter', 1 / 4),
    ...narrow('hybrid_half', 1 / 2),
    { name: 'maximum_parallel', rule: 'first_come', limits },
    { name: 'hybrid_longest_first', rule: 'longest_first', limits },
    { name: 'hybrid_critical_first', rule: 'upward_rank', limits },
    { name: 'hybrid_searched', rule: 'improved', limits },
    ...(comfortable === null ? [] : [{ name: 'resource_constrained', rule: 'improved', limits: comfortable } as const]),
  ];
}

/** The limits with air left; null where nothing that is spent is limited. */
function comfortableLimits(graph: TaskGraph, limits: Limits): Limits | null {
  const names = (['memoryMb', 'cpu', 'io', 'tokensPerMinute'] as const).filter((name) => limits[name] !== undefined);
  if (names.length === 0) return null;
  const eased = names.map((name) => {
    const largest = graph.nodes.reduce((most, node) => Math.max(most, demandOn(name, node)), 0);
    return [name, Math.max(largest, (limits[name] ?? 0) * COMFORTABLE_SHARE)] as const;
  });
  return { ...limits, ...Object.fromEntries(eased) };
}

const COMPLAINTS = {
  time: 'it takes longer',
  resources: 'it uses resources closer to their limits',
  quality: 'more steps that touch the same things run at the same time',
  risk: 'more work is lost when a step fails',
} as const;

function reasonAgainst(option: ScheduleOption, chosen: ScheduleOption, weights: ScoreWeights): string {
  const losses = (['time', 'resources', 'quality', 'risk'] as const).map((part) => ({
    part,
    loss: weights[part] * (chosen.score[part] - option.score[part]),
  }));
  const worst = losses.reduce((most, each) => (each.loss > most.loss ? each : most));
  if (worst.loss <= 0) return `no better than ${chosen.name}`;
  return `${COMPLAINTS[worst.part]} than with ${chosen.name} (${worst.part} ${option.score[worst.part].toFixed(2)} against ${chosen.score[worst.part].toFixed(2)})`;
}
