import type { ConflictRung, ConflictSettings } from '../definition/joining.ts';

/**
 * The ways of settling a conflict where nobody has said which: from the one that costs nothing to the one that costs a person's time.
 * Guidance is not among them, because somebody must be named who merges.
 */
const DEFAULT_LADDER: readonly ConflictRung[] = ['automatic', 'rerun', 'sequential', 'person'];

/** The ways of settling a conflict, in the order in which they are tried; without settings the default. What nobody could do is left out. */
export function conflictLadder(settings: ConflictSettings | null | undefined): readonly ConflictRung[] {
  if (settings === null || settings === undefined) return DEFAULT_LADDER;
  const canBeGuided = settings.persona !== undefined || settings.type !== undefined;
  return settings.ladder.filter((rung, place, ladder) => (rung !== 'guided' || canBeGuided) && ladder.indexOf(rung) === place);
}
