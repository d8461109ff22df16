/**
 * A clock that moves only when told. XState arms its timers on it; `advanceTo` fires those that are due, each at its own due time,
 * in due order (ties in the order of arming), including timers armed by timers.
 */
import { type Alarm, AlarmQueue } from './alarm-queue.ts';

export class StepClock {
  #now: number;
  #lastId = 0;
  readonly #queue = new AlarmQueue();
  readonly #armed = new Map<number, Alarm>();

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
    const ring = () => {
      this.#armed.delete(id);
      fire();
    };
    this.#armed.set(id, this.#queue.set(this.#now + Math.max(0, ms), ring));
    return id;
  };

  /** Disarms a timer; unknown ids are ignored. Part of XState's clock contract. */
  readonly clearTimeout = (id: number): void => {
    const alarm = this.#armed.get(id);
    if (alarm === undefined) return;
    this.#armed.delete(id);
    this.#queue.off(alarm);
  };

  /** When the next timer is due, ms, or null when none is armed. */
  nextDue(): number | null {
    return this.#queue.nextDue();
  }

  /**
   * Moves time forward and fires what is due; `settle` is called after each timer, while the clock still shows its time. Time never moves
   * backwards: an earlier `at` counts as now.
   */
  advanceTo(at: number, settle: () => void = () => {}): void {
    for (let due = this.#queue.nextDue(); due !== null && due <= at; due = this.#queue.nextDue()) {
      const fire = this.#queue.take();
      if (due > this.#now) this.#now = due;
      fire?.();
      settle();
    }
    if (at > this.#now) this.#now = at;
  }
}
