import type { Dispatcher } from '../actors/dispatch/dispatcher-contract.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { Task } from '../protocol/task.ts';
import type { HostTime } from './host-time.ts';
import type { Run } from './run.ts';
import type { RunOrigin } from './run-origin.ts';

/** What a hosted run needs of its host. */
export interface Hosting {
  readonly store: JournalStore;
  readonly time: HostTime;
  /** Who carries out what is not a start. */
  readonly house: Pick<Dispatcher, 'cancel' | 'deliver' | 'force' | 'stopping' | 'stopped'>;
  startTask(task: Task): void;
  /** Tells whoever may be at a task that an earlier process began that it is not wanted any more, unless somebody here has begun it again. */
  recall(task: Task, reason: string): void;
  /** Folds the run again from what is durable. Resolves with the run and the number of its batches. */
  refold(run: string): Promise<{ run: Run; next: number }>;
  /** Folds a passivated run again, at once. Throws STORE_… and REPLAY_DIVERGED. */
  wake(run: RunOrigin): Run;
  /** The run has nothing in flight: it may be passivated if that stays so. */
  rests(run: string): void;
  /** The run has ended, or can go no further here; it is dropped from memory. */
  left(run: string): void;
}
