/** How good a way of recovering looks: one number that weighs what it promises against what it costs. */
import type { RecoveryUse } from '../definition/recovery-settings.ts';

/** What is known of a way of recovering before it is tried; every figure from 0 to 1. */
export interface RecoveryOutlook {
  /** How likely it helps. */
  readonly success: number;
  /** How long it takes: 0 is at once. */
  readonly time: number;
  /** What it takes of agents and people: 0 is nothing. */
  readonly resources: number;
  /** What the result loses by it: 0 is nothing. */
  readonly impact: number;
}

/** What each figure counts for; together 1. A choice of ours: success and quality decide, time and resources tell equals apart. */
export const RECOVERY_WEIGHTS = { success: 0.4, time: 0.15, resources: 0.15, impact: 0.3 } as const;

/**
 * What each way costs by its nature. A choice of ours, made so that with nothing learned the order is: the same agent again, another one, one
 * after the other, the workflow again, a person, and at last doing without.
 */
export const RECOVERY_COSTS: Readonly<Record<RecoveryUse, Omit<RecoveryOutlook, 'success'>>> = {
  retry_agent: { time: 0.3, resources: 0.3, impact: 0 },
  substitute_agent: { time: 0.3, resources: 0.4, impact: 0.1 },
  fall_back_sequential: { time: 0.6, resources: 0.6, impact: 0 },
  restart: { time: 0.8, resources: 0.9, impact: 0 },
  escalate: { time: 1, resources: 0.8, impact: 0 },
  partial: { time: 0, resources: 0, impact: 1 },
};

/** A pause this long costs half of what is left of the time: ten minutes. */
const HALF_TIME_MS = 600_000;

/** The cost in time of a way that begins only after a pause. */
export function timeWithPause(time: number, pauseMs: number): number {
  return time + (1 - time) * (pauseMs / (pauseMs + HALF_TIME_MS));
}

/** How likely a way helps, by how it went before: Laplace's rule of succession, so that nothing is certain and nothing known is one half. */
export function learnedSuccess(tried: number, helped: number): number {
  return (helped + 1) / (tried + 2);
}

/** The score, from 0 to 1: it grows with success, and falls with time, resources and impact. */
export function recoveryScore({ success, time, resources, impact }: RecoveryOutlook): number {
  const { success: s, time: t, resources: r, impact: i } = RECOVERY_WEIGHTS;
  const sum = s * clamped(success) + t * (1 - clamped(time)) + r * (1 - clamped(resources)) + i * (1 - clamped(impact));
  return clamped(sum);
}

const clamped = (value: number): number => Math.min(1, Math.max(0, value));
