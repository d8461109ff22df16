import { builtBase } from './builder-base.ts';
import { type SpendingOptions, spending } from './builder-budget.ts';
import { builtConflicts, type ConflictOptions } from './builder-conflicts.ts';
import { builtLimits, type LimitOptions } from './builder-limits.ts';
import type { StepList } from './builder-list.ts';
import type { Known, StepOptions } from './builder-options.ts';
import { builtRecovery, type RecoveryOptions } from './builder-recovery.ts';
import { builtDuration, type DurationOption } from './builder-timing.ts';
import type { GroupFailurePolicy } from './joining.ts';
import type { GroupStep } from './workflow.ts';

/**
 * When a group ends. `all` (default): with its last member; `any`: with its first success; `majority`: once more than half of its members have
 * completed; `quorum`: once so many have; `deadline`: what has completed by then counts, at least `quorum` of them (default 1).
 */
type JoinOptions =
  | { readonly waitFor?: 'all' | 'any' | 'majority'; readonly quorum?: never; readonly deadline?: never }
  | { readonly waitFor: 'quorum'; readonly quorum: number; readonly deadline?: never }
  | { readonly waitFor: 'deadline'; readonly deadline: DurationOption; readonly quorum?: number };

/** What a group may say. */
export type GroupOptions<K extends Known> = Omit<StepOptions<K>, 'onFailure'> &
  RecoveryOptions &
  SpendingOptions &
  LimitOptions &
  JoinOptions & {
    /** What becomes of it when it can no longer be joined. Default: what is said around it. */
    readonly onFailure?: GroupFailurePolicy;
    /** Members at work at once. Default: as many as the run has room for. */
    readonly maxConcurrent?: number;
    /** How conflicts between its members over the shared context are settled. */
    readonly conflicts?: ConflictOptions;
  };

/** A group of the members in `members`. */
export function builtGroup<K extends Known>(
  list: StepList,
  id: string,
  mode: GroupStep['mode'],
  options: GroupOptions<K>,
  members: StepList,
): GroupStep {
  const type = mode === 'sequential' ? 'sequence' : mode === 'graph' ? 'group' : 'parallel';
  const { onFailure: _joining, ...base } = options;
  return { ...builtBase(list, id, type, base), kind: 'group', mode, ...builtJoining(id, options), steps: members.steps };
}

/** When a group is joined, and what becomes of it otherwise. */
export function builtJoining<K extends Known>(
  id: string,
  options: GroupOptions<K>,
): Pick<GroupStep, 'waitFor' | 'quorum' | 'deadline' | 'onFailure' | 'maxConcurrent' | 'conflicts' | 'recovery' | 'budget' | 'limits'> {
  const { waitFor = 'all', quorum, deadline, onFailure, maxConcurrent, conflicts, recovery } = options;
  return {
    waitFor,
    ...(quorum === undefined ? {} : { quorum }),
    ...(deadline === undefined ? {} : { deadline: builtDuration(deadline) }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
    ...(conflicts === undefined ? {} : { conflicts: builtConflicts(conflicts) }),
    ...(recovery === undefined ? {} : { recovery: builtRecovery(id, recovery, false) }),
    ...builtLimits(options),
    ...spending(options),
  };
}
