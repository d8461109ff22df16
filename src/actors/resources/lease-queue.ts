/** Those who wait for resources, in the order of their turns. */
import { decideLease, type LeaseRequest, type LeaseVerdict } from '../../policy/lease-decision.ts';
import { hasAged } from '../../policy/lease-turn.ts';
import { inTaskOrder } from '../../policy/task-order.ts';
import type { Books } from './books.ts';
import type { LiveLease } from './lease.ts';

/** A verdict after which nobody waits any more. */
export type Refusal = Extract<LeaseVerdict, { verdict: 'never' | 'die' }>;

/** What became of those who waited: who stays is not named. */
export interface Judgement {
  /** Reserved in the books, in the order of their turns. */
  readonly granted: readonly LiveLease[];
  readonly refused: readonly (readonly [LiveLease, Refusal])[];
}

/** The queue of a ledger. */
export class LeaseQueue {
  #waiting: readonly LiveLease[] = [];

  [Symbol.iterator](): Iterator<LiveLease> {
    return this.#waiting[Symbol.iterator]();
  }

  join(live: LiveLease): void {
    this.#waiting = [...this.#waiting, live].sort((a, b) => inTaskOrder(a.request.turn, b.request.turn));
  }

  leave(live: LiveLease): void {
    if (this.#waiting.includes(live)) this.#waiting = this.#waiting.filter((other) => other !== live);
  }

  /**
   * Judges everybody, and reserves for those who are granted what they ask. Where a grant has come between holders that wait they are judged
   * once more, because they may have to give way.
   */
  judge(books: Books): Judgement {
    const granted: LiveLease[] = [];
    const refused: (readonly [LiveLease, Refusal])[] = [];
    let before: number;
    do {
      before = granted.length;
      const ahead: LeaseRequest[] = [];
      this.#waiting = this.#waiting.filter((live) => {
        const verdict = decideLease(books, live.asked, ahead);
        if (verdict.verdict === 'grant') {
          if (live.continues) books.endDoubt(live.request.lease, false);
          books.reserve(live.request);
          granted.push(live);
        } else if (verdict.verdict === 'wait') {
          live.wait(verdict);
          if (hasAged(live.request.turn, books.now)) ahead.push(live.asked);
          return true;
        } else {
          refused.push([live, verdict]);
        }
        return false;
      });
    } while (granted.length > before && this.#waiting.some(({ request }) => books.holdsSomething(request.owner)));
    return { granted, refused };
  }

  /** When time makes a difference to somebody, ms since the epoch; null: never. */
  nextMoment(): number | null {
    const moments = this.#waiting.flatMap(({ until, request: { turn } }) => [
      ...(until === null ? [] : [until]),
      ...(turn.latestStart === null ? [] : [turn.latestStart + 1]),
    ]);
    return moments.length === 0 ? null : moments.reduce((a, b) => Math.min(a, b));
  }
}
