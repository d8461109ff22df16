/** What the steps of phases wrote to the shared context, taken back where they run again. */

import { takeBackShared } from './checkpoints.ts';
import type { PhaseStory } from './phase-story.ts';
import type { LiveGroup, LiveStep, RunState } from './run-state.ts';
import { cellOf } from './shared-cell.ts';
import { withinSteps } from './take-back.ts';

/** Remembers the shared context as it is when a phase is entered. */
export function rememberShared(story: PhaseStory, { group, member }: LiveStep): void {
  story.before = group.context === null ? null : cellOf(group.context, member).current;
}

/**
 * Gives the keys that members wrote last the values that they had when the phase at a path was entered; what others have written stays.
 * `members`: absent for all of the group.
 */
export function takeBackWrites(state: RunState, group: LiveGroup, phase: string, members?: ReadonlySet<number>): void {
  const story = state.phases.get(phase);
  if (story === undefined || story.before === null || group.context === null) return;
  const steps = group.blueprint.members.flatMap(({ step }, member) => (members === undefined || members.has(member) ? [step] : []));
  takeBackShared(group.context.cell, story.before, withinSteps(group, steps), state.clock.now());
  story.before = group.context.cell.current;
}
