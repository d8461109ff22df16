/** The tasks that could start, in the order of their keys (lowest first; of equals the lower number). Empty again after every run. */
import { EventQueue } from './event-queue.ts';

export interface ReadyTasks {
  add(key: number, task: number): void;
  /** Takes the first task that `fits`; −1 when none that was looked at does. */
  take(fits: (task: number) => boolean): number;
}

/** For tasks of few kinds: one queue a kind. What holds of the first of a kind holds of all of it, so only the first ones are looked at. */
export class ReadyByKind implements ReadyTasks {
  readonly #kindOf: Int32Array;
  readonly #queues: readonly EventQueue[];

  /** `kindOf`: by task, numbered from 0. */
  constructor(kindOf: Int32Array) {
    const sizes: number[] = [];
    for (const kind of kindOf) sizes[kind] = (sizes[kind] ?? 0) + 1;
    this.#kindOf = kindOf;
    this.#queues = sizes.map((size) => new EventQueue(size));
  }

  add(key: number, task: number): void {
    this.#queues[this.#kindOf[task] as number]?.push(key, task);
  }

  take(fits: (task: number) => boolean): number {
    let best: EventQueue | null = null;
    for (const queue of this.#queues) {
      if (queue.size === 0 || (best !== null && !isBefore(queue, best)) || !fits(queue.next)) continue;
      best = queue;
    }
    return best === null ? -1 : best.pop();
  }
}

const isBefore = (a: EventQueue, b: EventQueue): boolean => a.nextAt < b.nextAt || (a.nextAt === b.nextAt && a.next < b.next);

/** Tasks looked at behind the first one. */
const DEPTH = 32;

/**
 * For tasks of many kinds: one sorted list, of which the first 32 are looked at. Looking at all of them would make a run of n different
 * tasks cost n².
 */
export class ReadyInRow implements ReadyTasks {
  // Last first, so that what is looked at stands at the end and little has to move.
  readonly #tasks: Int32Array;
  readonly #keys: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    this.#tasks = new Int32Array(capacity);
    this.#keys = new Float64Array(capacity);
  }

  add(key: number, task: number): void {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = this.#keys[middle] as number;
      if (there > key || (there === key && (this.#tasks[middle] as number) > task)) low = middle + 1;
      else high = middle;
    }
    this.#tasks.copyWithin(low + 1, low, this.#size);
    this.#keys.copyWithin(low + 1, low, this.#size);
    this.#tasks[low] = task;
    this.#keys[low] = key;
    this.#size += 1;
  }

  take(fits: (task: number) => boolean): number {
    for (let i = this.#size - 1; i >= 0 && i >= this.#size - DEPTH; i--) {
      const task = this.#tasks[i] as number;
      if (!fits(task)) continue;
      this.#tasks.copyWithin(i, i + 1, this.#size);
      this.#keys.copyWithin(i, i + 1, this.#size);
      this.#size -= 1;
      return task;
    }
    return -1;
  }
}
