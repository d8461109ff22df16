/** Targets are looked at this many 32-bit words at a time: memory stays linear, and a row stays in the cache. */
const WORDS = 64;

/** By task: which targets of a window of 2,048 numbers it reaches. */
export class ReachedRows {
  /** Targets in one window. */
  static readonly window: number = WORDS * 32;
  readonly #rows: Int32Array;
  #from = 0;

  constructor(tasks: number) {
    this.#rows = new Int32Array(tasks * WORDS);
  }

  /** Empties all rows for the window that begins with target `from`. */
  clear(from: number): void {
    this.#rows.fill(0);
    this.#from = from;
  }

  /** Always false for targets before the window. */
  has(task: number, target: number): boolean {
    const bit = target - this.#from;
    return bit >= 0 && ((this.#rows[task * WORDS + (bit >> 5)] as number) & (1 << (bit & 31))) !== 0;
  }

  /** Adds a target of the window, or before it, and everything it reaches. */
  addThrough(task: number, target: number): void {
    const row = task * WORDS;
    const other = target * WORDS;
    for (let word = 0; word < WORDS; word++)
      this.#rows[row + word] = (this.#rows[row + word] as number) | (this.#rows[other + word] as number);
    const bit = target - this.#from;
    if (bit >= 0 && bit < WORDS * 32) this.#rows[row + (bit >> 5)] = (this.#rows[row + (bit >> 5)] as number) | (1 << (bit & 31));
  }
}
