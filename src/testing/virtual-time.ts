/** Virtual time: it stands still until everything that could happen now has happened, and then jumps to what is due next. */
import { MinHeap } from '../planning/min-heap.ts';
import type { HostTime } from '../runtime/host-time.ts';

interface Alarm {
  readonly due: number;
  readonly id: number;
  readonly ring: () => void;
  off: boolean;
}

/** A time that stands still until everything that can happen has happened, and then jumps to what is due next. */
export class VirtualTime implements HostTime {
  #now: number;
  #lastId = 0;
  readonly #alarms = new MinHeap<Alarm>((a, b) => a.due < b.due || (a.due === b.due && a.id < b.id));

  /** Begins at `start`, ms. */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  alarm(due: number, ring: () => void): () => void {
    const alarm: Alarm = { due: Math.max(due, this.#now), id: ++this.#lastId, ring, off: false };
    this.#alarms.push(alarm);
    return () => {
      alarm.off = true;
    };
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
    this.#dropOff();
    const next = this.#alarms.peek();
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.due);
    for (let alarm = this.#alarms.peek(); alarm !== undefined && alarm.due <= this.#now; alarm = this.#alarms.peek()) {
      this.#alarms.pop();
      if (!alarm.off) alarm.ring();
    }
    return true;
  }

  #dropOff(): void {
    for (let next = this.#alarms.peek(); next?.off; next = this.#alarms.peek()) this.#alarms.pop();
  }
}
