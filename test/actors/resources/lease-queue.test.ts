import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Books } from '../../../src/actors/resources/books.ts';
import { LiveLease } from '../../../src/actors/resources/lease.ts';
import { type Judgement, LeaseQueue } from '../../../src/actors/resources/lease-queue.ts';
import type { LeaseRequest } from '../../../src/policy/lease-decision.ts';
import { AGEING_MS } from '../../../src/policy/task-order.ts';
import { PRIORITIES } from '../../../src/protocol/coordination.ts';
import { asking } from '../../policy/resource-books.ts';
import { PlainQueue } from './plain-queue.ts';

const LIMITS = { memoryMb: 10, tokens: 400, tokensPerMinute: 60 };

const locks = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('x', 'y'), mode: fc.constantFrom('shared' as const, 'exclusive' as const) }),
  { maxLength: 2, selector: ({ name }) => name },
);
const wish = fc.record({
  memoryMb: fc.constantFrom(0, 2, 5, 9, 11),
  tokens: fc.constantFrom(0, 0, 20),
  locks,
  priority: fc.constantFrom(...PRIORITIES),
  deadlineMs: fc.option(fc.constantFrom(1_000, AGEING_MS), { freq: 6 }),
});
const move = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), owner: fc.nat({ max: 20 }), wish }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, AGEING_MS, 5 * AGEING_MS) }) },
);

type Move = typeof move extends fc.Arbitrary<infer Each> ? Each : never;

const opened = (): Books => {
  const books = new Books(null, 0);
  books.open('house', LIMITS);
  return books;
};

const told = ({ granted, refused }: Judgement): string[] =>
  [
    ...granted.map(({ request }) => `grant ${request.lease}`),
    ...refused.map(([{ request }, { verdict }]) => `${verdict} ${request.lease}`),
  ].sort();

/** The queue, and beside it one that judges everybody, each with books of its own. */
class TwoQueues {
  readonly #books = [opened(), opened()] as const;
  readonly #plain = new PlainQueue(this.#books[0]);
  readonly #queue = new LeaseQueue(this.#books[1]);
  readonly #lives = new Map<string, LiveLease>();

  make(each: Move, n: number): void {
    if (each.kind === 'ask') this.#ask(`l${n}`, `o${each.owner}`, each.wish, n);
    else if (each.kind === 'withdraw') this.#withdraw(each.which);
    else {
      if (each.kind === 'pass') for (const books of this.#books) books.advance(books.now + each.ms);
      else this.#settle(each.which);
      expect(told(this.#queue.judge())).toEqual(this.#plain.judge().toSorted());
    }
    expect(Array.from(this.#queue, ({ request }) => request.lease)).toEqual(this.#plain.waiting.map(({ lease }) => lease));
    expect(Array.from(this.#queue, ({ why }) => why)).not.toContain(null);
  }

  #ask(
    lease: string,
    owner: string,
    { priority, memoryMb, tokens, deadlineMs, locks: named }: Extract<Move, { kind: 'ask' }>['wish'],
    place: number,
  ) {
    const [{ now }] = this.#books;
    const turn = { priority, since: now, latestStart: deadlineMs === null ? null : now + deadlineMs, place };
    const request = { ...asking(lease, { owner, amounts: { memoryMb, tokens }, rate: tokens, locks: named }), turn };
    const live = new LiveLease(request);
    this.#lives.set(lease, live);
    expect(told(this.#queue.judgeNew(live))).toEqual(this.#plain.join(request).toSorted());
  }

  #settle(which: number): void {
    const held = [...this.#books[0].held.values()];
    const one = held[which % Math.max(1, held.length)];
    if (one !== undefined) for (const books of this.#books) books.settle(one, one.amounts.tokens ?? 0, 1_000);
  }

  #withdraw(which: number): void {
    const { waiting } = this.#plain;
    const gone = waiting[which % Math.max(1, waiting.length)];
    const live = this.#lives.get(gone?.lease ?? '');
    if (gone === undefined || live === undefined) return;
    this.#plain.leave(gone);
    this.#queue.leave(live);
    expect(told(this.#queue.judge())).toEqual(this.#plain.judge().toSorted());
  }
}

describe('a queue in which only the first of those who want the same are judged', () => {
  test('decides as one that judges everybody, whatever is asked, given back and withdrawn, and however time passes', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (story) => {
        const both = new TwoQueues();
        for (const [n, each] of story.entries()) both.make(each, n);
      }),
      { numRuns: 200 },
    );
  });
});

/** Books that count how often they are looked into to decide about somebody. */
class CountedBooks extends Books {
  looks = 0;

  override holdsSomething(owner: string): boolean {
    this.looks += 1;
    return super.holdsSomething(owner);
  }
}

/** So many who want the same wait for a place; how often the books are looked into, on average, when one has ended and the next begins. */
function looksPerGrant(waiting: number, need: (n: number) => Partial<LeaseRequest>): number {
  const books = new CountedBooks(null, 0);
  books.open('house', { concurrency: 10 });
  const queue = new LeaseQueue(books);
  for (let n = 0; n < waiting + 10; n += 1) queue.judgeNew(new LiveLease(asking(`l${n}`, { at: n, ...need(n) })));
  books.looks = 0;
  books.advance(10 * AGEING_MS);
  for (let n = 0; n < 100; n += 1) {
    const [first] = books.held.values();
    if (first !== undefined) books.settle(first, 0, 1);
    expect(queue.judge().granted).toHaveLength(1);
  }
  return books.looks / 100;
}

describe('what a grant costs', () => {
  test.each([
    ['a place', () => ({ amounts: { concurrency: 1 } })],
    [
      'a place, and one of few locks that they share',
      (n: number) => ({ amounts: { concurrency: 1 }, locks: [{ name: `lock ${n % 5}`, mode: 'shared' as const }] }),
    ],
  ])('does not grow with how many wait for %s, not even when all have waited long', (_, need) => {
    const [few, many] = [looksPerGrant(150, need), looksPerGrant(3_000, need)];
    expect(many).toBeLessThanOrEqual(few + 1);
  });
});
