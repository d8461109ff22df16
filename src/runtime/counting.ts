/** A member's end as it counts: outputs, records, history, and who may run next. */
import { ownPolicy } from '../definition/failure-policy.ts';
import { everyStep, type Step } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import { passCheckpoint } from './checkpoints.ts';
import { tell } from './coordination-log.ts';
import { keptRecord, restoreInside } from './kept-entry.ts';
import { countDecided, holdsBack, lend } from './made-good.ts';
import { syncSettled } from './message-delivery.ts';
import { stepEnded } from './message-receivers.ts';
import { undoOf } from './open-group.ts';
import { tellPoints } from './points.ts';
import { recoveryHears } from './recovery-ends.ts';
import type { Arrival, LiveGroup, RunState } from './run-state.ts';
import { takeIn } from './scope.ts';
import type { StepRecord } from './step-record.ts';

/** Takes a member's end in. Returns everything that is settled by it, in order. */
export function count(state: RunState, group: LiveGroup, { member, settled: told, startedAt }: Arrival): StepSettled[] {
  const blueprint = group.blueprint.members[member];
  if (blueprint === undefined) throw new TroupeError('INTERNAL', `group ${group.path} has no member ${member}`);
  const settled = weighed(blueprint.step, told);
  if (settled.outcome === 'completed' && !group.isPrivate) takeIn(group.scope, blueprint, settled, undoOf(group, member));
  record(state, group, settled, startedAt);
  const { step } = blueprint;
  if (step.kind === 'vote' && step.judge !== undefined && !state.records.has(group.prefix + step.judge.id)) {
    skipMembers(state, group, [step.judge], `${settled.path} was decided without it`);
  }
  if (step.kind === 'sync') syncSettled(state, settled.path, settled.output, settled.error);
  if (step.kind === 'sync' && step.sync === 'checkpoint' && settled.outcome === 'completed') passCheckpoint(state, group, settled.path);
  if (group.ending !== null) {
    group.progress.close(member, settled.outcome);
    return [settled];
  }
  if (settled.outcome === 'completed' && group.held.size > 0) lend(group, member, settled);
  const blocked = group.progress.settle(member, settled.outcome);
  const decided = group.progress.takeDecided();
  const isKept = settled.outcome === 'failed' && holdsBack(group, member, settled, decided);
  if (settled.outcome === 'completed') tellHandoff(state, group, member, settled.path);
  if (group.blueprint.meetings !== null && !isKept) tellPoints(state, group, member, settled.path, settled.outcome);
  const counted = decided.length === 0 ? [] : countDecided(state, group, decided);
  if (!isKept) counted.push(settled);
  if (blocked.length === 0) return counted;
  return [...counted, ...blocked.map((other) => neverBegun(state, group, other.member, 'skipped', other.reason))];
}

/** A failure with what the step itself says that it means. */
function weighed(step: Step, settled: StepSettled): StepSettled {
  const onFailure = settled.outcome === 'failed' ? ownPolicy(step) : undefined;
  return onFailure === undefined ? settled : { ...settled, onFailure };
}

/** The members that wait for this one may have what it made. */
function tellHandoff(state: RunState, { blueprint, prefix }: LiveGroup, member: number, source: string): void {
  const dependents = blueprint.dependents[member] ?? [];
  if (dependents.length === 0) return;
  const affected = dependents.map((other) => prefix + (blueprint.members[other]?.step.id ?? ''));
  tell(state, { type: 'handoff.ready', source, affected, data: null });
}

/** Records the end of a member that was never launched. */
export function neverBegun(state: RunState, group: LiveGroup, member: number, outcome: StepOutcome, reason: string): StepSettled {
  const path = group.prefix + (group.blueprint.members[member]?.step.id ?? '');
  const settled: StepSettled = { path, outcome, output: null, variables: null, error: null, thrown: false, attempts: 0, reason };
  record(state, group, settled, null);
  if (group.blueprint.meetings !== null && group.ending === null) tellPoints(state, group, member, path, outcome);
  return settled;
}

function record(state: RunState, group: LiveGroup, settled: StepSettled, startedAt: number | null): void {
  const { path, outcome, attempts, error, reason, thrown, makeshift } = settled;
  const how = outcome === 'failed' && thrown ? { thrown } : {};
  const ended = { outcome, attempts, startedAt, endedAt: state.clock.now(), error, reason, ...how };
  const entry = keptRecord(state, path, makeshift === undefined ? ended : { ...ended, makeshift });
  state.records.set(path, entry);
  state.watching.hasSettled = true;
  if (outcome !== 'completed' || makeshift !== undefined) closeUnopened(state, group, path, outcome);
  if (state.recovery.live.size > 0) recoveryHears(state, path, outcome);
  stepEnded(state, path);
  // Where results count in order, what was cut off by the end has never happened as far as the history is concerned.
  if (group.ordered === null || group.ending === null) note(state, path, entry);
}

/** What is told of a step's end is what it was then: a step that runs again in the same delivery is off the record by its end. */
function note(state: RunState, path: string, entry: StepRecord): void {
  state.history.push([path, entry.outcome]);
  state.settled.push([path, entry]);
}

/** Members of a block that never opened have an end too, so that no step of the workflow is left without one. */
function closeUnopened(state: RunState, group: LiveGroup, path: string, outcome: StepOutcome): void {
  if (state.groups.has(path)) return;
  const block = group.scope.blueprint.blocks.get(path.slice(group.prefix.length));
  if (block === undefined) return;
  if (outcome === 'cancelled') skipMembers(state, group, block, `${path} was cancelled`, 'cancelled');
  else skipMembers(state, group, block, outcome === 'failed' ? `${path} failed` : `${path} was skipped`);
}

/** Puts the steps of a block that will not be entered on record. */
export function skipMembers(
  state: RunState,
  group: LiveGroup,
  steps: readonly Step[],
  reason: string,
  outcome: StepOutcome = 'skipped',
): void {
  for (const { id } of everyStep(steps)) {
    const path = group.prefix + id;
    const kept = restoreInside(state, group, id, path);
    const entry: StepRecord = kept ?? { outcome, attempts: 0, startedAt: null, endedAt: state.clock.now(), error: null, reason };
    state.records.set(path, entry);
    if (state.recovery.live.size > 0) recoveryHears(state, path, entry.outcome);
    // The engine dialect does not count what stands inside a step it did not enter.
    if (group.scope.blueprint.workflow.compat !== 'engine') note(state, path, entry);
  }
}
