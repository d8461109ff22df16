import type { WaitFor } from '../definition/workflow.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { GroupSettled, StepSettled } from '../protocol/messages.ts';

/** What a group has counted so far. Plain data; grows by `tally` only. */
export interface GroupTally {
  readonly remaining: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly failedStep: string | null;
  readonly error: ErrorData | null;
  readonly thrown: boolean;
}

/** How a group is joined: which members must end well, and what a failure means for the rest. */
export interface JoinRule {
  readonly waitFor: WaitFor;
  readonly onFailure: 'continue' | 'stop' | 'best_effort';
}

/** The tally of a group none of whose members has settled. */
export function emptyTally(members: number): GroupTally {
  return { remaining: members, completed: 0, failed: 0, cancelled: 0, failedStep: null, error: null, thrown: false };
}

/** Counts settled members in. The first failure is kept as the group's own. */
export function tally(before: GroupTally, settled: readonly Pick<StepSettled, 'path' | 'outcome' | 'error' | 'thrown'>[]): GroupTally {
  let { remaining, completed, failed, cancelled, failedStep, error, thrown } = before;
  for (const member of settled) {
    remaining--;
    if (member.outcome === 'completed') completed++;
    else if (member.outcome === 'cancelled') cancelled++;
    else if (member.outcome === 'failed') {
      if (failed++ === 0) ({ path: failedStep, error, thrown } = member);
    }
  }
  return { remaining, completed, failed, cancelled, failedStep, error, thrown };
}

/** Whether the group need not wait for the rest: the first success of an `any` join, or a failure under `stop`. */
export function isDecided(rule: JoinRule, count: GroupTally): boolean {
  if (rule.waitFor === 'any') return count.completed > 0;
  return rule.onFailure === 'stop' && count.failed > 0;
}

/** How the group has ended, once nothing remains. */
export function groupVerdict(rule: JoinRule, count: GroupTally): GroupSettled {
  const failed = rule.waitFor === 'any' ? count.completed === 0 && count.failed > 0 : count.failed > 0;
  if (failed && rule.onFailure !== 'best_effort') {
    return { outcome: 'failed', failedStep: count.failedStep, error: count.error, thrown: count.thrown };
  }
  return { outcome: 'completed', failedStep: null, error: null, thrown: false };
}
