/**
 * Conflicts over what members have written. A conflict has a statechart that climbs the ladder of ways to settle it (machines/conflict.ts);
 * what each rung does is in rungs.ts. A member whose writes are in conflict has ended but does not count yet; members that worked side by
 * side count, and their group is joined once what they wrote has been merged.
 */
import type { ConflictRung } from '../definition/joining.ts';
import { conflictLadder } from '../policy/conflict-ladder.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { ConflictSettled, GroupSettled, RungSettled, StepSettled } from '../protocol/messages.ts';
import { createConflict, settlementOf, stateOf, tellLive } from './actor-system.ts';
import { MERGE, type Obstacle } from './contributions.ts';
import { count } from './counting.ts';
import { deskOf } from './desk.ts';
import type { Arrival, Contest, LiveGroup, LiveStep, RunScope, RunState } from './run-state.ts';
import { renderDuration, scopeOf } from './scope.ts';
import { takeBackMembers } from './take-back.ts';

const STALE_LADDER: readonly ConflictRung[] = ['rerun', 'sequential'];

interface Opening {
  readonly id: string;
  readonly member: number;
  readonly arrival: Arrival | null;
  readonly ladder: readonly ConflictRung[];
  readonly obstacle: Obstacle;
  readonly point: LiveStep | null;
}

/** Opens the conflict over what one member has written. */
export function contest(state: RunState, group: LiveGroup, arrival: Arrival, obstacle: Obstacle): void {
  const { path } = arrival.settled;
  // A stale read is no difference of opinion: what was read anew settles it, or nothing does.
  const ladder: readonly ConflictRung[] = obstacle.conflicts.length > 0 ? ladderOf(group) : STALE_LADDER;
  open(state, group, { id: path, member: arrival.member, arrival, ladder, obstacle, point: null });
}

/** Merges what the members of a group have written side by side, before the group is joined or a sync point completes. */
export function openMerge(state: RunState, group: LiveGroup, point: LiveStep | null = null): void {
  // What is begun from now on is begun to settle the merge: the group has ended its members before, but not these.
  if (point === null) group.ending = null;
  const id = point === null ? group.path : point.path;
  const obstacle = { conflicts: [], stale: [] };
  const rungs: readonly ConflictRung[] = ['automatic', ...ladderOf(group)];
  // While members are at work nobody can be made to begin anew with all others.
  const ladder = point === null ? rungs : rungs.filter((rung) => rung !== 'sequential');
  open(state, group, { id, member: MERGE, arrival: null, ladder, obstacle, point });
}

function open(state: RunState, group: LiveGroup, { id, member, arrival, ladder, obstacle, point }: Opening): void {
  const timeoutMs = renderDuration(group.blueprint.conflictTimeout, `the conflicts of ${group.path}`, scopeOf(group, member));
  const actor = createConflict(deskOf(state), { contest: id, ladder, timeoutMs });
  const { conflicts, stale } = obstacle;
  const made: Contest = {
    id,
    group,
    member,
    arrival,
    isMerge: arrival === null,
    actor,
    rung: null,
    conflicts,
    stale,
    errand: null,
    resume: null,
    point,
  };
  group.contests.set(point === null ? member : point.member, made);
  state.contests.set(id, made);
  const over = point === null ? () => tellGroup(made) : () => pointMerged(state, made, point);
  actor.subscribe({ next() {}, error() {}, complete: () => state.births.push(over) });
  actor.start();
}

/** A conflict is over: its group hears of it as of the end of a member, unless it is over itself. */
function tellGroup({ actor, group }: Contest): void {
  const output = settlementOf<ConflictSettled>(actor);
  if (output !== null) tellLive(group.actor, { type: 'xstate.done.actor.conflict', output });
}

const ladderOf = ({ blueprint }: LiveGroup): readonly ConflictRung[] => conflictLadder(blueprint.conflicts);

/** Tells the statechart of a conflict what came of the rung under way. */
export function tellRung({ actor }: Contest, rung: RungSettled['rung'], reason: string | null): void {
  tellLive(actor, { type: 'rung.settled', rung, settled: reason === null, reason });
}

/** What members had written before they met is merged, or could not be: the sync point is told. */
function pointMerged(state: RunState, contest: Contest, point: LiveStep): void {
  const settled = settlementOf<ConflictSettled>(contest.actor);
  if (state.contests.get(contest.id) !== contest) return;
  close(state, contest.group, contest.id);
  const { context } = contest.group;
  if (settled === null || settled.outcome === 'cancelled' || context === null) return;
  // Whoever is launched from now on begins with what was merged.
  if (settled.outcome === 'resolved') context.base = context.cell.current;
  const error = settled.outcome === 'resolved' ? null : unresolvedError(contest, point.path, settled);
  const meeting = point.body?.actor ?? null;
  if (meeting === null || stateOf(meeting) !== 'executing') return;
  meeting.send({ type: 'sync.executed', output: { version: context.cell.current.version }, error });
}

