/** What each way of settling a conflict does: merge by rule, ask a merge persona, run the loser again, run alone, ask a person. */
import type { ConflictRung, ConflictSettings } from '../definition/joining.ts';
import type { SignalStep, TaskStep } from '../definition/workflow.ts';
import type { ConflictContext } from '../machines/conflict.ts';
import { drawErrand } from '../planning/draw-blueprint.ts';
import { commitResolved } from '../policy/context-commit.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import { contextOf, isLive, tellLive } from './actor-system.ts';
import { placesOf, sidesOf, valuesIn } from './conflict-sides.ts';
import { tellRung } from './contest.ts';
import { contribute, handOver, MERGE, mergeStaged, type Obstacle, settleCommit } from './contributions.ts';
import { deskOf } from './desk.ts';
import { openErrand } from './errand.ts';
import { relaunch } from './launch.ts';
import type { Arrival, Contest, RunState } from './run-state.ts';
import { branchOf, type Contribution, cellOf, seenBy } from './shared-cell.ts';
import { dropFormer, forget, numberOn } from './take-back.ts';

/** Tries to settle a conflict in one way; its statechart is told how that went, at once or when it is known. */
export function tryRung(state: RunState, id: string, rung: ConflictRung): void {
  const contest = state.contests.get(id);
  if (contest === undefined || !isLive(contest.actor)) return;
  contest.rung = rung;
  contest.resume = null;
  const refused = whyNot(contest, rung);
  if (refused !== null) {
    tellRung(contest, rung, refused);
    return;
  }
  switch (rung) {
    case 'automatic':
      if (contest.isMerge) mergeInTurn(state, contest);
      else tellRung(contest, rung, placesOf(contest));
      return;
    case 'guided':
      askPersona(state, contest);
      return;
    case 'rerun':
      runAgain(state, contest);
      return;
    case 'sequential':
      if (contest.isMerge) contest.group.actor.send({ type: 'members.restart' });
      else runAlone(state, contest);
      return;
    case 'person':
      askPerson(state, contest);
  }
}

/** Why a rung has nothing to settle: the other side is gone, or something was read before it changed, which nobody decides and the step may not take. */
function whyNot({ group, member, isMerge, conflicts, stale }: Contest, rung: ConflictRung): string | null {
  const isAsked = rung === 'guided' || rung === 'person';
  if (isMerge && isAsked && group.context?.staged.has(member) !== true) return 'what it had written is gone: it ran again, in vain';
  if (conflicts.length > 0 || stale.length === 0 || rung === 'automatic') return null;
  if (isAsked) return 'there are no two sides to what was read too early';
  const step = group.blueprint.members[member]?.step;
  return step?.kind === 'task' && step.onStale === 'fail' ? 'the step fails on a stale read' : null;
}

/** What was begun by a rung is of no use any more. */
export function leaveRung(state: RunState, id: string, reason: string): void {
  const contest = state.contests.get(id);
  const errand = contest?.errand ?? null;
  if (errand !== null) tellLive(errand.actor, { type: 'cancel', reason });
}

/** Begins to merge once no other merge of the group is under way: what one has a member do again is not there for the other. */
function mergeInTurn(state: RunState, contest: Contest): void {
  const { contests } = contest.group;
  contest.resume = () => {
    if ([...contests.values()].some((other) => other !== contest && other.isMerge && other.rung !== null && other.resume === null)) return;
    contest.resume = null;
    mergeOn(state, contest);
  };
  contest.resume();
}

