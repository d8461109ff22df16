/** How results of parallel work that touch the same things are brought together. */

/** What is at stake in a group. */
export interface Stakes {
  /** What several touch at once, by name: keys that more than one writes, domains that more than one works in. */
  readonly contested: readonly string[];
  /** Those of them that are never to be touched by two at once. */
  readonly critical: readonly string[];
  /** How hard merging is, from 0 to 1 (see `mergeComplexity`). */
  readonly complexity: number;
  /** How it is declared that conflicts are settled; null or absent where nothing is. */
  readonly declared?: 'merged' | 'guided' | null;
  /** The order in which the members would run one after the other. */
  readonly order: readonly string[];
}

/** The way conflicts of a group are settled, gentlest first. */
export type ConflictStrategy =
  | { readonly kind: 'none' }
  /** Three-way, by rule; `confidence` = 1 − complexity. */
  | { readonly kind: 'automatic_merge'; readonly confidence: number }
  /** Somebody merges, told what to look at. */
  | { readonly kind: 'guided_merge'; readonly guidance: readonly string[] }
  | { readonly kind: 'human_review'; readonly reason: string }
  /** Not in parallel at all. */
  | { readonly kind: 'sequential_fallback'; readonly reason: string; readonly order: readonly string[] };

/** Below this complexity a merge is made by rule. */
const AUTOMATIC_BELOW = 0.3;

/** From this complexity on a person decides. */
const HUMAN_FROM = 0.7;

/**
 * How hard it is to merge what members have done, from 0 to 1: the mean of two shares, contested things among all that are touched, and
 * members that take part in a contest among all members. 0 when nothing is contested, 1 when everything is, by everybody; it rises with
 * both. A single contested thing among many stays a small matter even when several write it.
 */
export function mergeComplexity(counts: {
  readonly touched: number;
  readonly contested: number;
  readonly members: number;
  readonly contenders: number;
}): number {
  const { touched, contested, members, contenders } = counts;
  if (contested <= 0 || touched <= 0 || members <= 0) return 0;
  const share = (part: number, whole: number) => Math.max(0, Math.min(1, part / whole));
  return (share(contested, touched) + share(contenders, members)) / 2;
}

/** Chooses: critical things are never touched in parallel; otherwise what is declared, else complexity, at 0.3 and 0.7. */
export function conflictStrategy({ contested, critical, complexity, order, declared = null }: Stakes): ConflictStrategy {
  if (contested.length === 0) return { kind: 'none' };
  if (critical.length > 0) return { kind: 'sequential_fallback', reason: `several would touch ${critical.join(', ')} at once`, order };
  if (complexity < AUTOMATIC_BELOW) return { kind: 'automatic_merge', confidence: 1 - complexity };
  // Somebody is named who merges, or the ladder settles it without anybody: a person is the last to be asked.
  if (declared === 'merged') return { kind: 'automatic_merge', confidence: 1 - complexity };
  if (complexity < HUMAN_FROM || declared === 'guided')
    return { kind: 'guided_merge', guidance: contested.map((name) => `several change ${name}: keep what each of them added`) };
  return { kind: 'human_review', reason: `too much is contested to merge it by rule or by guidance: ${contested.join(', ')}` };
}
