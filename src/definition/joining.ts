/** How members of a group meet, are joined, decide and settle conflicts: the words for it. */
import type { DurationSpec } from './attempt-timing.ts';

/**
 * When a group is joined. `all`: its last member; `any`: its first success; `quorum`: so many successes; `majority`: more than half of
 * its members; `deadline`: what has completed by then counts, at least `quorum` of them (default 1).
 */
export type WaitFor = 'all' | 'any' | 'quorum' | 'majority' | 'deadline';

/**
 * What happens to the rest when a step has failed for good. `continue`: what does not depend on it goes on, and what it stands in has failed;
 * `stop`: the rest of its group is ended at once; `best_effort`: the failure is on record, counts as done for those that wait for the step, and
 * fails nothing.
 */
export type FailurePolicy = 'continue' | 'stop' | 'best_effort';

/**
 * What becomes of a group that can no longer be joined. `fail_fast` and `stop`: the rest is cancelled; `settle` and `continue`: the rest ends
 * first; `best_effort`: the rest ends, and the group completes all the same; `compensate`: the rest is cancelled and what has completed is
 * compensated, the last first; `fall_back_sequential`: the rest is cancelled, what the members left is taken back, and they run again one
 * after the other. Groups inside that say nothing inherit `continue`, `stop` and `best_effort`.
 */
export type GroupFailurePolicy = FailurePolicy | 'fail_fast' | 'settle' | 'compensate' | 'fall_back_sequential';

/** A way of settling a conflict between what members have written. */
export type ConflictRung = 'automatic' | 'guided' | 'rerun' | 'sequential' | 'person';

/** How conflicts over the shared context are settled. */
export interface ConflictSettings {
  /** Tried in this order until one of them settles it. */
  readonly ladder: readonly ConflictRung[];
  /** Who merges under guidance: a task of this type and persona gets the base, both sides and the guidance. */
  readonly persona?: string;
  readonly type?: string;
  readonly guidance?: string;
  /** How long the merge persona, and later the person, may take. */
  readonly timeout?: DurationSpec;
}

/** What happens at a sync point once its members have arrived. */
export type SyncKind = 'context_merge' | 'progress_checkpoint' | 'quality_gate' | 'resource_rebalancing' | 'barrier' | 'checkpoint';

/** How votes become a decision. `weighted`: by `weights` of personas, or by the score in each answer; `judged`: another persona decides. */
export type VoteRule = 'majority' | 'unanimous' | 'weighted' | 'judged';
