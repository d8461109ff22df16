/** How members of a group meet, are joined, decide and settle conflicts: the words for it. */
import type { DurationSpec } from './attempt-timing.ts';

/**
 * When a group is joined. `all`: its last member; `any`: its first success; `quorum`: so many successes; `majority`: more than half of
 * its members; `deadline`: what has completed by then counts, at least `quorum` of them (default 1).
 */
export type WaitFor = 'all' | 'any' | 'quorum' | 'majority' | 'deadline';

/**
 * What becomes of a group that can no longer be joined. `fail_fast`: the rest is cancelled; `settle`: the rest ends first; `compensate`: the
 * rest is cancelled and what has completed is compensated, the last first; `fall_back_sequential`: the rest is cancelled, what the members
 * left is taken back, and they run again one after the other.
 */
export type GroupFailurePolicy = 'fail_fast' | 'settle' | 'compensate' | 'fall_back_sequential';

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
