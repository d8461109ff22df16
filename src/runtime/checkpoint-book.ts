/** What a run remembers of its checkpoints. */
import type { SharedContext } from '../policy/shared-context.ts';

/** A checkpoint that was passed. One that is passed again stands here again. */
export interface CheckpointPassing {
  /** The path of its step. */
  readonly checkpoint: string;
  /** Ms since the epoch (virtual in simulation). */
  readonly at: number;
  /** The number of the fact after which it was passed; in a fork 0 for those that its origin had passed. */
  readonly fact: number;
  /** The version of the shared context there, or null where its workflow has none. */
  readonly version: number | null;
}

/** What a run remembers of its checkpoints. */
export interface Checkpoints {
  /** How many facts the run has taken in, in all its lives. */
  facts: number;
  /** In the order in which they were passed. */
  readonly passings: CheckpointPassing[];
  /** By path: the shared context when it was passed last. */
  readonly contexts: Map<string, SharedContext>;
}

/** Nothing has been passed yet. */
export function openCheckpoints(): Checkpoints {
  return { facts: 0, passings: [], contexts: new Map() };
}
