/** Failures that somebody may make good: they count only when whoever stands in has ended. */
import type { StepSettled } from '../protocol/messages.ts';
import { undoOf } from './open-group.ts';
import { tellPoints } from './points.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import { takeIn } from './scope.ts';

/** Keeps the failure of a member that somebody stands in for, for as long as nothing is decided about it. True when it is kept. */
export function holdsBack(group: LiveGroup, member: number, settled: StepSettled, decided: readonly number[]): boolean {
  if (!group.progress.isHeld(member) && !decided.includes(member)) return false;
  group.held.set(member, settled);
  return true;
}

/** Failures that were kept and are decided now, as they count: made good, with what the other one has made as their output, or as they were. */
export function countDecided(state: RunState, group: LiveGroup, decided: readonly number[]): StepSettled[] {
  const counted = decided.flatMap((member) => {
    const failure = group.held.get(member);
    if (failure === undefined) return [];
    group.held.delete(member);
    const settled = group.progress.outcome(member) === 'completed' ? madeGood(state, group, member, failure) : failure;
    if (group.blueprint.meetings !== null) tellPoints(state, group, member, settled.path, settled.outcome);
    return [settled];
  });
  // Of a chain the last one is decided first, and the first failure is the one that is told of.
  return counted.reverse();
}

/** Lets what somebody has made who stands in for others be seen as theirs, before anybody who waits for them looks. */
export function lend(group: LiveGroup, member: number, { output }: StepSettled): void {
  const { blueprint, held, scope, isPrivate } = group;
  for (let stage = blueprint.stages?.get(member); stage !== undefined; stage = blueprint.stages?.get(stage)) {
    const failure = held.get(stage);
    const own = blueprint.members[stage];
    if (failure === undefined || own === undefined || isPrivate) return;
    takeIn(scope, own, { ...failure, output, variables: null }, undoOf(group, stage));
  }
}

function madeGood(state: RunState, group: LiveGroup, member: number, failure: StepSettled): StepSettled {
  const { blueprint, prefix, scope } = group;
  const other = blueprint.members[blueprint.standIns?.get(member) ?? -1];
  const record = state.records.get(failure.path);
  if (other === undefined || record === undefined) return failure;
  const output = scope.steps[other.step.id] ?? null;
  state.records.set(failure.path, { ...record, replacedBy: prefix + other.step.id });
  return { ...failure, outcome: 'completed', output, variables: null, error: null, thrown: false };
}

/** Whether the failure of a step was made good, or there is none. */
export const endedWell = (record: { readonly outcome: string; readonly replacedBy?: string } | undefined): boolean =>
  record !== undefined && (record.outcome === 'completed' || record.replacedBy !== undefined);
