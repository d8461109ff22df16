/** Steps that the run asks for on its own behalf: to merge, to decide, to judge, to compensate. They are steps like others, on record and visible. */

import type { GroupBlueprint } from '../planning/blueprint.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { LiveActor } from './actor-system.ts';
import { openGroup } from './open-group.ts';
import type { LiveGroup, RunScope, RunState } from './run-state.ts';

interface Errand {
  readonly blueprint: GroupBlueprint;
  readonly path: string;
  readonly prefix: string;
  readonly parent: LiveActor;
  /** Given to its steps among their parameters. */
  readonly extra?: JsonObject | null;
  /** Default true: what its steps make is for whoever sent them. */
  readonly isPrivate?: boolean;
  /** Told how each of its steps has ended. */
  readonly onSettled?: ((settled: StepSettled) => void) | null;
}

/** Opens and starts the group of an errand. What fails in it blocks nothing that comes after. */
export function openErrand(state: RunState, scope: RunScope, errand: Errand): LiveGroup {
  const group = openGroup(state, scope, { isPrivate: true, ...errand, onFailure: 'best_effort', cell: scope.cell });
  state.errands.push(group);
  group.actor.start();
  return group;
}
