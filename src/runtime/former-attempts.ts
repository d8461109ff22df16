/**
 * Attempts that were in flight when a run was taken over. Workers elsewhere may still be at them; those that the run ends before anybody
 * begins them again here would never hear of it.
 */
import type { CancelTask } from '../protocol/effects.ts';
import type { Fact, TaskFailed } from '../protocol/facts.ts';
import { attemptId, taskKey } from '../protocol/ids.ts';
import type { Task } from '../protocol/task.ts';
import type { AmbiguousAttempt } from './ambiguous.ts';
import type { Hosting } from './hosting.ts';
import type { Run } from './run.ts';

/** The attempts of one run that an earlier process had begun. */
export class FormerAttempts {
  readonly #run: string;
  readonly #hosting: Pick<Hosting, 'house' | 'recall'>;
  #tasks: ReadonlyMap<string, Task> | null = null;

  constructor(run: string, hosting: Pick<Hosting, 'house' | 'recall'>) {
    this.#run = run;
    this.#hosting = hosting;
  }

  /** Looks at a run before it takes a fact in. */
  note({ state }: Run, { type }: Fact): void {
    if (type === 'run.recovered' && state.inFlight.size > 0) this.#tasks = new Map(state.inFlight);
  }

  /** The run wants an attempt no longer, whoever has begun it. */
  withdraw({ step, attempt, reason }: CancelTask): void {
    this.#recall(step, attempt, reason);
    this.#hosting.house.cancel(taskKey(this.#run, step, attempt), reason);
  }

  /** What a run is told, at `at`, ms, of one that is not to be begun again. */
  failed({ step, attempt, error }: AmbiguousAttempt, at: number): TaskFailed {
    this.#recall(step, attempt, error.message);
    return { type: 'task.failed', at, step, attempt, error, thrown: true };
  }

  #recall(step: string, attempt: number, reason: string): void {
    const task = this.#tasks?.get(attemptId(step, attempt));
    if (task !== undefined) this.#hosting.recall(task, reason);
  }
}
