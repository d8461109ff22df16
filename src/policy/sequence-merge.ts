/**
 * Which stretches of three sequences make up their merge (diff3: Khanna, Kunal and Pierce, "A Formal Investigation of Diff3", 2007).
 * The elements are numbers here: equal elements have equal numbers, so that comparing is cheap and no element can be mistaken for
 * something else.
 */
import { diffIndices } from 'node-diff3';

/** From `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A stretch of the merge: taken from one of the three, or claimed by both sides differently. Spans are places in the sequence named. */
export type Piece =
  | { readonly kind: 'taken'; readonly from: 'base' | 'theirs' | 'ours'; readonly span: Span }
  | { readonly kind: 'clash'; readonly base: Span; readonly theirs: Span; readonly ours: Span };

/**
 * What counts as the same place. `touching`: changes that touch, as in texts, where neighbouring lines belong together. `overlapping`:
 * only changes of the same elements; what both insert at one place is kept, theirs first, and appending is such a case.
 */
export type Closeness = 'touching' | 'overlapping';

/** Longest comparison that is made, in steps: about a third of a second. What is beyond it counts as changed from end to end. */
const MOST_STEPS = 100_000_000;

/** One side's change: this stretch of the base became that stretch of the side. */
interface Change {
  readonly side: 'theirs' | 'ours';
  readonly base: Span;
  readonly now: Span;
}

/** Merges two changed sequences over the one they come from; the pieces, put one after the other, are the result. */
export function mergeSequences(sides: Record<'base' | 'theirs' | 'ours', readonly number[]>, closeness: Closeness): Piece[] {
  const { base, theirs, ours } = sides;
  const pieces: Piece[] = [];
  let at = 0;
  for (const region of regionsOf([...changesOf(base, theirs, 'theirs'), ...changesOf(base, ours, 'ours')], closeness)) {
    const { start, end } = boundsOf(region);
    if (start > at) pieces.push({ kind: 'taken', from: 'base', span: { start: at, end: start } });
    pieces.push(...settle(region, sides, closeness));
    at = end;
  }
  if (base.length > at) pieces.push({ kind: 'taken', from: 'base', span: { start: at, end: base.length } });
  return pieces;
}

/** Changes that have to be looked at together, in the order of the base. */
function regionsOf(changes: readonly Change[], closeness: Closeness): Change[][] {
  const isInsertion = ({ base }: Change) => base.start === base.end;
  const inOrder = changes.toSorted((a, b) => a.base.start - b.base.start || a.base.end - b.base.end);
  const regions: Change[][] = [];
  let end = -1;
  for (const change of inOrder) {
    const region = regions.at(-1);
    const touches = change.base.start === end && region !== undefined;
    const together = closeness === 'touching' ? touches : touches && isInsertion(change) && region.every(isInsertion);
    if (region !== undefined && (change.base.start < end || together)) region.push(change);
    else regions.push([change]);
    end = Math.max(end, change.base.end);
  }
  return regions;
}

function boundsOf(region: readonly Change[]): Span {
  return { start: Math.min(...region.map(({ base }) => base.start)), end: Math.max(...region.map(({ base }) => base.end)) };
}

function settle(region: readonly Change[], sides: Record<'theirs' | 'ours', readonly number[]>, closeness: Closeness): Piece[] {
  const base = boundsOf(region);
  const theirs = spanIn(region, 'theirs', base);
  const ours = spanIn(region, 'ours', base);
  if (ours === null) return theirs === null ? [] : [{ kind: 'taken', from: 'theirs', span: theirs }];
  if (theirs === null) return [{ kind: 'taken', from: 'ours', span: ours }];
  if (sameStretch(sides.theirs, theirs, sides.ours, ours)) return [{ kind: 'taken', from: 'theirs', span: theirs }];
  if (closeness === 'overlapping' && base.start === base.end) {
    return [
      { kind: 'taken', from: 'theirs', span: theirs },
      { kind: 'taken', from: 'ours', span: ours },
    ];
  }
  return [{ kind: 'clash', base, theirs, ours }];
}

/** What a side made of a stretch of the base; null when it changed nothing there. Between its changes it stands as the base does. */
function spanIn(region: readonly Change[], side: Change['side'], bounds: Span): Span | null {
  const own = region.filter((change) => change.side === side);
  const [first] = own;
  const last = own.at(-1);
  if (first === undefined || last === undefined) return null;
  return { start: first.now.start - (first.base.start - bounds.start), end: last.now.end + (bounds.end - last.base.end) };
}

function sameStretch(a: readonly number[], inA: Span, b: readonly number[], inB: Span): boolean {
  const length = inA.end - inA.start;
  if (length !== inB.end - inB.start) return false;
  for (let i = 0; i < length; i++) if (a[inA.start + i] !== b[inB.start + i]) return false;
  return true;
}

/** The least changes that lead from the base to a side. What both begin and end with is left out first: most changes are small. */
function changesOf(base: readonly number[], now: readonly number[], side: Change['side']): Change[] {
  const shortest = Math.min(base.length, now.length);
  let before = 0;
  while (before < shortest && base[before] === now[before]) before++;
  let after = 0;
  while (after < shortest - before && base.at(-1 - after) === now.at(-1 - after)) after++;
  const from = base.slice(before, base.length - after);
  const to = now.slice(before, now.length - after);
  if (from.length === 0 && to.length === 0) return [];
  if (from.length === 0 || to.length === 0 || stepsToCompare(from, to) > MOST_STEPS) {
    return [{ side, base: { start: before, end: before + from.length }, now: { start: before, end: before + to.length } }];
  }
  return diffIndices(from, to).map(({ buffer1: [start, length], buffer2: [startNow, lengthNow] }) => ({
    side,
    base: { start: before + start, end: before + start + length },
    now: { start: before + startNow, end: before + startNow + lengthNow },
  }));
}

/** At most as many steps does the search for the longest common subsequence take: pairs of equal elements × length of the shorter. */
function stepsToCompare(from: readonly number[], to: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const element of to) counts.set(element, (counts.get(element) ?? 0) + 1);
  const pairs = from.reduce((sum, element) => sum + (counts.get(element) ?? 0), 0);
  return pairs * Math.min(from.length, to.length);
}
