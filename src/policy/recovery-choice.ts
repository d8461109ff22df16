/** Which way of recovering is tried next: of those that apply, the one with the best score; of equals the one that is declared first. */
import { RECOVERY_PAUSE, type RecoveryStrategy, type RecoveryUse } from '../definition/recovery-settings.ts';
import { backoffDelay } from './backoff.ts';
import type { FailureClass } from './failure-class.ts';
import { learnedSuccess, RECOVERY_COSTS, recoveryScore, timeWithPause } from './recovery-score.ts';

/** What has failed, as far as it decides what can be done about it. */
export interface RecoverySubject {
  /** Whether an agent did it, and not members. */
  readonly isTask: boolean;
  /** Whether it can begin anew where it stands. */
  readonly mayBeginAnew: boolean;
  /** Whether there is a parallel group whose members can still start over one by one. */
  readonly mayFallBack: boolean;
  /** Whether its workflow can go back to where the strategy says. */
  readonly mayRestart: boolean;
}

/** How often a way was tried in the run so far, and how often it helped. */
export interface RecoveryTally {
  readonly tried: number;
  readonly helped: number;
}

/** Everything that a choice depends on. */
export interface RecoverySituation {
  readonly strategies: readonly RecoveryStrategy[];
  readonly failure: Pick<FailureClass, 'kind' | 'severity' | 'retryable'>;
  /** By place in `strategies`: how often it was tried for this step in this life of the run. */
  readonly used: readonly number[];
  readonly subject: RecoverySubject;
  readonly learned: Readonly<Partial<Record<RecoveryUse, RecoveryTally>>>;
}

/** The way that is tried next. */
export interface RecoveryChoice {
  /** Its place in `strategies`. */
  readonly place: number;
  readonly score: number;
}

/** The best way that applies, or null where none does. */
export function chooseRecovery(situation: RecoverySituation): RecoveryChoice | null {
  let best: RecoveryChoice | null = null;
  for (const [place, strategy] of situation.strategies.entries()) {
    const used = situation.used[place] ?? 0;
    if (obstacleTo(strategy, used, situation) !== null) continue;
    const score = scoreOf(strategy, used, situation);
    if (best === null || score > best.score) best = { place, score };
  }
  return best;
}

/** Why a way does not apply, in one clause; null where it does. */
export function obstacleTo(
  { use, budget }: Pick<RecoveryStrategy, 'use' | 'budget'>,
  used: number,
  { failure, subject }: Pick<RecoverySituation, 'failure' | 'subject'>,
): string | null {
  if (used >= budget) return `it was tried ${used === 1 ? 'once' : `${used} times`}, which is all it may`;
  switch (use) {
    case 'retry_agent':
      if (!subject.mayBeginAnew) return 'it cannot begin anew where it stands';
      return failure.retryable ? null : `the same again would not help (${failure.kind})`;
    case 'substitute_agent':
      if (!subject.isTask) return 'no single agent did it';
      return isForAnother(failure) ? null : `another agent would not change it (${failure.kind})`;
    case 'fall_back_sequential':
      return subject.mayFallBack ? null : 'there is no parallel group that could run one by one';
    case 'partial':
      return failure.severity === 'critical' ? `nothing can be built on it (${failure.kind})` : null;
    case 'restart':
      return subject.mayRestart ? null : 'its workflow cannot go back';
    case 'escalate':
      return subject.mayBeginAnew ? null : 'it cannot begin anew where it stands';
  }
}

/** What the step was given, or what it may not do, is the same for every agent. */
function isForAnother({ kind, retryable }: RecoverySituation['failure']): boolean {
  return kind !== 'policy.violation' && kind !== 'context.corruption' && (kind !== 'validation.failure' || retryable);
}

function scoreOf(strategy: RecoveryStrategy, used: number, { learned }: RecoverySituation): number {
  const { tried = 0, helped = 0 } = learned[strategy.use] ?? {};
  const costs = RECOVERY_COSTS[strategy.use];
  return recoveryScore({ ...costs, success: learnedSuccess(tried, helped), time: timeWithPause(costs.time, pauseMs(strategy, used)) });
}

/** How long is paused before a way is tried that was tried `used` times before, ms. */
export function pauseMs(strategy: RecoveryStrategy, used: number): number {
  if (strategy.use !== 'retry_agent') return 0;
  const { delayMs, factor } = strategy;
  return backoffDelay({ delayMs, factor, maxDelayMs: RECOVERY_PAUSE.maxDelayMs, jitter: 0 }, used + 1, 0);
}
