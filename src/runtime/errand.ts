/** Steps that the run asks for on its own behalf: to merge, to decide, to judge, to compensate. They are steps like others, on record and visible. */

import type { GroupBlueprint } from '../planning/blueprint.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { LiveActor } from './actor-system.ts';
import { openGroup } from './open-group.ts';
import type { LiveGroup, RunScope, RunState } from './run-state.ts';
import type { ContextCell } from './shared-cell.ts';
import { numberOn } from './take-back.ts';
import type { UndoLog } from './undo-log.ts';

interface Errand {
  readonly blueprint: GroupBlueprint;
  readonly path: string;
  /** Path of the step on whose behalf it is done. Default: that which its workflow is nested in. */
  readonly within?: string;
  readonly prefix: string;
  readonly parent: LiveActor;
  /** Given to its steps among their parameters. */
  readonly extra?: JsonObject | null;
  /** Default true: what its steps make is for whoever sent them. */
  readonly isPrivate?: boolean;
  readonly undo?: UndoLog | null;
  /** What its steps see of the shared context. Default: what the workflow has. */
  readonly cell?: ContextCell | null;
  /** Told how each of its steps has ended. */
  readonly onSettled?: ((settled: StepSettled) => void) | null;
}

/** Opens and starts the group of an errand. What fails in it blocks nothing that comes after. One that was opened before numbers its attempts on. */
export function openErrand(state: RunState, scope: RunScope, errand: Errand): LiveGroup {
  for (const { step } of errand.blueprint.members) {
    const path = errand.prefix + step.id;
    numberOn(state, path, state.records.get(path)?.attempts ?? 0);
    state.records.delete(path);
  }
  const group = openGroup(state, scope, { isPrivate: true, cell: scope.cell, ...errand, onFailure: 'best_effort' });
  state.errands.push(group);
  group.actor.start();
  return group;
}