/** A conflict is over: the member it was about counts now. */
export function contested(state: RunState, group: LiveGroup, settled: ConflictSettled): StepSettled[] {
  const closed = close(state, group, settled.contest);
  const arrival = closed?.arrival ?? null;
  if (closed === null || arrival === null || group.progress.outcome(arrival.member) !== undefined) return [];
  if (settled.outcome === 'resolved') return count(state, group, arrival);
  // Left with its group, which ends the member itself.
  if (settled.outcome === 'cancelled') return [];
  return count(state, group, { ...arrival, settled: unresolved(closed, arrival.settled, settled) });
}

/** A conflict is of no use any more. Its group may be over before its statechart is. */
export function leaveContest(state: RunState, { actor, group, id }: Contest, reason: string): void {
  tellLive(actor, { type: 'cancel', reason });
  close(state, group, id);
}

/** A sync point is over: so is the merge that it has asked for. Members that run again for it go on, and are merged when the group is joined. */
export function leaveMerge(state: RunState, point: LiveStep, reason: string): void {
  const open = point.group.contests.get(point.member);
  if (open?.point === point) leaveContest(state, open, reason);
}

function close(state: RunState, group: LiveGroup, id: string): Contest | null {
  const closed = state.contests.get(id) ?? null;
  state.contests.delete(id);
  for (const [at, other] of group.contests) if (other === closed) group.contests.delete(at);
  if (closed?.isMerge === true && group.contests.size > 0) state.births.push(() => resumeContests(state));
  const { barred } = group.scope;
  const before = barred.size;
  for (const [key, by] of barred) if (by === id) barred.delete(key);
  if (barred.size < before) state.births.push(() => unbarred(state, group.scope));
  return closed;
}

/** Keys are free again: those who waited for them may begin. */
function unbarred(state: RunState, scope: RunScope): void {
  resumeContests(state);
  for (const waiting of state.groups.values()) {
    if (waiting.scope === scope) tellLive(waiting.actor, { type: 'slot.granted' });
  }
}

/** Members that wait to run alone, and merges that wait for others, begin if nobody is in their way any more. */
export function resumeContests(state: RunState): void {
  for (const contest of state.contests.values()) contest.resume?.();
}

/** A merge is over: says why it came to nothing, or null. */
export function merged(state: RunState, group: LiveGroup, settled: ConflictSettled): ErrorData | null {
  const closed = close(state, group, settled.contest);
  return closed === null || settled.outcome !== 'unresolved' ? null : unresolvedError(closed, group.path, settled);
}

function unresolved(contest: Contest, settled: StepSettled, ended: ConflictSettled): StepSettled {
  return { ...settled, outcome: 'failed', output: null, thrown: false, error: unresolvedError(contest, settled.path, ended) };
}

function unresolvedError({ conflicts, stale }: Contest, path: string, { tried }: ConflictSettled): ErrorData {
  const isStale = conflicts.length === 0 && stale.length > 0;
  const keys = (isStale ? stale : conflicts).map(({ key }) => key).join(', ');
  const attempts = tried.map(([rung, reason]) => `${rung}: ${reason}`).join('; ');
  return {
    code: isStale ? 'CONTEXT_STALE' : 'CONFLICT_UNRESOLVED',
    message: isStale
      ? `${keys} changed after ${path} had read it${attempts === '' ? '' : ` (${attempts})`}`
      : `what ${path} wrote to ${keys} does not fit what others wrote, and nothing settled it (${attempts})`,
    hint: isStale ? 'let it depend on whoever writes that key' : 'give the workflow a merge persona, or let a person decide (conflicts)',
    retryable: false,
  };
}

/** The members of a group that fell back on behalf of its conflict have run again. */
export function mended(state: RunState, group: LiveGroup, settled: GroupSettled): void {
  const merge = group.contests.get(MERGE);
  if (merge === undefined) return;
  if (settled.outcome === 'completed') {
    tellRung(merge, 'sequential', null);
    return;
  }
  // There is nothing left to merge: the group ends as its members did.
  leaveContest(state, merge, 'one after the other its members failed');
}

/** Members run again, one after the other, from where the group began. */
export function startOver(state: RunState, group: LiveGroup): void {
  takeBackMembers(state, group);
  group.fellBack = true;
  group.round++;
  group.launching = 0;
  group.held.clear();
  group.limit = 1;
  group.ending = null;
  const { context } = group;
  if (context !== null) {
    context.staged.clear();
    context.branches.clear();
    context.base = null;
    if (context.apart !== null) context.cell = context.apart.outer;
  }
  group.progress.startOver();
  // What is done one after the other is done in the order of the file, as in a sequence.
  group.progress.reorder(group.blueprint.rank);
}
