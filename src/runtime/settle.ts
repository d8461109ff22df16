/** Taking in what members report: who has ended, in which order it counts, and who is ended with it. */
import { TroupeError } from '../protocol/errors.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Json } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import { decisionInWords } from './ballots.ts';
import { contest, leaveContest, resumeContests } from './contest.ts';
import { contribute, contributionFrom, type Obstacle } from './contributions.ts';
import { count, neverBegun } from './counting.ts';
import { isRecalled, leaveLoops, leftTheWay, senderSettled } from './feedback.ts';
import { leaveRecoveries, recoveryHears } from './recovery-ends.ts';
import type { Arrival, LiveGroup, LiveStep, RunState } from './run-state.ts';
import { rerunCounted, rerunEnded } from './rungs.ts';

/** The variable by which a step of the engine dialect ends the run early, as a success. */
const STOP_VARIABLE = 'workflow_stop_requested';

/** Takes in a member's report. Returns everything that is settled by it, in the order in which it counts. */
export function arrived(state: RunState, group: LiveGroup, settled: StepSettled): StepSettled[] {
  const step = state.steps.get(settled.path);
  if (step === undefined) throw new TroupeError('INTERNAL', `a report of ${settled.path} arrived, which is not live`);
  retire(state, step, settled.attempts);
  if (isRecalled(group, step.member)) {
    leftTheWay(state, group, settled);
    if (state.recovery.live.size > 0) recoveryHears(state, settled.path, 'cancelled');
    return [];
  }
  if (state.loops.size > 0) senderSettled(state, settled.path);
  const contribution = contributionFrom(step, settled);
  const arrival: Arrival = {
    member: step.member,
    settled: whole(state, step, settled),
    startedAt: step.startedAt,
    ...(contribution === undefined ? {} : { contribution }),
  };
  if (group.onSettled !== null) {
    const { onSettled } = group;
    state.births.push(() => onSettled(arrival.settled));
  }
  if (group.ordered === null || group.ending !== null) return taken(state, group, arrival);
  group.ordered.arrived.set(step.member, arrival);
  return countInOrder(state, group, group.ordered);
}

/** Counts what has arrived, unless what it wrote has to be settled first. */
function taken(state: RunState, group: LiveGroup, arrival: Arrival): StepSettled[] {
  if (group.scope.barred.size > 0) state.births.push(() => resumeContests(state));
  if (group.ending === null && group.context !== null) {
    const open = group.contests.get(arrival.member);
    if (open !== undefined && !open.isMerge) {
      rerunEnded(state, open, arrival);
      return [];
    }
    const merge = [...group.contests.values()].find(
      ({ isMerge, rung, member }) => isMerge && rung === 'rerun' && member === arrival.member,
    );
    if (merge !== undefined) state.births.push(() => rerunCounted(state, merge, arrival.settled));
    if (arrival.contribution !== undefined) {
      const obstacle = contribute(state, group, arrival.member, arrival.contribution);
      if (obstacle !== null) {
        oppose(state, group, arrival, obstacle);
        return [];
      }
    }
  }
  return count(state, group, arrival);
}

/** Opens the conflict over what a member has written, unless its group has gone on without it. One after the other, nobody begins before. */
function oppose(state: RunState, group: LiveGroup, arrival: Arrival, obstacle: Obstacle): void {
  const { round, fellBack, progress } = group;
  if (fellBack) group.launching++;
  state.births.push(() => {
    if (group.round !== round) return;
    if (fellBack) group.launching--;
    if (progress.outcome(arrival.member) === undefined) contest(state, group, arrival, obstacle);
  });
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
  state.budget?.ledger.release(step.path);
  if (attempts > 0) state.inFlight.delete(attemptId(step.path, attempts));
}

/** The report as it counts: the output of a group or a map is made of its members' outputs, which only the run knows. */
function whole(state: RunState, step: LiveStep, settled: StepSettled): StepSettled {
  const body = step.body !== null && 'isCancelled' in step.body ? (step.body.members ?? null) : step.body;
  if (step.blueprint.step.kind === 'vote' && settled.outcome === 'completed') {
    return { ...settled, reason: decisionInWords(settled.output) };
  }
  if (body === null || !('progress' in body)) return settled;
  const isMap = step.blueprint.step.kind === 'map';
  if (settled.outcome !== 'completed') {
    if (isMap) clearItems(body);
    return settled;
  }
  const around = step.blueprint.phase?.settings.around;
  const made = around === undefined ? madeBy(state, body, isMap) : (body.scope.steps[around] ?? null);
  const output = hasOwnOutput(settled) ? settled.output : made;
  if (isMap) clearItems(body);
  return { ...settled, output };
}

/** What the members of a group have made, by their ids; of a map the list of results, null for an item without one. */
function madeBy(state: RunState, { blueprint, prefix, scope }: LiveGroup, isMap: boolean): Json {
  const results: Json[] = [];
  const output: Record<string, Json> = {};
  for (const { step } of blueprint.members) {
    const completed = state.records.get(prefix + step.id)?.outcome === 'completed';
    const own = completed ? (scope.steps[step.id] ?? null) : null;
    if (isMap) results.push(own);
    else if (completed) output[step.id] = own;
  }
  return isMap ? results : output;
}

/** Whether something was declared, or given, to take the place of what the members have made. */
const hasOwnOutput = ({ makeshift, output }: StepSettled): boolean => makeshift !== undefined && output !== null;

/** The items of a map are nobody's steps: only its list is seen. */
function clearItems({ blueprint, scope }: LiveGroup): void {
  for (const { step } of blueprint.members) delete scope.steps[step.id];
}

/** Ends a group's members: live ones are told to stop and report later; the others are settled now. */
export function endMembers(state: RunState, group: LiveGroup, outcome: 'cancelled' | 'skipped', reason: string): StepSettled[] {
  group.ending = { outcome, reason };
  if (group.blueprint.ways !== undefined) leaveLoops(state, group, reason);
  if (state.recovery.live.size > 0) leaveRecoveries(state, group, reason);
  state.slots.leave(group.path);
  for (const contest of [...group.contests.values()]) {
    // A merge for whose sake members run again waits for how that goes, unless all of it is given up.
    if (outcome === 'cancelled' || !contest.isMerge || contest.point !== null) leaveContest(state, contest, reason);
  }
  const settled: StepSettled[] = [...group.held.values()];
  group.held.clear();
  group.blueprint.members.forEach((_, member) => {
    if (group.progress.outcome(member) !== undefined || group.live.has(member)) return;
    state.slots.leave(group.prefix + (group.blueprint.members[member]?.step.id ?? ''));
    group.progress.close(member, outcome);
    settled.push(neverBegun(state, group, member, outcome, reason));
  });
  for (const step of group.live.values()) step.actor.send({ type: 'cancel', reason });
  return settled;
}
