/** Taking in what members report: outputs, records, history, and who may run next. */
import { everyStep, type Step } from '../definition/workflow.ts';
import { TroupeError } from '../protocol/errors.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Json } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { Arrival, LiveGroup, LiveStep, RunState } from './run-state.ts';
import { takeIn } from './scope.ts';

/** The variable by which a step of the engine dialect ends the run early, as a success. */
const STOP_VARIABLE = 'workflow_stop_requested';

/** Takes in a member's report. Returns everything that is settled by it, in the order in which it counts. */
export function arrived(state: RunState, group: LiveGroup, settled: StepSettled): StepSettled[] {
  const step = state.steps.get(settled.path);
  if (step === undefined) throw new TroupeError('INTERNAL', `a report of ${settled.path} arrived, which is not live`);
  retire(state, step, settled.attempts);
  const arrival: Arrival = { member: step.member, settled: whole(state, step, settled), startedAt: step.startedAt };
  if (group.ordered === null || group.ending !== null) return count(state, group, arrival);
  group.ordered.arrived.set(step.member, arrival);
  return countInOrder(state, group, group.ordered);
}

/** Counts what has arrived for as long as the order has no gap. */
function countInOrder(state: RunState, group: LiveGroup, ordered: NonNullable<LiveGroup['ordered']>): StepSettled[] {
  const counted: StepSettled[] = [];
  const order = group.blueprint.ordering?.order ?? [];
  for (let member = order[ordered.count]; member !== undefined; member = order[ordered.count]) {
    const next = ordered.arrived.get(member);
    if (next === undefined && group.progress.outcome(member) === undefined) break;
    ordered.count++;
    if (next === undefined) continue;
    ordered.arrived.delete(member);
    counted.push(...count(state, group, next));
    if (next.settled.outcome === 'failed' && group.rule.onFailure === 'stop') break;
    if (group.scope.variables[STOP_VARIABLE] === true) {
      return [...counted, ...endMembers(state, group, 'skipped', 'the workflow was stopped early')];
    }
  }
  return counted;
}

/** A step's actor is done: it leaves the live ones and gives its room back. */
function retire(state: RunState, step: LiveStep, attempts: number): void {
  step.group.live.delete(step.member);
  state.steps.delete(step.path);
  if (step.holdsSlot) {
    step.holdsSlot = false;
    state.slots.giveBack();
  }
  state.slots.leave(step.path);
  if (attempts > 0) state.inFlight.delete(attemptId(step.path, attempts));
}

/** The report as it counts: a group's output is made of its members' outputs, which only the run knows. */
function whole(state: RunState, step: LiveStep, settled: StepSettled): StepSettled {
  if (settled.outcome !== 'completed' || step.body === null || !('progress' in step.body)) return settled;
  const output: Record<string, Json> = {};
  for (const member of step.body.blueprint.members) {
    const own = state.records.get(step.body.prefix + member.step.id)?.outcome === 'completed';
    if (own) output[member.step.id] = step.group.scope.steps[member.step.id] ?? null;
  }
  return { ...settled, output };
}

function count(state: RunState, group: LiveGroup, { member, settled, startedAt }: Arrival): StepSettled[] {
  const blueprint = group.blueprint.members[member];
  if (blueprint === undefined) throw new TroupeError('INTERNAL', `group ${group.path} has no member ${member}`);
  if (settled.outcome === 'completed') takeIn(group.scope, blueprint, settled);
  record(state, group, settled, startedAt);
  if (group.ending !== null) {
    group.progress.close(member, settled.outcome);
    return [settled];
  }
  const blocked = group.progress.settle(member, settled.outcome);
  if (blocked.length === 0) return [settled];
  return [settled, ...blocked.map((other) => never(state, group, other.member, 'skipped', other.reason))];
}

/** Records the end of a member that was never launched. */
function never(state: RunState, group: LiveGroup, member: number, outcome: StepOutcome, reason: string): StepSettled {
  const path = group.prefix + (group.blueprint.members[member]?.step.id ?? '');
  const settled: StepSettled = { path, outcome, output: null, variables: null, error: null, thrown: false, attempts: 0, reason };
  record(state, group, settled, null);
  return settled;
}

function record(state: RunState, group: LiveGroup, settled: StepSettled, startedAt: number | null): void {
  const { path, outcome, attempts, error, reason } = settled;
  state.records.set(path, { outcome, attempts, startedAt, endedAt: state.clock.now(), error, reason });
  if (outcome !== 'completed') closeUnopened(state, group, path, outcome);
  // Where results count in order, what was cut off by the end has never happened as far as the history is concerned.
  if (group.ordered === null || group.ending === null) state.history.push([path, outcome]);
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
    state.records.set(path, { outcome, attempts: 0, startedAt: null, endedAt: state.clock.now(), error: null, reason });
    // The engine dialect does not count what stands inside a step it did not enter.
    if (group.scope.blueprint.workflow.compat !== 'engine') state.history.push([path, outcome]);
  }
}

/** Ends a group's members: live ones are told to stop and report later; the others are settled now. */
export function endMembers(state: RunState, group: LiveGroup, outcome: 'cancelled' | 'skipped', reason: string): StepSettled[] {
  group.ending = { outcome, reason };
  state.slots.leave(group.path);
  const settled: StepSettled[] = [];
  group.blueprint.members.forEach((_, member) => {
    if (group.progress.outcome(member) !== undefined || group.live.has(member)) return;
    group.progress.close(member, outcome);
    settled.push(never(state, group, member, outcome, reason));
  });
  for (const step of group.live.values()) step.actor.send({ type: 'cancel', reason });
  return settled;
}
