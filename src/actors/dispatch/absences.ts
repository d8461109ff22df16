import type { Task } from '../../protocol/task.ts';
import type { Flight } from './flight.ts';

/** Tells of tasks that wait because everybody who could do them is away: whom they wait for, and why those take no tasks. Each reason once. */
export class Absences {
  readonly #tell: (task: Task, why: string) => void;
  readonly #told = new WeakMap<Task, string>();

  constructor(tell: (task: Task, why: string) => void) {
    this.#tell = tell;
  }

  /** A task waits. Where somebody is there, or is there in a moment, nothing is told. */
  waits({ task, pool, wish }: Flight): void {
    if (pool === null || !pool.isDeserted(wish)) return;
    const why = pool.waitsFor(wish);
    if (this.#told.get(task) === why) return;
    this.#told.set(task, why);
    this.#tell(task, `an agent, all of whom are away (${why})`);
  }
}
