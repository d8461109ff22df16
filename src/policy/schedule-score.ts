/** How good a way of running something is, in one number. */
import { TroupeError } from '../protocol/errors.ts';

/** What is known of one way of running. Times in ms, shares from 0 to 1; what is beyond counts as the nearer end. */
export interface ScheduleFigures {
  readonly makespanMs: number;
  /** The longest any of the ways that are compared takes. */
  readonly longestMs: number;
  /** By limited resource (memory, cores, input and output, tokens a minute): the most used at once, as a share of the limit. */
  readonly peakShares: readonly number[];
  /** Of the tasks that share data or a domain with others: the share that runs at the same time as one it could clash with. */
  readonly clashShare: number;
  /** The share of all work that is expected to be lost: what fails, and what is in flight beside it. */
  readonly lossShare: number;
}

/** How much each part counts; only their proportions matter. */
export interface ScoreWeights {
  readonly time: number;
  readonly resources: number;
  readonly quality: number;
  readonly risk: number;
}

/** Each part from 0 (worst) to 1 (best), and their weighted mean. */
export interface ScheduleScore extends ScoreWeights {
  readonly total: number;
}

/** The proportions in which people asked for them: speed first, then frugality and quality alike, then caution. */
export const SCORE_WEIGHTS: ScoreWeights = { time: 0.35, resources: 0.25, quality: 0.25, risk: 0.15 };

/** Up to this share of a limit there is air for what nobody foresaw; above it everything competes. */
export const COMFORTABLE_SHARE = 0.8;

const share = (value: number): number => (value >= 0 ? Math.min(1, value) : 0);

/**
 * The score of one way of running. No part rises when one of its figures gets worse:
 *
 * - `time` = 1 − makespan ÷ longest; 1 when nothing takes time;
 * - `resources` = 1 − the mean of max(0, peak share − 0.8) ÷ 0.2 over the limited resources; 1 without limits. What there is may be
 *   used: only using it to the brim costs, because then every surprise becomes a queue or a refused call. Places do not count: to
 *   fill them is what they are there for;
 * - `quality` = 1 − clash share; `risk` = 1 − loss share.
 *
 * Throws TroupeError DEFINITION_INVALID for weights that are negative or all zero.
 */
export function scheduleScore(figures: ScheduleFigures, weights: ScoreWeights = SCORE_WEIGHTS): ScheduleScore {
  const { makespanMs, longestMs, peakShares, clashShare, lossShare } = figures;
  const pressures = peakShares.map((peak) => share((share(peak) - COMFORTABLE_SHARE) / (1 - COMFORTABLE_SHARE)));
  const pressure = pressures.reduce((sum, each) => sum + each, 0) / Math.max(1, pressures.length);
  const parts: ScoreWeights = {
    time: longestMs > 0 ? 1 - share(makespanMs / longestMs) : 1,
    resources: 1 - pressure,
    quality: 1 - share(clashShare),
    risk: 1 - share(lossShare),
  };
  return { ...parts, total: share(weightedMean(parts, weights)) };
}

function weightedMean(parts: ScoreWeights, weights: ScoreWeights): number {
  const names = ['time', 'resources', 'quality', 'risk'] as const;
  const all = names.reduce((sum, name) => sum + weights[name], 0);
  if (names.some((name) => !(weights[name] >= 0)) || !(all > 0 && all < Number.POSITIVE_INFINITY)) {
    throw new TroupeError('DEFINITION_INVALID', `these weights make no score: ${JSON.stringify(weights)}`, {
      hint: 'Each weight is zero or more, and at least one is more.',
    });
  }
  return names.reduce((sum, name) => sum + (weights[name] / all) * parts[name], 0);
}
