/** Virtual time: it stands still until everything that could happen now has happened, and then jumps to what is due next. */
import { AlarmQueue } from '../runtime/alarm-queue.ts';
import type { HostTime } from '../runtime/host-time.ts';

/** A time that stands still until everything that can happen has happened, and then jumps to what is due next. What is due at `Infinity` never comes. */
export class VirtualTime implements HostTime {
  #now: number;
  readonly #alarms = new AlarmQueue();

  /** Begins at `start`, ms. */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  alarm(due: number, ring: () => void): () => void {
    const alarm = this.#alarms.set(Math.max(due, this.#now), ring);
    return () => this.#alarms.off(alarm);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const wake = this.alarm(this.#now + Math.max(0, ms), () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
      const abort = () => {
        wake();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Jumps to the next alarm and rings every alarm due at that moment. False when nothing is due any more. */
  advance(): boolean {
    const next = this.#alarms.nextDue();
    if (next === null || next === Number.POSITIVE_INFINITY) return false;
    this.#now = Math.max(this.#now, next);
    for (let due: number | null = next; due !== null && due <= this.#now; due = this.#alarms.nextDue()) this.#alarms.take()?.();
    return true;
  }
}
