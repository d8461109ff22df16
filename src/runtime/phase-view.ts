/** Phases as people look at them: how each of their rounds went. */
import type { PhaseRound } from './phase-story.ts';
import type { RunState } from './run-state.ts';

/** A phase with all of its rounds. */
export interface PhaseView {
  /** Path of its step. */
  readonly path: string;
  readonly rounds: readonly Readonly<PhaseRound>[];
}

/** The phases of a run that have begun, in the order in which they did. */
export function phasesOf({ phases }: Pick<RunState, 'phases'>): PhaseView[] {
  return [...phases]
    .filter(([, { rounds }]) => rounds.length > 0)
    .map(([path, { rounds }]) => ({ path, rounds: rounds.map((round) => ({ ...round })) }));
}
