/**
 * Whether to wait for the medium on the main thread or in the thread pool.
 *
 * One append after the other, µs each (ext4, two cores, virtual disk): blocking write and fdatasync 130, the same
 * through a FileHandle 225, blocking write with fdatasync in the thread pool 171. So a lone chain, one append waiting
 * and of the same run as the last, syncs on the spot. When several runs append, the loop had better go on while the
 * disk works, and gathers the next group meanwhile. The same holds when the disk is slow: blocking is chosen only while
 * syncs take less than a millisecond.
 */
import type { Entry } from './group-encoding.ts';
import type { RunRecord } from './journal-index.ts';

const BLOCKING_LIMIT_MS = 1;
/** Syncs over which the average moves. */
const MEMORY = 8;

export class SyncChoice {
  private lone: RunRecord | null = null;
  private averageMs = 0;

  /** Whether one run alone has appended last, and the disk is quick: its next append will most likely come alone, too. */
  get expectsChain(): boolean {
    return this.lone !== null && this.averageMs < BLOCKING_LIMIT_MS;
  }

  /** Takes the next group into account and says how to sync it. */
  isBlocking(group: readonly Entry[]): boolean {
    const only = group.length === 1 ? (group[0]?.record ?? null) : null;
    const isChain = only !== null && only === this.lone;
    this.lone = only;
    return isChain && this.expectsChain;
  }

  /** Remembers how long a sync took, in milliseconds. */
  note(ms: number): void {
    this.averageMs += (ms - this.averageMs) / MEMORY;
  }
}
