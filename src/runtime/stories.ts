/** What a run remembers of one phase. */
import type { PhaseRound, PhaseStory } from './phase-story.ts';
import type { RunState } from './run-state.ts';

/** What is remembered of the phase at a path; begun where nothing is. */
export function storyOf(state: RunState, path: string): PhaseStory {
  let story = state.phases.get(path);
  if (story === undefined) {
    story = { rounds: [], reworks: [], answer: null, before: null, decision: null };
    state.phases.set(path, story);
  }
  return story;
}

/** The round of a phase that began last. */
export const lastRound = (state: RunState, path: string): PhaseRound | undefined => state.phases.get(path)?.rounds.at(-1);
