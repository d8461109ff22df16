/**
 * Calls that wait for their time. What is called off is let go at once: the closure of an alarm holds whatever it would have woken,
 * often a whole run that has ended, and its time may be days away. Its empty place stays in the heap until it surfaces or until
 * empty places outnumber the alarms, so that a queue never takes more than twice the room its alarms need.
 */
import { MinHeap } from '../planning/min-heap.ts';

/** An alarm in its queue. */
export interface Alarm {
  /** ms, on the clock of whoever keeps the queue. */
  readonly due: number;
}

interface Entry extends Alarm {
  readonly id: number;
  /** null: rung or called off. */
  ring: (() => void) | null;
}

const isBefore = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.id < b.id);

/** Alarms in the order in which they are due; those due at the same time in the order in which they were set. */
export class AlarmQueue {
  #heap = new MinHeap<Entry>(isBefore);
  #living = 0;
  #lastId = 0;

  /** Alarms that have neither rung nor been called off. */
  get size(): number {
    return this.#living;
  }

  /** Places taken, empty ones included: at most twice `size`. */
  get places(): number {
    return this.#heap.size;
  }

  /** Sets an alarm. `ring` is called by whoever takes it out. */
  set(due: number, ring: () => void): Alarm {
    const entry: Entry = { due, id: ++this.#lastId, ring };
    this.#heap.push(entry);
    this.#living++;
    return entry;
  }

  /** Calls an alarm of this queue off; one that has rung, or is off already, stays so. */
  off(alarm: Alarm): void {
    const entry = alarm as Entry;
    if (entry.ring === null) return;
    this.#emptied(entry);
  }

  /** When the next alarm is due, or null when none is set. */
  nextDue(): number | null {
    return this.#next()?.due ?? null;
  }

  /** Takes the next alarm out and gives what is to be called, or null when none is set. */
  take(): (() => void) | null {
    const ring = this.#next()?.ring ?? null;
    const entry = this.#heap.pop();
    if (entry === undefined) return null;
    this.#emptied(entry);
    return ring;
  }

  #emptied(entry: Entry): void {
    entry.ring = null;
    this.#living--;
    if (this.#heap.size > 2 * this.#living) this.#compact();
  }

  #next(): Entry | undefined {
    let next = this.#heap.peek();
    for (; next?.ring === null; next = this.#heap.peek()) this.#heap.pop();
    return next;
  }

  #compact(): void {
    const kept = new MinHeap<Entry>(isBefore);
    for (let entry = this.#heap.pop(); entry !== undefined; entry = this.#heap.pop()) {
      if (entry.ring !== null) kept.push(entry);
    }
    this.#heap = kept;
  }
}
