/**
 * Room for attempts: at most `limit` of a run's tasks are in flight at once. First come, first served; while the run is held no
 * room is given.
 */
export class Slots {
  readonly limit: number;
  #used = 0;
  #held = false;
  readonly #waiting = new Map<string, () => void>();

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  get held(): boolean {
    return this.#held;
  }

  /** True when an attempt could start now and nobody has been waiting longer. */
  get free(): boolean {
    return !this.#held && this.#used < this.limit && this.#waiting.size === 0;
  }

  take(): void {
    this.#used++;
  }

  /** Stands in line once per name; `grant` is called when there is room, which it may or may not take. */
  await(name: string, grant: () => void): void {
    this.#waiting.set(name, grant);
  }

  leave(name: string): void {
    this.#waiting.delete(name);
  }

  giveBack(): void {
    this.#used--;
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
  }

  /** Offers room to those in line until there is none. Called at the end of every delivery, so that offers never nest. */
  offer(): void {
    while (!this.#held && this.#used < this.limit && this.#waiting.size > 0) {
      const [name, grant] = this.#waiting.entries().next().value as [string, () => void];
      this.#waiting.delete(name);
      grant();
    }
  }
}
