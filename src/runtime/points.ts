/** Telling sync points that a member has arrived. */
import type { SyncStep } from '../definition/workflow.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import { stateOf } from './actor-system.ts';
import type { LiveGroup, LiveStep, RunState } from './run-state.ts';

/** Tells every sync point of a group that waits for a member how it has ended. */
export function tellPoints(state: RunState, group: LiveGroup, member: number, path: string, outcome: StepOutcome): void {
  for (const point of group.blueprint.meetings?.[member] ?? []) {
    const live = group.live.get(point);
    // Told between the moves of the statecharts: what the point does may end other members.
    if (live !== undefined) state.births.push(() => arriveAt(live, path, outcome));
  }
}

/** Whether somebody who is missed at a sync point, or the point itself, begins only when this member has ended: it cannot wait for them. */
export function isWaitedForByOthers({ group, member }: LiveStep, point: SyncStep): boolean {
  const { blueprint, progress, live, fellBack } = group;
  if (fellBack) return true;
  const met = new Set([...point.members, point.id]);
  const after = new Set([member]);
  for (const each of after) for (const other of blueprint.dependents[each] ?? []) after.add(other);
  return [...after].some(
    (other) => !live.has(other) && progress.outcome(other) === undefined && met.has(blueprint.members[other]?.step.id ?? ''),
  );
}

/** Tells a sync point that a member has come, ended or (null) still at work. */
export function arriveAt(point: LiveStep, member: string, outcome: StepOutcome | null): void {
  if (point.body !== null && stateOf(point.actor) === 'coordinating') {
    point.body.actor?.send({ type: 'member.arrived', member, outcome });
  }
}
