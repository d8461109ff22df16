/** Whether members of a group may begin anew, so that what they change has to be noted by member. */
import { everyStep, type Step } from '../definition/workflow.ts';
import type { GroupBlueprint } from './blueprint.ts';

/** For a group of these members: said only where any step in it may be recovered. */
export function goesBack(steps: readonly Step[]): Pick<GroupBlueprint, 'goesBack'> {
  for (const { recovery } of everyStep(steps)) if (recovery !== undefined && recovery.length > 0) return { goesBack: true };
  return {};
}
