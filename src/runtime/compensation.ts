/** Undoing what completed members have done, the last first. */
import { everyStep, type TaskStep } from '../definition/workflow.ts';
import { drawErrand } from '../planning/draw-blueprint.ts';
import { tellLive } from './actor-system.ts';
import { openErrand } from './errand.ts';
import type { LiveGroup, RunState } from './run-state.ts';

/** Stands before the paths of compensating tasks. */
export const COMPENSATION = '(compensation)/';

/**
 * Opens the group of the compensating tasks of a group, one after the other. Members without one are left as they are, and so is what a
 * group inside has undone already.
 */
export function openCompensation(state: RunState, group: LiveGroup): void {
  const places = new Map(state.history.map(([path], place) => [path, place]));
  const steps = [...everyStep(group.blueprint.members.map(({ step }) => step))]
    .filter(({ id }) => state.records.get(group.prefix + id)?.outcome === 'completed' && !isUndone(state, places, group.prefix + id))
    .sort((a, b) => (places.get(group.prefix + b.id) ?? 0) - (places.get(group.prefix + a.id) ?? 0))
    .flatMap((step): TaskStep[] => {
      if (step.kind !== 'task' || step.compensate === undefined) return [];
      const { type, persona, params, timeout } = step.compensate;
      return [
        {
          kind: 'task',
          id: step.id,
          name: `compensate ${step.id}`,
          type,
          dependencies: [],
          params,
          ...(persona === undefined ? {} : { persona }),
          ...(timeout === undefined ? {} : { timeout }),
        },
      ];
    });
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

/** Stops compensating, also where that was about to begin. */
export function cancelCompensation(group: LiveGroup, reason: string): void {
  group.ending = { outcome: 'cancelled', reason };
  if (group.errand !== null) tellLive(group.errand.actor, { type: 'cancel', reason });
}
