/** The least there can be of matching: what agents bring to a score, in numbers side by side, and a loop that finds the highest. */

/** Numbers that tell agents apart, the same in every run. */
export function someScores(agents: number): Float64Array {
  return Float64Array.from({ length: agents }, (_, at) => ((at * 7919) % agents) / agents);
}

/** Finds the place of the highest sum so many times; returns the sum of the places, so that none of it is left out. */
export function bestInARow(scores: Float64Array, times: number): number {
  let places = 0;
  for (let time = 0; time < times; time++) {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < scores.length; at++) {
      const total = (scores[at] ?? 0) + time;
      if (total <= most) continue;
      most = total;
      best = at;
    }
    places += best;
  }
  return places;
}