/** Goes on merging; what does not fit next is settled in the way that is being tried, where that can be done. */
function mergeOn(state: RunState, contest: Contest): void {
  const { group, point, rung } = contest;
  if (rung === null) return;
  const only = point?.blueprint.step.kind === 'sync' ? membersOf(contest, point.blueprint.step.members) : null;
  const before = contest.member;
  const obstacle = mergeStaged(state, group, only) ?? (point === null ? asMember(handOver(state, group)) : null);
  if (obstacle === null) {
    tellRung(contest, rung, null);
    return;
  }
  Object.assign(contest, obstacle);
  const isNew = obstacle.member !== before;
  const refused = whyNot(contest, rung);
  if (refused !== null) tellRung(contest, rung, refused);
  else if (rung === 'guided') askPersona(state, contest);
  else if (rung === 'person') askPerson(state, contest);
  else if (rung === 'rerun' && isNew) runAgain(state, contest);
  else tellRung(contest, rung, placesOf(contest));
}

const asMember = (obstacle: Obstacle | null) => (obstacle === null ? null : { member: MERGE, ...obstacle });

function membersOf({ group }: Contest, ids: readonly string[]): ReadonlySet<number> {
  const wanted = new Set(ids);
  return new Set(group.blueprint.members.flatMap(({ step }, member) => (wanted.has(step.id) ? [member] : [])));
}

/** Runs the member whose writes do not fit once more, on what the others have written. */
function runAgain(state: RunState, contest: Contest): void {
  const { group, member, arrival } = contest;
  if (member < 0) {
    tellRung(contest, 'rerun', 'its members have worked on each other’s results');
    return;
  }
  const { context } = group;
  if (contest.isMerge) group.actor.send({ type: 'members.rerun', count: 1 });
  if (context !== null && context.base !== null) {
    context.staged.delete(member);
    context.branches.set(member, branchOf(context.cell.current));
  }
  const path = group.prefix + (group.blueprint.members[member]?.step.id ?? '');
  if (arrival !== null) numberOn(state, path, arrival.settled.attempts);
  forget(state, group, [member]);
  relaunch(state, group, member);
}

/** Runs it again while nobody else writes those keys. */
function runAlone(state: RunState, contest: Contest): void {
  contest.resume = () => {
    if (!bar(contest) || isContested(state, contest)) return;
    contest.resume = null;
    runAgain(state, contest);
  };
  contest.resume();
}

/** Bars the keys in conflict for everybody else, all of them or none; false where one is barred already. */
function bar({ id, group, conflicts, stale }: Contest): boolean {
  const { barred } = group.scope;
  const keys = [...conflicts, ...stale].map(({ key }) => key);
  if (keys.some((key) => (barred.get(key) ?? id) !== id)) return false;
  for (const key of keys) barred.set(key, id);
  return true;
}

/** Whether somebody at work may still write a key that is barred for this conflict. */
function isContested(state: RunState, { id, group }: Contest): boolean {
  const keys = [...group.scope.barred].filter(([, by]) => by === id).map(([key]) => key);
  return [...state.steps.values()].some(
    (step) => step.group.scope === group.scope && step.path !== id && step.blueprint.keys?.writes.some((key) => keys.includes(key)),
  );
}

/** A member that ran again on behalf of its conflict has ended. */
export function rerunEnded(state: RunState, contest: Contest, arrival: Arrival): void {
  const { rung } = contest;
  if (rung !== 'rerun' && rung !== 'sequential') return;
  const { path, outcome, attempts, error, reason } = arrival.settled;
  numberOn(state, path, attempts);
  let failure: string | null = null;
  if (outcome !== 'completed')
    failure = `when it ran again it ${outcome === 'failed' ? 'failed' : `was ${outcome}`}: ${error?.message ?? reason ?? ''}`;
  else {
    const obstacle = arrival.contribution === undefined ? null : contribute(state, contest.group, arrival.member, arrival.contribution);
    contest.arrival = arrival;
    if (obstacle !== null) {
      Object.assign(contest, obstacle);
      failure = `once more, ${placesOf(contest)}`;
    }
  }
  state.births.push(() => tellRung(contest, rung, failure));
}

/** A member that ran again before its group is joined has ended, and counts. */
export function rerunCounted(state: RunState, contest: Contest, settled: StepSettled): void {
  dropFormer(state, contest.group, contest.member);
  if (settled.outcome === 'completed') mergeOn(state, contest);
  else tellRung(contest, 'rerun', `when ${settled.path} ran again it did not complete: ${settled.error?.message ?? settled.reason ?? ''}`);
}

