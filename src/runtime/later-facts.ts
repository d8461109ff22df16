/**
 * Facts that change no decision: they are recorded with the next fact of their run, in the same write, or soon. Losing the last ones in a
 * crash loses nothing: the attempts they are about begin again.
 */
import type { Fact } from '../protocol/facts.ts';
import type { HostTime } from './host-time.ts';

/** They wait for another fact no longer than that, ms: by then somebody may want to see them. */
const SOON_MS = 250;

/** Facts on their way, by run. */
export class LaterFacts {
  readonly #time: HostTime;
  readonly #take: (run: string, fact: Fact) => void;
  readonly #waiting = new Map<string, Fact[]>();
  #disarm: (() => void) | null = null;

  constructor(time: HostTime, take: (run: string, fact: Fact) => void) {
    this.#time = time;
    this.#take = take;
  }

  add(run: string, fact: Fact): void {
    const waiting = this.#waiting.get(run);
    if (waiting === undefined) this.#waiting.set(run, [fact]);
    else waiting.push(fact);
    this.#disarm ??= this.#time.alarm(this.#time.now() + SOON_MS, () => {
      this.#disarm = null;
      for (const each of [...this.#waiting.keys()]) this.flush(each);
    });
  }

  /** Records what waits for a run. */
  flush(run: string): void {
    const waiting = this.#waiting.get(run);
    if (waiting === undefined) return;
    this.#waiting.delete(run);
    for (const fact of waiting) this.#take(run, fact);
    if (this.#waiting.size > 0) return;
    this.#disarm?.();
    this.#disarm = null;
  }

  /** What waits for a run that is gone is forgotten. */
  forget(run: string): void {
    this.#waiting.delete(run);
  }
}
