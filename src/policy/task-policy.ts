/**
 * What the house lets its agents do. A policy looks at a task that is about to be given to an agent and lets it pass, makes it wait, or
 * denies it. Policies are asked in their order; the first denial wins, and where nobody denies, the first that makes it wait.
 */
import { formatDuration } from '../definition/duration.ts';
import { errorData, TroupeError } from '../protocol/errors.ts';
import type { Task } from '../protocol/task.ts';
import { MAX_CONCURRENT_TASKS } from './task-limit.ts';

/** What a policy says. `why` is a sentence for people. */
export type PolicyVerdict =
  | { readonly kind: 'allow' }
  /** Asked again whenever a task has ended, and each second at least. `why` is shown as what the task waits for. */
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'deny'; readonly why: string };

/** The house as a policy sees it. */
export interface HouseView {
  /** Tasks in the hands of agents. */
  readonly inFlight: number;
  /** Tasks in the hands of agents of one kind: the persona, else the step type. */
  inFlightOf(kind: string): number;
}

/** What is looked at of a task. */
export type PolicyTask = Pick<Task, 'run' | 'step' | 'type' | 'persona' | 'params' | 'timeoutMs' | 'needs'>;

/** A policy of the house. It is asked often and must answer at once. One that throws denies. */
export interface TaskPolicy {
  /** For people. */
  readonly name: string;
  readonly judge: (task: PolicyTask, house: HouseView) => PolicyVerdict;
  /**
   * What makes it let a task wait. `kind`: only of what kind it is, and how many are at work, so that of those who wait the first of each kind
   * is asked about alone, and no second passes by. Default: anything; each one is asked about, and whoever may go passes those who wait.
   */
  readonly goesBy?: 'kind';
}

/** Why a task does not pass, and who says so. */
export interface PolicyJudgement {
  readonly verdict: PolicyVerdict;
  /** null where all let it pass. */
  readonly policy: TaskPolicy | null;
}

const ALLOW: PolicyVerdict = { kind: 'allow' };
const PASSED: PolicyJudgement = { verdict: ALLOW, policy: null };

/** The kind of a task: the persona that is asked for, else the type of the step. */
export const kindOf = ({ persona, type }: Pick<Task, 'persona' | 'type'>): string => persona ?? type;

/** Asks all policies about a task. */
export function judgeTask(policies: readonly TaskPolicy[], task: PolicyTask, house: HouseView): PolicyJudgement {
  let waits = PASSED;
  for (const policy of policies) {
    const verdict = heard(policy, task, house);
    if (verdict.kind === 'deny') return { verdict, policy };
    if (verdict.kind === 'wait' && waits === PASSED) waits = { verdict, policy };
  }
  return waits;
}

const VERDICTS: ReadonlySet<unknown> = new Set(['allow', 'wait', 'deny']);

function heard(policy: TaskPolicy, task: PolicyTask, house: HouseView): PolicyVerdict {
  try {
    const verdict: PolicyVerdict | undefined = policy.judge(task, house);
    return VERDICTS.has(verdict?.kind) ? verdict : { kind: 'deny', why: 'it could not be judged: no verdict was given' };
  } catch (thrown) {
    return { kind: 'deny', why: `it could not be judged: ${errorData(thrown).message}` };
  }
}

/**
 * So many tasks at once, over all and by kind; what is beyond waits.
 *
 * @param most over all. Default 5 (`MAX_CONCURRENT_TASKS`)
 * @param byKind by persona or step type; kinds that are not named are limited over all alone
 * @throws TroupeError DEFINITION_INVALID for less than 1: everything would wait for ever
 */
export function maxConcurrent(most = MAX_CONCURRENT_TASKS, byKind: Readonly<Record<string, number>> = {}): TaskPolicy {
  const limits = new Map(Object.entries(byKind));
  for (const limit of [most, ...limits.values()]) {
    if (limit >= 1) continue;
    throw new TroupeError('DEFINITION_INVALID', `a policy cannot let ${limit} tasks be at work`, { hint: 'one at least, or Infinity' });
  }
  return {
    name: 'max concurrent tasks',
    goesBy: 'kind',
    judge(task, house) {
      if (house.inFlight >= most) return { kind: 'wait', why: `${most} tasks are at work, the most there may be` };
      const kind = kindOf(task);
      const limit = limits.get(kind);
      if (limit === undefined || house.inFlightOf(kind) < limit) return ALLOW;
      return { kind: 'wait', why: `${limit} tasks of ${kind} are at work, the most there may be` };
    },
  };
}

/** Every task has a timeout within these bounds, ms; others are denied. Without `most`, one without a timeout passes. */
export function timeoutBounds({ least = 0, most }: { readonly least?: number; readonly most?: number }): TaskPolicy {
  return {
    name: 'timeout bounds',
    judge({ timeoutMs }) {
      if (timeoutMs === null) {
        return most === undefined ? ALLOW : { kind: 'deny', why: `it has no timeout; the most is ${formatDuration(most)}` };
      }
      if (timeoutMs < least) return { kind: 'deny', why: `its timeout of ${formatDuration(timeoutMs)} is below ${formatDuration(least)}` };
      if (most === undefined || timeoutMs <= most) return ALLOW;
      return { kind: 'deny', why: `its timeout of ${formatDuration(timeoutMs)} is above ${formatDuration(most)}` };
    },
  };
}

/** Tasks may require these capabilities and no others. */
export function allowedCapabilities(allowed: readonly string[]): TaskPolicy {
  const known = new Set(allowed);
  return {
    name: 'allowed capabilities',
    judge({ needs }) {
      const others = (needs?.capabilities ?? []).filter((each) => !known.has(each));
      return others.length === 0 ? ALLOW : { kind: 'deny', why: `it requires ${others.join(', ')}, which is not allowed here` };
    },
  };
}
