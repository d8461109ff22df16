/** What is undone, and in which order: pure. */

/** A step that has completed and says how it is undone. Places are those of ends in the order in which steps were settled. */
export interface CompletedStep {
  readonly path: string;
  /** When it completed last, ms. */
  readonly endedAt: number;
  /** The place of its last end. */
  readonly place: number;
  /** The place of the last end of its undoing, whatever that came to; -1 where nobody has tried. */
  readonly undoneAt: number;
}

/**
 * The paths of what is to be undone, the last to complete first. What was dealt with since it completed last is left out: each completion
 * is undone once. Where a run goes on after its end, what stands from before has its old time and a new place: the time decides.
 */
export function undoOrder(steps: readonly CompletedStep[]): string[] {
  return steps
    .filter(({ place, undoneAt }) => undoneAt < place)
    .sort((a, b) => b.endedAt - a.endedAt || b.place - a.place)
    .map(({ path }) => path);
}
