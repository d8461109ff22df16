/**
 * A clock that moves only when told. XState arms its timers on it; `advanceTo` fires those that are due, each at its own due time,
 * in due order (ties in the order of arming), including timers armed by timers.
 */
import { MinHeap } from '../planning/min-heap.ts';

interface Timer {
  readonly id: number;
  readonly due: number;
  readonly fire: () => void;
}

export class StepClock {
  #now: number;
  #lastId = 0;
  readonly #heap = new MinHeap<Timer>((a, b) => a.due < b.due || (a.due === b.due && a.id < b.id));
  readonly #armed = new Set<number>();

  constructor(now: number) {
    this.#now = now;
  }

  /** The run's time, ms. */
  now(): number {
    return this.#now;
  }

  /** Arms a timer `ms` from the run's now. Part of XState's clock contract. */
  readonly setTimeout = (fire: (...args: unknown[]) => void, ms: number): number => {
    const id = ++this.#lastId;
    this.#armed.add(id);
    this.#heap.push({ id, due: this.#now + Math.max(0, ms), fire });
    return id;
  };

  /** Disarms a timer; unknown ids are ignored. Part of XState's clock contract. */
  readonly clearTimeout = (id: number): void => {
    this.#armed.delete(id);
  };

  /** When the next timer is due, ms, or null when none is armed. */
  nextDue(): number | null {
    this.#dropDisarmed();
    return this.#heap.peek()?.due ?? null;
  }

  /**
   * Moves time forward and fires what is due; `settle` is called after each timer, while the clock still shows its time. Time never moves
   * backwards: an earlier `at` counts as now.
   */
  advanceTo(at: number, settle: () => void = () => {}): void {
    while (true) {
      this.#dropDisarmed();
      const next = this.#heap.peek();
      if (next === undefined || next.due > at) break;
      this.#heap.pop();
      this.#armed.delete(next.id);
      if (next.due > this.#now) this.#now = next.due;
      next.fire();
      settle();
    }
    if (at > this.#now) this.#now = at;
  }

  #dropDisarmed(): void {
    for (let next = this.#heap.peek(); next !== undefined && !this.#armed.has(next.id); next = this.#heap.peek()) this.#heap.pop();
  }
}
