import type { Flight } from './flight.ts';

/** Served places are cut off the list once there are this many of them and they are the greater part. */
const CUT_AT = 1024;

/**
 * Tasks waiting for a place, first come first served. Leaving the line costs nothing: whoever is no longer `waiting` is
 * passed over when its turn would have come.
 */
export class WaitingLine {
  #flights: (Flight | null)[] = [];
  #head = 0;
  #length = 0;

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  join(flight: Flight): void {
    this.#flights.push(flight);
    this.#length += 1;
  }

  /** Takes a waiting flight out of the line, wherever it stands; the caller changes its state. */
  leave(): void {
    this.#length -= 1;
  }

  /** Takes the first one out of the line; null when nobody waits. */
  next(): Flight | null {
    while (this.#head < this.#flights.length) {
      const flight = this.#flights[this.#head] ?? null;
      this.#flights[this.#head] = null;
      this.#head += 1;
      if (this.#head >= CUT_AT && this.#head * 2 >= this.#flights.length) {
        this.#flights = this.#flights.slice(this.#head);
        this.#head = 0;
      }
      if (flight?.state !== 'waiting') continue;
      this.#length -= 1;
      return flight;
    }
    return null;
  }
}
