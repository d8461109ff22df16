/** What earlier calls have used, by agent and step: what is reserved for the next one where its step says nothing. */
import { movingAverage } from './moving-average.ts';
import { AMOUNT_KINDS, type Amounts } from './resource-amounts.ts';

/** What can be learned of a call, with how long it took, ms. */
const LEARNED_KINDS = ['tokens', 'memoryMb', 'cpu', 'io', 'ms'] as const;

/** What is learned of calls, by name. */
export type LearnedKind = (typeof LEARNED_KINDS)[number];

/** What one call has used, as far as it was told. */
export type Usage = { readonly [Kind in LearnedKind]?: number };

/** Exponential moving averages (α = 0.3) of what calls of one agent for one step have used; what was never told is absent. Plain JSON. */
export type UsagePattern = Usage & { readonly calls: number };

/** By agent, then by path of the step in the definition (items of a map share it). Plain JSON: it is kept as it is. */
export type UsagePatterns = Readonly<Record<string, Readonly<Record<string, UsagePattern>>>>;

const own = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** What is known of an agent's calls for a step; null when it never made one. */
export function patternOf(patterns: UsagePatterns, agent: string, step: string): UsagePattern | null {
  return own(own(patterns, agent) ?? {}, step) ?? null;
}

/** Learns from one more call. What is negative or not a finite number teaches nothing. */
export function learnedUsage(patterns: UsagePatterns, agent: string, step: string, used: Usage): UsagePatterns {
  const before = patternOf(patterns, agent, step) ?? { calls: 0 };
  const averages = LEARNED_KINDS.flatMap((kind) => {
    const value = used[kind];
    const average = movingAverage(before[kind] ?? null, value !== undefined && value >= 0 ? value : Number.NaN);
    return average === null ? [] : [[kind, average] as const];
  });
  const pattern: UsagePattern = { ...Object.fromEntries(averages), calls: before.calls + 1 };
  return { ...patterns, [agent]: { ...own(patterns, agent), [step]: pattern } };
}

/**
 * What to reserve for a call: what is stated, kind by kind, else what its agent has used for the step on average, tokens rounded up to whole ones.
 * A place is never learned.
 */
export function expectedAmounts(stated: Amounts, pattern: UsagePattern | null): Amounts {
  const expected: { -readonly [Kind in keyof Amounts]?: number } = {};
  for (const kind of AMOUNT_KINDS) {
    const learned = kind === 'concurrency' ? undefined : pattern?.[kind];
    const amount = stated[kind] ?? (kind === 'tokens' && learned !== undefined ? Math.ceil(learned) : learned);
    if (amount !== undefined) expected[kind] = amount;
  }
  return expected;
}
