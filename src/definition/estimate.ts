import { durationMs } from './duration.ts';
import type { Step } from './workflow.ts';

/** How long a step is expected to take, and how that is known. */
export interface Estimate {
  readonly ms: number;
  /** `estimate`: the step declares it; `timeout`: at most its timeout; `person`: nobody knows, counted as nothing; `default`: a guess. */
  readonly source: 'estimate' | 'timeout' | 'person' | 'default' | 'none';
}

/** Nothing is known about a step: one second keeps the order of things visible without pretending. */
const DEFAULT_MS = 1000;

/**
 * The expected duration of a leaf: its estimate, else its parameter `estimate` (a number of seconds, or a text such as `20m`), else its
 * timeout, else a second. Waiting for a person or for others and setting variables count as nothing.
 */
export function estimateOf(step: Step): Estimate {
  if (step.kind === 'variables') return { ms: 0, source: 'none' };
  if (step.kind === 'signal' || step.kind === 'approval') return { ms: 0, source: 'person' };
  if (step.kind === 'sleep') return typeof step.for === 'number' ? { ms: step.for, source: 'timeout' } : { ms: 0, source: 'none' };
  if (step.kind !== 'task') return { ms: 0, source: 'none' };
  if (step.estimateMs !== undefined) return { ms: step.estimateMs, source: 'estimate' };
  const given = durationMs(step.params.estimate ?? null, 's');
  if (given !== null) return { ms: given, source: 'estimate' };
  if (typeof step.timeout === 'number') return { ms: step.timeout, source: 'timeout' };
  return { ms: DEFAULT_MS, source: 'default' };
}
