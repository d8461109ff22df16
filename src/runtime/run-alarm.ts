import type { HostTime } from './host-time.ts';

/** The one alarm of a hosted run: its next deadline, or the next try to record what could not be recorded. */
export class RunAlarm {
  readonly #time: HostTime;
  /** When the run wants to be woken, ms; null for nothing, and while something else is waited for. */
  #due: number | null = null;
  #off: (() => void) | null = null;

  constructor(time: HostTime) {
    this.#time = time;
  }

  /** Rings at `due`, ms, and at no other time; null: never. `ring` is told the time of the host, which is never before `due`. */
  at(due: number | null, ring: (now: number) => void): void {
    if (due === this.#due) return;
    this.off();
    if (due === null) return;
    this.#set(due, () => ring(Math.max(due, this.#time.now())));
    this.#due = due;
  }

  /** Rings in so many ms, instead of at any deadline. */
  in(ms: number, ring: () => void): void {
    this.off();
    this.#set(this.#time.now() + ms, ring);
  }

  /** Never rings. */
  off(): void {
    this.#off?.();
    this.#off = null;
    this.#due = null;
  }

  #set(due: number, ring: () => void): void {
    this.#off = this.#time.alarm(due, () => {
      this.#off = null;
      this.#due = null;
      ring();
    });
  }
}
