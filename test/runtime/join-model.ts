/**
 * What a group of members that are all at work at once ends as, worked out from the ends of its members alone: when enough have completed,
 * when too many have failed, when the deadline is. Times are virtual ms from the start of the group; there is room for everybody.
 */
import type { GroupFailurePolicy, WaitFor } from '../../src/definition/joining.ts';
import type { FailurePolicy } from '../../src/definition/workflow.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';
import type { StepOutcome } from '../../src/protocol/outcomes.ts';

/** How one life of a member goes when nobody stops it. */
export interface Life {
  readonly takes: number;
  readonly succeeds: boolean;
}

/** A group, by its rules and by the two lives of each member: side by side, and one after the other. */
export interface ModelGroup {
  readonly waitFor: WaitFor;
  readonly quorum: number;
  readonly deadlineMs: number;
  readonly policy: GroupFailurePolicy | null;
  readonly onFailure: FailurePolicy;
  readonly members: readonly (readonly [atOnce: Life, inTurn: Life])[];
  /** How long undoing one member takes. */
  readonly undoMs: number;
}

/** What it ends as. */
export interface ModelEnd {
  readonly outcome: 'completed' | 'failed';
  readonly code: ErrorCode | null;
  /** By member, in order. */
  readonly members: readonly StepOutcome[];
  readonly ranAgain: boolean;
  /** Members that are undone, in that order. */
  readonly undone: readonly number[];
  readonly endsAt: number;
}

interface End {
  readonly member: number;
  readonly at: number;
  readonly succeeds: boolean;
}

interface Pass {
  readonly members: readonly StepOutcome[];
  /** Members that completed, in the order of their ends. */
  readonly completed: readonly number[];
  readonly failed: number;
  readonly endsAt: number;
}

/** The end of a group. */
export function modelJoin(group: ModelGroup): ModelEnd {
  const first = pass(group, atOnce(group), false);
  if (isGood(group, first)) return ended(group, first, {});
  if (group.policy === 'compensate') {
    const undone = first.completed.toReversed();
    return ended(group, { ...first, endsAt: first.endsAt + undone.length * group.undoMs }, { undone });
  }
  if (group.policy !== 'fall_back_sequential') return ended(group, first, {});
  const second = pass(group, inTurn(group), true);
  return ended(group, { ...second, endsAt: first.endsAt + second.endsAt }, { ranAgain: true });
}

function ended(group: ModelGroup, { members, endsAt, completed, failed }: Pass, more: Partial<ModelEnd>): ModelEnd {
  const isFine = isGood(group, { members, endsAt, completed, failed });
  const own = group.waitFor === 'all' || (group.waitFor === 'any' && group.policy === null);
  const code = isFine ? null : own ? 'AGENT_FAILED' : 'JOIN_FAILED';
  return { outcome: isFine ? 'completed' : 'failed', code, members, endsAt, ranAgain: false, undone: [], ...more };
}

const atOnce = ({ members }: ModelGroup): End[] =>
  members.map(([{ takes, succeeds }], member) => ({ member, at: takes, succeeds })).sort((a, b) => a.at - b.at || a.member - b.member);

function inTurn({ members }: ModelGroup): End[] {
  let at = 0;
  return members.map(([, { takes, succeeds }], member) => {
    at += takes;
    return { member, at, succeeds };
  });
}

/** How many must complete. */
function needed({ waitFor, quorum, members }: ModelGroup): number {
  const half = Math.floor(members.length / 2) + 1;
  return { all: members.length, any: 1, majority: half, quorum, deadline: quorum }[waitFor];
}

/** `ends`: how the members end when nobody stops them, in the order of their ends. */
function pass(group: ModelGroup, ends: readonly End[], oneByOne: boolean): Pass {
  const enough = group.waitFor === 'all' || group.waitFor === 'deadline' ? undefined : nth(ends, true, needed(group));
  const endsAtOnce = group.policy === null ? group.onFailure === 'stop' : group.policy !== 'settle';
  const hopeless = endsAtOnce ? nth(ends, false, group.members.length - needed(group) + 1) : undefined;
  const counted = Math.min(...[enough, hopeless].map((place) => (place === undefined ? ends.length : place + 1)));
  const inTime = group.waitFor === 'deadline' ? ends.filter(({ at }) => at <= group.deadlineMs).length : ends.length;
  const there = ends.slice(0, Math.min(counted, inTime));
  const members: StepOutcome[] = ends.map(() => 'cancelled');
  // One after the other, only the one at work is cancelled; the others were never begun. Nobody is at work when it was the last that counted.
  if (oneByOne) for (const { member } of ends.slice(there.length + (counted > inTime ? 1 : 0))) members[member] = 'skipped';
  for (const { member, succeeds } of there) members[member] = succeeds ? 'completed' : 'failed';
  const endsAt = counted > inTime ? group.deadlineMs : (there.at(-1)?.at ?? 0);
  const completed = there.filter(({ succeeds }) => succeeds).map(({ member }) => member);
  return { members, completed, failed: there.length - completed.length, endsAt };
}

/** The place of the n-th end of a kind. */
function nth(ends: readonly End[], succeeds: boolean, n: number): number | undefined {
  return ends.flatMap((end, place) => (end.succeeds === succeeds ? [place] : []))[n - 1];
}

function isGood(group: ModelGroup, { completed, failed }: Pass): boolean {
  if (group.policy === null && group.onFailure === 'best_effort') return true;
  return group.waitFor === 'all' ? failed === 0 : completed.length >= needed(group);
}
