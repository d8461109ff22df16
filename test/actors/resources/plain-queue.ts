/** The queue of a ledger as it is meant: whenever anything changes everybody who waits is judged, in turn. */
import type { Books } from '../../../src/actors/resources/books.ts';
import { decideLease, type LeaseRequest } from '../../../src/policy/lease-decision.ts';
import { hasAged } from '../../../src/policy/lease-turn.ts';
import { inTaskOrder } from '../../../src/policy/task-order.ts';

export class PlainQueue {
  readonly #books: Books;
  waiting: LeaseRequest[] = [];

  constructor(books: Books) {
    this.#books = books;
  }

  /** Names of those who are granted what they ask for, and of those who are refused, in order. */
  join(request: LeaseRequest): readonly string[] {
    this.waiting.push(request);
    this.waiting.sort((a, b) => inTaskOrder(a.turn, b.turn));
    return this.judge();
  }

  leave(request: LeaseRequest): void {
    this.waiting = this.waiting.filter((other) => other !== request);
  }

  judge(): readonly string[] {
    const books = this.#books;
    const told: string[] = [];
    let granted: boolean;
    do {
      granted = false;
      const ahead: LeaseRequest[] = [];
      const stay: LeaseRequest[] = [];
      for (const request of this.waiting) {
        const { verdict } = decideLease(books, request, ahead);
        if (verdict === 'wait') {
          stay.push(request);
          if (hasAged(request.turn, books.now) || books.holdsSomething(request.owner)) ahead.push(request);
          continue;
        }
        told.push(`${verdict} ${request.lease}`);
        if (verdict !== 'grant') continue;
        books.reserve(request);
        granted = true;
      }
      this.waiting = stay;
    } while (granted && this.waiting.some(({ owner }) => books.holdsSomething(owner)));
    return told;
  }
}
