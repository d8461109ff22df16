import type { Fact } from '../protocol/facts.ts';

/** A fact that could not be recorded yet. */
export interface Unrecorded {
  /** The batch it was to be; infinite for facts that came after. */
  readonly n: number;
  readonly fact: Fact;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

/** Facts waiting for room on the disk, in the order in which they happened, and how long to wait before the next try. */
export class Backlog {
  readonly #facts: Unrecorded[] = [];
  #pauseMs = FIRST_PAUSE_MS;

  get open(): boolean {
    return this.#facts.length > 0;
  }

  add(fact: Unrecorded): void {
    let at = this.#facts.length;
    while (at > 0 && (this.#facts[at - 1] as Unrecorded).n > fact.n) at--;
    this.#facts.splice(at, 0, fact);
  }

  /** Takes everything out, first things first. */
  take(): Unrecorded[] {
    return this.#facts.splice(0);
  }

  /** How long to wait before the next try, ms: longer each time. */
  nextPauseMs(): number {
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 2, LAST_PAUSE_MS);
    return pause;
  }

  /** Something could be recorded: trouble is over. */
  passed(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
  }
}
