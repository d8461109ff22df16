/** One measured thing: our samples beside those of the raw floor, taken in turn in the same process, and what it may cost. */
export interface Figure {
  readonly name: string;
  readonly unit: 'µs/step' | 'µs/task' | 'ms' | 'steps/s' | 'bytes/run' | 'times';
  readonly ours: readonly number[];
  /** Null where there is nothing rawer to compare with. */
  readonly floor: readonly number[] | null;
  /** What the floor does. */
  readonly floorIs: string;
  /** `most`: no more than this; `least`: no less; `timesFloor`: no more than that many floors. Null: measured, not budgeted. */
  readonly budget: { readonly most: number } | { readonly least: number } | { readonly timesFloor: number } | null;
  /** What bounds the figure, in one line. */
  readonly bound: string;
}

/** The middle of some samples. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How our median stands to the floor's, pair by pair of samples; null without a floor. */
export function timesFloor({ ours, floor }: Figure): number | null {
  return floor === null ? null : median(ours.map((sample, i) => sample / (floor[i] ?? Number.NaN)));
}

/** Whether the budget is kept; null where there is none. */
export function isWithinBudget(figure: Figure): boolean | null {
  const { budget, ours } = figure;
  if (budget === null) return null;
  if ('most' in budget) return median(ours) <= budget.most;
  if ('least' in budget) return median(ours) >= budget.least;
  return (timesFloor(figure) ?? Number.POSITIVE_INFINITY) <= budget.timesFloor;
}
