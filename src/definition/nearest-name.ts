/** Longer names are not compared: a typo is looked for in names that people type. */
const MAX_LENGTH = 64;
/** Candidates looked at, so that a message never costs more than a millisecond or two. */
const MAX_CANDIDATES = 1_000;

/**
 * The candidate that `name` is most likely a misspelling of, or null when none is close: at most a third of its letters
 * wrong, missing, added or swapped with a neighbour (optimal string alignment distance). Case alone always counts as close.
 */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  if (name.length === 0 || name.length > MAX_LENGTH) return null;
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let limit = Math.max(1, Math.floor(name.length / 3)) + 1;
  let seen = 0;
  for (const candidate of candidates) {
    seen += 1;
    if (seen > MAX_CANDIDATES) break;
    if (candidate === name || candidate.length === 0 || Math.abs(candidate.length - name.length) >= limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < limit && distance < candidate.length) {
      best = candidate;
      limit = distance;
    }
    if (limit === 0) break;
  }
  return best;
}

function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[to.length] ?? 0;
}
