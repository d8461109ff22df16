/** Those who wait for resources, in the order of their turns. */
import { decideLease, type LeaseRequest, type LeaseVerdict } from '../../policy/lease-decision.ts';
import { hasAged } from '../../policy/lease-turn.ts';
import { inTaskOrder } from '../../policy/task-order.ts';
import type { Books } from './books.ts';
import { KnownShortages } from './known-shortages.ts';
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
  readonly #waiting: LiveLease[] = [];

  [Symbol.iterator](): Iterator<LiveLease> {
    return this.#waiting[Symbol.iterator]();
  }

  join(live: LiveLease): void {
    this.#waiting.splice(this.#placeOf(live), 0, live);
  }

  leave(live: LiveLease): void {
    const place = this.#waiting.indexOf(live);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  /**
   * Judges one who joins while nothing else has changed: nobody else can be granted more than before. One who is to wait, waits; but when a
   * holder waits, a grant is news for it.
   */
  judgeNew(live: LiveLease, books: Books): Judgement {
    const ahead = this.#waiting.slice(0, this.#placeOf(live)).filter((other) => mayNotBePassed(other, books));
    const judged = judgement();
    if (
      this.#judgeOne(
        live,
        books,
        Array.from(ahead, ({ asked }) => asked),
        judged,
      )
    )
      this.join(live);
    if (judged.granted.length > 0 && this.#aHolderWaits(books)) this.#judgeAll(books, judged);
    return judged;
  }

  /**
   * Judges everybody, and reserves for those who are granted what they ask. Where a grant has come between holders that wait they are judged
   * once more, because they may have to give way.
   */
  judge(books: Books): Judgement {
    const judged = judgement();
    this.#judgeAll(books, judged);
    return judged;
  }

  /** When time makes a difference to somebody, ms since the epoch; null: never. */
  nextMoment(): number | null {
    let next = Number.POSITIVE_INFINITY;
    for (const { until, request } of this.#waiting) {
      if (until !== null && until < next) next = until;
      const { latestStart } = request.turn;
      if (latestStart !== null && latestStart < next) next = latestStart + 1;
    }
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  #judgeAll(books: Books, judged: Draft): void {
    let before: number;
    do {
      before = judged.granted.length;
      const ahead: LeaseRequest[] = [];
      const lacking = new KnownShortages();
      let kept = 0;
      for (const live of this.#waiting) {
        if (!lacking.covers(live, books) && !this.#judgeOne(live, books, ahead, judged)) continue;
        this.#waiting[kept++] = live;
        lacking.note(live);
        if (mayNotBePassed(live, books)) ahead.push(live.asked);
      }
      this.#waiting.length = kept;
    } while (judged.granted.length > before && this.#aHolderWaits(books));
  }

  /** True when it is to wait. */
  #judgeOne(live: LiveLease, books: Books, ahead: readonly LeaseRequest[], { granted, refused }: Draft): boolean {
    const verdict = decideLease(books, live.asked, ahead);
    if (verdict.verdict === 'wait') {
      live.wait(verdict);
      return true;
    }
    if (verdict.verdict === 'grant') {
      if (live.continues) books.endDoubt(live.request.lease, false);
      books.reserve(live.request);
      granted.push(live);
    } else {
      refused.push([live, verdict]);
    }
    return false;
  }

  #aHolderWaits(books: Books): boolean {
    return this.#waiting.some(({ request }) => books.holdsSomething(request.owner));
  }

  /** Where one stands in the order of turns, after those who are its equals. */
  #placeOf({ request: { turn } }: LiveLease): number {
    let from = 0;
    let to = this.#waiting.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#waiting[middle];
      if (other !== undefined && inTaskOrder(other.request.turn, turn) <= 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** A holder that waits keeps others waiting: were it passed by those who give way to it and come back, none of them would get on. */
const mayNotBePassed = ({ request: { turn, owner } }: LiveLease, books: Books): boolean =>
  hasAged(turn, books.now) || books.holdsSomething(owner);

interface Draft extends Judgement {
  readonly granted: LiveLease[];
  readonly refused: (readonly [LiveLease, Refusal])[];
}

const judgement = (): Draft => ({ granted: [], refused: [] });
