import type { FailurePolicy, GroupFailurePolicy, WaitFor } from '../definition/joining.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { GroupSettled, MembersReopened, StepSettled } from '../protocol/messages.ts';

/** What a group has counted so far. Plain data; grows by `tally` only. */
export interface GroupTally {
  readonly members: number;
  readonly remaining: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Failures that end nothing at once, because their steps say so; they count among those that failed. */
  readonly patient: number;
  /** A member has failed that says of itself that this ends the group. */
  readonly stoppedBy: string | null;
  readonly failedStep: string | null;
  readonly error: ErrorData | null;
  readonly thrown: boolean;
}

/** How a group is joined: which members must end well, and what a failure means for the rest. */
export interface JoinRule {
  readonly waitFor: WaitFor;
  /** What the workflow says about failures; `policy` is what the group itself says. */
  readonly onFailure: FailurePolicy;
  readonly policy?: GroupFailurePolicy;
  /** Members that must complete, where `waitFor` is `quorum` or `deadline`. Default 1. */
  readonly quorum?: number;
  /** Members that may fail without the group failing (`all` only). Default 0. */
  readonly tolerated?: number;
  /** How long members may take, ms (`deadline` only). */
  readonly deadlineMs?: number;
}

/** The tally of a group none of whose members has settled, but for those that were kept from an earlier round, or left out because of them. */
export function emptyTally(members: number, kept = 0, leftOut = 0): GroupTally {
  const failures = { failed: 0, patient: 0, stoppedBy: null, failedStep: null, error: null, thrown: false };
  return { members, remaining: members - kept - leftOut, completed: kept, cancelled: 0, ...failures };
}

/** Counts settled members in. The first failure is kept as the group's own; one of a step that is done as well as can be is not counted. */
export function tally(
  before: GroupTally,
  settled: readonly Pick<StepSettled, 'path' | 'outcome' | 'error' | 'thrown' | 'onFailure'>[],
): GroupTally {
  let { remaining, completed, failed, cancelled, patient, stoppedBy, failedStep, error, thrown } = before;
  for (const member of settled) {
    remaining--;
    if (member.outcome === 'completed') completed++;
    else if (member.outcome === 'cancelled') cancelled++;
    else if (member.outcome === 'failed' && member.onFailure !== 'best_effort') {
      if (failed++ === 0) ({ path: failedStep, error, thrown } = member);
      if (member.onFailure === 'continue') patient++;
      if (member.onFailure === 'stop') stoppedBy ??= member.path;
    }
  }
  return { members: before.members, remaining, completed, failed, cancelled, patient, stoppedBy, failedStep, error, thrown };
}

/** Takes members that run again out of the count. */
export function reopened(
  count: GroupTally,
  { completed, failed, cancelled, skipped, excused = 0, patient = 0, first }: Omit<MembersReopened, 'type' | 'syncPoints'>,
): GroupTally {
  const left = count.failed - failed + excused;
  const failure = left === 0 ? { failedStep: null, error: null, thrown: false } : (first ?? {});
  return {
    ...count,
    ...failure,
    remaining: count.remaining + completed + failed + cancelled + skipped,
    completed: count.completed - completed,
    failed: left,
    cancelled: count.cancelled - cancelled,
    patient: count.patient - patient,
  };
}

/** How many members must complete; null where all must, or may be tolerated not to. */
function neededCompletions(rule: JoinRule, members: number): number | null {
  switch (rule.waitFor) {
    case 'all':
      return null;
    case 'any':
      return 1;
    case 'majority':
      return Math.floor(members / 2) + 1;
    case 'quorum':
    case 'deadline':
      return rule.quorum ?? 1;
  }
}

/** Whether the group can no longer be joined well, whatever the members still open do. */
function isLost(rule: JoinRule, count: GroupTally): boolean {
  const needed = neededCompletions(rule, count.members);
  if (needed === null) return count.failed > (rule.tolerated ?? 0);
  return count.completed + count.remaining < needed;
}

/**
 * Whether the group need not wait for the rest: enough members have completed, or it is lost and its failures end it at once. A group that
 * waits for a deadline takes whatever completes until then.
 */
export function isDecided(rule: JoinRule, count: GroupTally): boolean {
  const needed = neededCompletions(rule, count.members);
  if (needed !== null && rule.waitFor !== 'deadline' && count.completed >= needed) return true;
  if (count.stoppedBy !== null) return true;
  // Failures that are not to end anything are no reason to give up, either.
  return endsAtOnce(rule.policy ?? rule.onFailure) && isLost(rule, count.patient === 0 ? count : withoutPatient(rule, count));
}

function endsAtOnce(policy: GroupFailurePolicy): boolean {
  return policy !== 'settle' && policy !== 'continue' && policy !== 'best_effort';
}

/** The count as if those failures that end nothing at once had not come yet. */
function withoutPatient({ waitFor }: JoinRule, count: GroupTally): GroupTally {
  const failed = count.failed - count.patient;
  return waitFor === 'all' ? { ...count, failed } : { ...count, failed, remaining: count.remaining + count.patient };
}

/** How the group has ended, once nothing remains. */
export function groupVerdict(rule: JoinRule, count: GroupTally): GroupSettled {
  if ((rule.policy ?? rule.onFailure) === 'best_effort') return COMPLETED;
  const needed = neededCompletions(rule, count.members);
  if (needed === null) {
    if (count.failed <= (rule.tolerated ?? 0)) return COMPLETED;
    return (rule.tolerated ?? 0) > 0 ? beyondTolerance(rule, count) : firstFailure(count);
  }
  if (count.completed >= needed) return COMPLETED;
  // Members that were all skipped are nobody's failure: there was nothing to choose from.
  if (rule.waitFor === 'any' && rule.policy === undefined) return count.failed === 0 ? COMPLETED : firstFailure(count);
  return shortOf(needed, rule, count);
}

const COMPLETED: GroupSettled = { outcome: 'completed', failedStep: null, error: null, thrown: false };

const firstFailure = ({ failedStep, error, thrown }: GroupTally): GroupSettled => ({ outcome: 'failed', failedStep, error, thrown });

function shortOf(needed: number, rule: JoinRule, { completed, members, failed, failedStep, error, thrown }: GroupTally): GroupSettled {
  const late = rule.waitFor === 'deadline' ? ' in time' : '';
  return {
    outcome: 'failed',
    failedStep,
    thrown,
    error: {
      code: 'JOIN_FAILED',
      message: `${completed} of ${members} members completed${late}, ${needed} are needed${failed === 0 ? '' : `; ${failed} failed`}`,
      hint: failedStep === null ? 'ask for fewer members, or give them more time' : `the first to fail was ${failedStep}`,
      retryable: false,
      ...(error === null ? {} : { cause: error }),
    },
  };
}

function beyondTolerance(rule: JoinRule, { failed, members, failedStep, error, thrown }: GroupTally): GroupSettled {
  return {
    outcome: 'failed',
    failedStep,
    thrown,
    error: {
      code: 'MAP_FAILED',
      message: `${failed} of ${members} items failed, ${rule.tolerated} may`,
      hint: `the first to fail was ${failedStep}`,
      retryable: false,
      ...(error === null ? {} : { cause: error }),
    },
  };
}
