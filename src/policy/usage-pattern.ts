/** What earlier calls have used, by agent and step: what is reserved for the next one where its step says nothing. */
import type { Usage as ReportedUsage } from '../protocol/task.ts';
import { movingAverage } from './moving-average.ts';
import { AMOUNT_KINDS, type AmountKind, type Amounts } from './resource-amounts.ts';

/** What can be learned of a call, with how long it took, ms. */
const LEARNED_KINDS = ['tokens', 'memoryMb', 'cpu', 'io', 'ms'] as const;

/** What is learned of calls, by name. */
export type LearnedKind = (typeof LEARNED_KINDS)[number];

/** What one call has used, as far as it was told. */
export type Usage = { readonly [Kind in LearnedKind]?: number };

/** Exponential moving averages (α = 0.3) of what calls of one agent for one step have used; what was never told is absent. Plain JSON. */
export type UsagePattern = Usage & { readonly calls: number };

/** Items of a map are numbered in a run; in its definition they are one step. */
export const stepOfDefinition = (path: string): string => (path.includes('[') ? path.replace(/\[\d+\]/gu, '') : path);

/** What an agent has told of its use, as it is learned: `memory_mb`, as files write it, is `memoryMb`. */
export function toldUsage(reported: ReportedUsage | undefined, ms: number | null): Usage {
  if (reported === undefined) return ms === null ? {} : { ms };
  const { tokens, cpu, io, memoryMb = reported.memory_mb } = reported;
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(io === undefined ? {} : { io }),
    ...(ms === null ? {} : { ms }),
  };
}

/** Learns from one more call. What is negative or not a finite number teaches nothing. */
export function learnedUsage(before: UsagePattern | null, used: Usage): UsagePattern {
  const learned: { -readonly [Kind in LearnedKind]?: number } = {};
  for (const kind of LEARNED_KINDS) {
    const value = used[kind];
    const average = movingAverage(before?.[kind] ?? null, value !== undefined && value >= 0 ? value : Number.NaN);
    if (average !== null) learned[kind] = average;
  }
  return { ...learned, calls: (before?.calls ?? 0) + 1 };
}

/** Tokens and megabytes are whole. */
const isWhole = (kind: AmountKind): boolean => kind === 'tokens' || kind === 'memoryMb';

/**
 * What to reserve for a call: what is stated, kind by kind, else what its agent has used for the step on average, tokens and megabytes rounded
 * up to whole ones. A place is never learned.
 */
export function expectedAmounts(stated: Amounts, pattern: Usage | null): Amounts {
  const expected: { -readonly [Kind in keyof Amounts]?: number } = {};
  for (const kind of AMOUNT_KINDS) {
    const learned = kind === 'concurrency' ? undefined : pattern?.[kind];
    const amount = stated[kind] ?? (isWhole(kind) && learned !== undefined ? Math.ceil(learned) : learned);
    if (amount !== undefined) expected[kind] = amount;
  }
  return expected;
}
