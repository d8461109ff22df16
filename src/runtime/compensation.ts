/** Undoing what completed members of a group have done, the last first. */
import { everyStep } from '../definition/workflow.ts';
import { drawErrand } from '../planning/draw-blueprint.ts';
import { tellLive } from './actor-system.ts';
import { causesOf } from './compensation-causes.ts';
import { COMPENSATION } from './compensation-path.ts';
import { openErrand } from './errand.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import { openGroupSaga, undoingOf } from './sagas.ts';

/** Undoes what the members of a group have done, with what is nested in them. Where a definition does not speak of sagas it is done as it always was. */
export function openCompensation(state: RunState, group: LiveGroup): void {
  if (causesOf(group.scope) !== undefined) openGroupSaga(state, group);
  else compensateMembers(state, group);
}

/**
 * Opens the group of the compensating tasks of a group, one after the other. Members without one are left as they are, and so is what a
 * group inside has undone already.
 */
function compensateMembers(state: RunState, group: LiveGroup): void {
  const places = new Map(state.history.map(([path], place) => [path, place]));
  const steps = [...everyStep(group.blueprint.members.map(({ step }) => step))]
    .filter(({ id }) => state.records.get(group.prefix + id)?.outcome === 'completed' && !isUndone(state, places, group.prefix + id))
    .sort((a, b) => (places.get(group.prefix + b.id) ?? 0) - (places.get(group.prefix + a.id) ?? 0))
    .flatMap((step) => undoingOf(step.kind === 'task' ? step : null));
  const prefix = COMPENSATION + group.prefix;
  group.errand = openErrand(state, group.scope, {
    blueprint: drawErrand(group.scope.blueprint.workflow, steps),
    path: COMPENSATION + group.path,
    prefix,
    parent: group.actor,
  });
  if (group.ending?.outcome === 'cancelled') group.errand.actor.send({ type: 'cancel', reason: group.ending.reason });
}

/** Whether a step was undone after it had completed last. */
function isUndone({ records }: RunState, places: ReadonlyMap<string, number>, path: string): boolean {
  const undone = COMPENSATION + path;
  return records.get(undone)?.outcome === 'completed' && (places.get(undone) ?? -1) > (places.get(path) ?? 0);
}

/** Stops compensating, also where that was about to begin. A saga is not stopped by what happens around it. */
export function cancelCompensation(group: LiveGroup, reason: string): void {
  if (causesOf(group.scope) !== undefined) return;
  group.ending = { outcome: 'cancelled', reason };
  if (group.errand !== null) tellLive(group.errand.actor, { type: 'cancel', reason });
}
