/** How well an agent suits a task, in one number: who has done such work well, fast and lately, has room, and knows the run. */
import { TroupeError } from '../protocol/errors.ts';

/** What is known of an agent. Plain JSON; nothing of it need be known. */
export interface AgentRecord {
  /** Attempts that ended well. */
  readonly completed: number;
  /** Attempts that failed, by its own word or because it broke. */
  readonly failed: number;
  /** Average duration of an attempt that ended well, ms; null when none has. */
  readonly averageMs: number | null;
  /** When the last attempt ended well, ms since the epoch; null when none has. */
  readonly lastCompletedAt: number | null;
}

/** Nothing known yet. */
export const NEW_AGENT: AgentRecord = { completed: 0, failed: 0, averageMs: null, lastCompletedAt: null };

/** An agent in view of a task. */
export interface AgentFigures {
  readonly record: AgentRecord;
  /** Tasks in its hands, and how many it may have. */
  readonly inFlight: number;
  readonly capacity: number;
  /** From 0 to 1: 1 for the agent that is asked for by its id, and for one that has worked for the same step before. */
  readonly affinity: number;
  /** ms since the epoch. */
  readonly now: number;
  /** The shortest average of all who could do it, ms; null when nobody has one. */
  readonly fastestMs: number | null;
}

/** How much each part counts; only their proportions matter. */
export interface AgentWeights {
  readonly success: number;
  readonly speed: number;
  readonly recency: number;
  readonly load: number;
  readonly affinity: number;
}

/** Each part from 0 (worst) to 1 (best), and their weighted mean. */
export interface AgentScore extends AgentWeights {
  readonly total: number;
}

/** Success, speed and recency in the proportions 5 : 3 : 2 in which people asked for them; load and affinity share the rest. */
export const AGENT_WEIGHTS: AgentWeights = { success: 0.35, speed: 0.21, recency: 0.14, load: 0.15, affinity: 0.15 };

/** After that long, ms, what an agent did last counts half. */
export const RECENCY_HALF_LIFE_MS = 3_600_000;

/** What is taken where nothing is known: neither better nor worse than others. */
const UNKNOWN = 0.5;

const share = (value: number): number => (value >= 0 ? Math.min(1, value) : 0);

/**
 * The score of an agent. Every part is between 0 and 1 whatever is known, so that none of them swamps the others; none falls when its
 * figure gets better:
 *
 * - `success` = (completed + 1) ÷ (completed + failed + 2): the rule of succession (Laplace 1774), a half for a new agent;
 * - `speed` = fastest ÷ average: 1 for the fastest, a half for one that takes twice as long, and for a new one;
 * - `recency` = 2^(−time since the last success ÷ one hour); a half for a new agent;
 * - `load` = 1 − tasks in hand ÷ capacity;
 * - `affinity` as given.
 *
 * Throws TroupeError DEFINITION_INVALID for weights that are negative or all zero.
 */
export function agentScore(figures: AgentFigures, weights: AgentWeights = AGENT_WEIGHTS): AgentScore {
  const { record, inFlight, capacity, affinity, now, fastestMs } = figures;
  const parts: AgentWeights = {
    success: share((record.completed + 1) / (record.completed + record.failed + 2)),
    speed: speedOf(record.averageMs, fastestMs),
    recency: record.lastCompletedAt === null ? UNKNOWN : share(2 ** (-Math.max(0, now - record.lastCompletedAt) / RECENCY_HALF_LIFE_MS)),
    load: capacity > 0 ? 1 - share(inFlight / capacity) : 0,
    affinity: share(affinity),
  };
  return { ...parts, total: share(weightedMean(parts, weights)) };
}

function speedOf(averageMs: number | null, fastestMs: number | null): number {
  if (averageMs === null || fastestMs === null) return UNKNOWN;
  return averageMs <= 0 ? 1 : share(fastestMs / averageMs);
}

const PARTS = ['success', 'speed', 'recency', 'load', 'affinity'] as const;

function weightedMean(parts: AgentWeights, weights: AgentWeights): number {
  const all = PARTS.reduce((sum, name) => sum + weights[name], 0);
  if (PARTS.some((name) => !(weights[name] >= 0)) || !(all > 0 && all < Number.POSITIVE_INFINITY)) {
    throw new TroupeError('DEFINITION_INVALID', `these weights make no score: ${JSON.stringify(weights)}`, {
      hint: 'Each weight is zero or more, and at least one is more.',
    });
  }
  return PARTS.reduce((sum, name) => sum + (weights[name] / all) * parts[name], 0);
}
