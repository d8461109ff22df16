/** Which members of a block count when it need not wait for all of them. */
import type { WaitFor } from '../definition/joining.ts';

/** How a block is joined, as far as it is known before a run. */
export interface PlannedJoin {
  readonly waitFor: WaitFor;
  /** Of `quorum` and `deadline`: members that must complete. Default 1. */
  readonly quorum?: number;
  /** Of `deadline`, ms; absent where only the run will know. */
  readonly deadlineMs?: number;
}

/** Members of a block with the times of their ends, ms, with room for everything. */
export interface Race {
  readonly ends: readonly number[];
  /** By member: what it waits for. */
  readonly before: readonly (readonly number[])[];
  /** When the block starts, ms. */
  readonly startMs: number;
  readonly join: PlannedJoin;
}

/**
 * The members without which the block is not joined: those that could end first, as many as must complete, and what they wait for; with
 * a deadline also whoever ends by then. `untilMs`: how long the block waits for its deadline at least, because somebody is cut short by
 * it; null where it waits for members only.
 */
export function keptMembers({ ends, before, startMs, join }: Race): { readonly kept: readonly number[]; readonly untilMs: number | null } {
  const all = ends.map((_, member) => member);
  const needed = Math.min(all.length, neededOf(join, all.length));
  if (needed === all.length) return { kept: all, untilMs: null };
  const first = all.toSorted((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0) || a - b);
  const { deadlineMs } = join;
  const late = join.waitFor === 'deadline' && deadlineMs !== undefined ? startMs + deadlineMs : null;
  const counting =
    join.waitFor !== 'deadline'
      ? first.slice(0, needed)
      : first.filter((member, i) => late === null || i < needed || (ends[member] ?? 0) <= late);
  const kept = new Set(counting);
  for (const member of kept) {
    for (const other of before[member] ?? []) kept.add(other);
  }
  return { kept: all.filter((member) => kept.has(member)), untilMs: kept.size < all.length && late !== null ? (deadlineMs ?? 0) : null };
}

function neededOf({ waitFor, quorum = 1 }: PlannedJoin, members: number): number {
  if (waitFor === 'all') return members;
  if (waitFor === 'majority') return Math.floor(members / 2) + 1;
  return waitFor === 'any' ? 1 : quorum;
}
