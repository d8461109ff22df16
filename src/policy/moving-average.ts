/** What earlier runs have taught. */

/** The share of the newest value: about the last six values make nine tenths of the average. */
export const LEARNING_RATE = 0.3;

/**
 * The exponential moving average after one more value: α × value + (1 − α) × before; the value itself when there is none before
 * (Brown 1959, simple exponential smoothing). What is not a finite number teaches nothing. `rate`, α: above 0, at most 1.
 */
export function movingAverage(before: number | null, value: number, rate = LEARNING_RATE): number | null {
  if (!Number.isFinite(value)) return before;
  return before === null ? value : rate * value + (1 - rate) * before;
}

/** What is remembered of a step's earlier attempts. Plain JSON. */
export interface LearnedStep {
  /** Average duration of an attempt that ended well, ms; null when none has. */
  readonly ms: number | null;
  /** Average tokens of an attempt; null when none was told. */
  readonly tokens: number | null;
  /**
   * Average share of attempts that failed, 0 to below 1. It begins at 0, what is taken of a step that never ran, so that one failure is
   * 0.3 and not certainty: after n failures in a row it is 1 − 0.7ⁿ.
   */
  readonly failureRate: number;
  readonly attempts: number;
}

/** Nothing learned yet. */
export const NOTHING_LEARNED: LearnedStep = { ms: null, tokens: null, failureRate: 0, attempts: 0 };

/** One attempt, as it ended. */
export interface EndedAttempt {
  readonly ms: number;
  readonly failed: boolean;
  readonly tokens?: number;
}

/** Learns from one more attempt. How long a failed one took says little about how long the work takes: it teaches the rate only. */
export function learn(before: LearnedStep, { ms, failed, tokens }: EndedAttempt): LearnedStep {
  return {
    ms: failed ? before.ms : movingAverage(before.ms, ms),
    tokens: tokens === undefined ? before.tokens : movingAverage(before.tokens, tokens),
    failureRate: movingAverage(before.failureRate, failed ? 1 : 0) ?? 0,
    attempts: before.attempts + 1,
  };
}