/** Stands before the paths of what is done to settle a conflict. */
export const CONFLICT = '(conflict)/';

function askPersona(state: RunState, contest: Contest): void {
  const settings = contest.group.blueprint.conflicts;
  if (settings === null || (settings.persona === undefined && settings.type === undefined)) {
    tellRung(contest, 'guided', 'nobody is named to merge');
    return;
  }
  const extra: JsonObject = { conflicts: sidesOf(contest), ...(settings.guidance === undefined ? {} : { guidance: settings.guidance }) };
  errand(state, contest, mergeTask(settings), extra);
}

function mergeTask({ persona, type }: ConflictSettings): TaskStep {
  return {
    kind: 'task',
    id: 'merge',
    name: 'merge',
    type: type ?? 'persona-request',
    dependencies: [],
    params: {},
    ...(persona === undefined ? {} : { persona }),
  };
}

/** Asks a person; what was wrong with the last answer is told with the question. */
function askPerson(state: RunState, contest: Contest, refused: string | null = null): void {
  const { timeoutMs } = contextOf<ConflictContext>(contest.actor);
  const wait: SignalStep = {
    kind: 'signal',
    id: 'decision',
    name: 'decision',
    type: 'wait-for-signal',
    dependencies: [],
    signal: `${contest.id}.decision`,
    ...(timeoutMs === null ? {} : { timeout: timeoutMs }),
  };
  errand(state, contest, wait, { conflicts: sidesOf(contest), ...(refused === null ? {} : { refused }) });
}

function errand(state: RunState, contest: Contest, step: TaskStep | SignalStep, extra: JsonObject | null): void {
  const prefix = `${CONFLICT}${contest.id}/`;
  contest.errand = openErrand(state, contest.group.scope, {
    blueprint: drawErrand(contest.group.scope.blueprint.workflow, [step]),
    path: prefix.slice(0, -1),
    within: contest.group.within,
    prefix,
    parent: deskOf(state),
    extra,
    onSettled: (settled) => errandEnded(state, contest, settled),
  });
}

function errandEnded(state: RunState, contest: Contest, settled: StepSettled): void {
  const { rung } = contest;
  if ((rung !== 'guided' && rung !== 'person') || !isLive(contest.actor)) return;
  const who = rung === 'guided' ? 'the merge persona' : 'the person';
  if (settled.outcome !== 'completed') {
    tellRung(contest, rung, `${who} gave no answer: ${settled.error?.message ?? settled.reason ?? settled.outcome}`);
    return;
  }
  const values = valuesIn(settled.output, contest);
  if (typeof values === 'string') {
    // A slip of a person's hand must not cost the run; a persona had its retries.
    if (rung === 'person') askPerson(state, contest, values);
    else tellRung(contest, rung, `the answer of ${who} ${values}`);
    return;
  }
  resolve(state, contest, values);
  if (contest.isMerge) mergeOn(state, contest);
  else tellRung(contest, rung, null);
}

/** Takes the writes in with what was decided about the keys in conflict. */
function resolve(state: RunState, contest: Contest, values: JsonObject): void {
  const { group, member, arrival } = contest;
  const { context } = group;
  const contribution: Contribution | undefined = contest.isMerge ? context?.staged.get(member) : arrival?.contribution;
  if (context === null || contribution === undefined) return;
  const cell = !contest.isMerge ? cellOf(context, member) : member === MERGE && context.apart !== null ? context.apart.outer : context.cell;
  const view = contest.isMerge ? seenBy(cell.current, contribution.view) : contribution.view;
  const result = commitResolved(cell.current, { ...contribution, view, at: state.clock.now(), values });
  settleCommit(state, undefined, contribution, cell, result);
  context.staged.delete(member);
  if (member === MERGE && context.apart !== null) context.apart.own.start = context.apart.own.current;
}
