/** Numbers in order of their times: a heap over two flat arrays, because a plan is simulated a hundred times. Equal times: lower number first. */
export class EventQueue {
  readonly #at: Float64Array;
  readonly #what: Int32Array;
  #size = 0;

  constructor(capacity: number) {
    this.#at = new Float64Array(capacity);
    this.#what = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** The time, or the key, of what comes next; Infinity when nothing does. */
  get nextAt(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#at[0] as number);
  }

  /** What comes next, or −1. */
  get next(): number {
    return this.#size === 0 ? -1 : (this.#what[0] as number);
  }

  push(at: number, what: number): void {
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#isBefore(at, what, parent)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#at[hole] = at;
    this.#what[hole] = what;
  }

  /** Takes what comes next; −1 when nothing does. */
  pop(): number {
    if (this.#size === 0) return -1;
    const top = this.#what[0] as number;
    this.#size -= 1;
    const at = this.#at[this.#size] as number;
    const what = this.#what[this.#size] as number;
    let hole = 0;
    for (let child = 1; child < this.#size; child = 2 * hole + 1) {
      if (child + 1 < this.#size && this.#isBefore(this.#at[child + 1] as number, this.#what[child + 1] as number, child)) child++;
      if (this.#isBefore(at, what, child)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#at[hole] = at;
    this.#what[hole] = what;
    return top;
  }

  #isBefore(at: number, what: number, place: number): boolean {
    const there = this.#at[place] as number;
    return at < there || (at === there && what < (this.#what[place] as number));
  }

  #move(from: number, to: number): void {
    this.#at[to] = this.#at[from] as number;
    this.#what[to] = this.#what[from] as number;
  }
}
