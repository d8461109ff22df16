/** Work that goes back to an earlier phase: who is called back, what is taken back, and what begins anew. */

import { followersOf } from '../planning/followers.ts';
import { canonicalJson } from '../protocol/canonical-json.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { StepSettled } from '../protocol/messages.ts';
import { createFeedbackLoop, isLive, stateOf } from './actor-system.ts';
import { leaveContest } from './contest.ts';
import type { FeedbackRound } from './phase-story.ts';
import { takeBackWrites } from './phase-writes.ts';
import { closeRound, giveFeedback } from './phases.ts';
import type { LiveGroup, LiveLoop, LiveStep, RunState } from './run-state.ts';
import { lastRound } from './stories.ts';
import { letGo, numberOn } from './take-back.ts';
import { uncounted } from './uncounted.ts';

/** A phase asks for its work to go back. While work is on its way back already, it waits: it may be called back itself. */
export function sendBack(state: RunState, step: LiveStep): void {
  const { path, group, member, body, blueprint } = step;
  const to = group.blueprint.ways?.get(member);
  const feedback = blueprint.phase?.settings.feedback;
  if (to === undefined || feedback === undefined || group.recalled !== null) return;
  if (body?.actor == null || stateOf(body.actor) !== 'sendingBack') return;
  const findings = lastRound(state, path)?.findings ?? null;
  const open = state.loops.get(path);
  if (open !== undefined && open.group === group && isLive(open.actor)) {
    open.findings = findings;
    open.actor.send({ type: 'findings.reported', findings: canonicalJson(findings) });
    return;
  }
  const before = state.foundBefore.get(path) ?? [];
  const last = before.at(-1);
  const actor = createFeedbackLoop(group.actor, {
    loop: path,
    to: feedback.to,
    max: Math.max(feedback.max, state.grantedRounds.get(path) ?? 0),
    escalates: feedback.escalate !== undefined,
    rounds: before.length,
    before: last === undefined ? null : canonicalJson(last.findings),
    findings: canonicalJson(findings),
  });
  state.loops.set(path, { path, group, sender: member, to, actor, findings, question: null });
  actor.start();
}

/** Everything that depends on a member, and the member itself; who stands in for another runs again together with that one. */
export function wayFrom({ blueprint }: LiveGroup, member: number): ReadonlySet<number> {
  const way = new Set([member]);
  for (const on of way) {
    for (const next of followersOf(blueprint, on)) way.add(next);
    const stage = blueprint.stages?.get(on);
    if (stage !== undefined) way.add(stage);
  }
  return way;
}

/** From now on nobody between both phases is launched or counted. */
export function recall({ group, to, path }: LiveLoop): void {
  group.recalled = { loop: path, members: wayFrom(group, to) };
}

/** Calls back those who are at work; what is in conflict is left. */
export function callBack(state: RunState, loop: LiveLoop): void {
  const { group, path, sender } = loop;
  const { recalled } = group;
  if (recalled === null) return;
  closeRound(state, path, 'sent_back');
  const reason = `${path} sends the work back to ${group.blueprint.members[loop.to]?.step.id ?? ''}`;
  callBackMembers(state, group, recalled.members, reason, sender);
  wayCleared(state, group);
}

/** Tells those among members who are at work to stop; `except`: whose round was closed before. */
export function callBackMembers(state: RunState, group: LiveGroup, members: ReadonlySet<number>, reason: string, except = -1): void {
  for (const contest of [...group.contests.values()]) if (members.has(contest.member)) leaveContest(state, contest, reason);
  for (const member of members) {
    state.slots.leave(group.prefix + (group.blueprint.members[member]?.step.id ?? ''));
    const live = group.live.get(member);
    if (live === undefined) continue;
    if (member !== except) closeRound(state, live.path, 'called_back');
    live.actor.send({ type: 'cancel', reason });
  }
}

/** Whether the report of a member is of no use, because it was called back. */
export function isRecalled(group: LiveGroup, member: number): boolean {
  return group.recalled !== null && group.ending === null && group.recalled.members.has(member);
}

/** A member that was called back has ended: it does not count. */
export function leftTheWay(state: RunState, group: LiveGroup, { path, attempts }: StepSettled): void {
  numberOn(state, path, attempts);
  state.births.push(() => wayCleared(state, group));
}

/** Whoever has called members back is told once all of them have ended. */
export function wayCleared(state: RunState, group: LiveGroup): void {
  const { recalled } = group;
  if (recalled === null || [...recalled.members].some((member) => group.live.has(member))) return;
  if (recalled.hear !== undefined) {
    recalled.hear();
    return;
  }
  const loop = state.loops.get(recalled.loop);
  if (loop !== undefined && stateOf(loop.actor) === 'clearing') loop.actor.send({ type: 'way.cleared' });
}

/** Takes back what was left on the way, and lets it begin anew with what was found. */
export function goBack(state: RunState, loop: LiveLoop): void {
  const { group, path, findings } = loop;
  const { recalled } = group;
  if (recalled === null || group.ending !== null) return;
  const before = state.foundBefore.get(path) ?? [];
  const told: FeedbackRound = { round: before.length + 1, from: group.blueprint.members[loop.sender]?.step.id ?? path, findings };
  state.foundBefore.set(path, [...before, told]);
  giveFeedback(group.scope.variables, told);
  const counts = uncounted(state, group, recalled.members);
  for (const member of recalled.members) group.feedback.set(member, [...(group.feedback.get(member) ?? []), told]);
  const settings = group.blueprint.members[loop.sender]?.phase?.settings.feedback;
  if (settings?.takeBack === true) takeBackWrites(state, group, group.prefix + settings.to, recalled.members);
  letGo(state, group, recalled.members);
  group.progress.runAgain(recalled.members);
  group.recalled = null;
  group.actor.send({ type: 'members.reopened', ...counts });
  // Whoever wanted to send work back meanwhile, and was not called back, asks again.
  for (const live of group.live.values()) state.births.push(() => sendBack(state, live));
  for (const { resume } of state.recovery.live.values()) state.births.push(resume);
}

/** Tells the sender that its work does not go back. */
export function refuse(state: RunState, { path }: LiveLoop, error: ErrorData, decided: 'go_on' | 'fail' | null): void {
  const body = state.steps.get(path)?.body;
  if (body?.actor != null && stateOf(body.actor) === 'sendingBack') body.actor.send({ type: 'feedback.refused', error, decided });
}

/** A sender has ended for good. */
export function senderSettled(state: RunState, path: string): void {
  const loop = state.loops.get(path);
  if (loop !== undefined && isLive(loop.actor)) loop.actor.send({ type: 'sender.settled' });
}

/** The members of a group are being ended: nothing goes back any more. */
export function leaveLoops(state: RunState, group: LiveGroup, reason: string): void {
  group.recalled = null;
  for (const loop of state.loops.values()) {
    if (loop.group === group && isLive(loop.actor)) loop.actor.send({ type: 'cancel', reason });
  }
}
