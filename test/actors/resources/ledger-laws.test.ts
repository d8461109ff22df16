import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lease } from '../../../src/actors/resources/lease.ts';
import { locksAgree, type NamedLock } from '../../../src/policy/resource-locks.ts';
import { AGEING_MS } from '../../../src/policy/task-order.ts';
import { PRIORITIES, type Priority } from '../../../src/protocol/coordination.ts';
import { house } from './house.ts';

const LIMITS = { memoryMb: 10, concurrency: 3, tokens: 200 };
const accounts = [{ name: 'runtime', limits: LIMITS }];
const locks: fc.Arbitrary<NamedLock[]> = fc.array(
  fc.record({ name: fc.constantFrom('x', 'y', 'z'), mode: fc.constantFrom('shared' as const, 'exclusive' as const) }),
  { maxLength: 3 },
);
const wishes = fc.record({ memoryMb: fc.nat({ max: 11 }), tokens: fc.nat({ max: 30 }), locks });

const moves = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      who: fc.nat({ max: 5 }),
      wish: wishes,
      priority: fc.constantFrom(...PRIORITIES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('settle' as const, 'release' as const),
      which: fc.nat(),
      used: fc.constantFrom(undefined, 0, 7, 60),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gone' as const), who: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, AGEING_MS, 5 * AGEING_MS) }) },
);

type Move = typeof moves extends fc.Arbitrary<infer Each> ? Each : never;
const KINDS = ['memoryMb', 'concurrency', 'tokens'] as const;

/** A ledger beside which is counted by hand what its leases come to, each the first time it ends. */
class Watched {
  readonly #house = house();
  readonly #all: Lease[] = [];
  readonly #owner = new Map<Lease, string>();
  readonly #counted = new Map<Lease, number>();
  readonly heard = this.#house.heard;

  make(move: Move): void {
    if (move.kind === 'ask') this.#ask(move.who, move.wish, move.priority);
    else if (move.kind === 'pass') this.#house.time.pass(move.ms);
    else if (move.kind === 'gone') {
      for (const lease of this.#all) if (this.#owner.get(lease) === `o${move.who}`) this.#ends(lease, lease.amounts.tokens ?? 0);
      this.#house.ledger.ownerGone(`o${move.who}`);
    } else {
      const lease = this.#all[move.which % Math.max(1, this.#all.length)];
      if (lease !== undefined) this.#end(lease, move.kind, move.used);
    }
    this.look();
  }

  /** Those who are granted something because others leave are released in another round. */
  releaseAll(): void {
    for (const _ of this.#all) for (const lease of this.#all) this.#end(lease, 'release', 0);
    expect(this.#house.ledger.standing()).toMatchObject({ held: [], waiting: [] });
  }

  look(): void {
    const { held } = this.#house.ledger.standing();
    const account = this.#house.account();
    const sums = KINDS.map((kind) => held.reduce((total, { amounts }) => total + (amounts[kind] ?? 0), 0));
    expect(KINDS.map((kind) => account?.reserved[kind] ?? 0)).toEqual(sums);
    expect(sums.slice(0, 2).map((sum, n) => sum <= (n === 0 ? LIMITS.memoryMb : LIMITS.concurrency))).toEqual([true, true]);
    expect(account?.spent ?? 0).toBe([...this.#counted.values()].reduce((a, b) => a + b, 0));
    const clashes = held.flatMap((one) => held.filter((other) => other.owner !== one.owner && !agree(one.locks, other.locks)));
    expect(clashes).toEqual([]);
  }

  #ask(
    who: number,
    { memoryMb, tokens, locks: wanted }: { memoryMb: number; tokens: number; locks: NamedLock[] },
    priority: Priority,
  ): void {
    const owner = `o${who}`;
    const amounts = { memoryMb, tokens, concurrency: 1 };
    const lease = this.#house.ask(`l${this.#all.length}`, { owner, accounts, amounts, locks: wanted, priority });
    this.#all.push(lease);
    this.#owner.set(lease, owner);
  }

  #end(lease: Lease, how: 'settle' | 'release', used: number | undefined): void {
    this.#ends(lease, how === 'release' ? 0 : (used ?? lease.amounts.tokens ?? 0));
    if (how === 'release') lease.release();
    else lease.settle(used === undefined ? {} : { tokens: used });
  }

  #ends(lease: Lease, tokens: number): void {
    if (lease.state() !== 'held') return;
    expect(this.#counted.has(lease)).toBe(false);
    this.#counted.set(lease, tokens);
  }
}

const agree = (some: readonly NamedLock[], others: readonly NamedLock[]): boolean =>
  some.every((lock) => others.every((other) => locksAgree(lock, other)));

describe('whatever is asked, settled, called off or lost in whatever order', () => {
  test('what is reserved is what is held, within the limits; everything is given back once, and every news is told once', () => {
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 60 }), (story) => {
        const watched = new Watched();
        for (const move of story) watched.make(move);
        watched.releaseAll();
        watched.look();
        expect(new Set(watched.heard).size).toBe(watched.heard.length);
      }),
      { numRuns: 200 },
    );
  });
});
