import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lease } from '../../../src/actors/resources/lease.ts';
import type { Ledger } from '../../../src/actors/resources/ledger-contract.ts';
import type { NamedLock } from '../../../src/policy/resource-locks.ts';
import { AGEING_MS, inTaskOrder } from '../../../src/policy/task-order.ts';
import { PRIORITIES } from '../../../src/protocol/coordination.ts';
import { house } from './house.ts';

const locks: fc.Arbitrary<NamedLock[]> = fc.array(
  fc.record({ name: fc.constantFrom('x', 'y', 'z'), mode: fc.constantFrom('shared' as const, 'exclusive' as const) }),
  { maxLength: 3 },
);
const wishLists = fc.array(fc.record({ memoryMb: fc.nat({ max: 3 }), locks }), { minLength: 1, maxLength: 4 });
const accounts = [{ name: 'runtime', limits: { memoryMb: 12 } }];

interface Wish {
  readonly memoryMb: number;
  readonly locks: readonly NamedLock[];
}

/** Somebody who asks for one thing after the other and gives everything back at the end, or when refused, to begin anew with the same age. */
class Collector {
  readonly #name: string;
  readonly #wishes: readonly Wish[];
  readonly #ledger: Ledger;
  readonly #has: Lease[] = [];
  #first: Lease | null = null;
  #asked = 0;
  isDone = false;

  constructor(name: string, wishes: readonly Wish[], ledger: Ledger) {
    this.#name = name;
    this.#wishes = wishes;
    this.#ledger = ledger;
  }

  get isAble(): boolean {
    return !this.isDone && this.#has.at(-1)?.state() !== 'waiting';
  }

  act(): void {
    const wish = this.#wishes[this.#has.length];
    const isRefused = this.#has.at(-1)?.state() === 'refused';
    if (isRefused || wish === undefined) {
      this.isDone = !isRefused;
      for (const lease of this.#has.splice(0)) lease.release();
      return;
    }
    const lease = this.#ledger.ask({
      lease: `${this.#name}/${++this.#asked}`,
      owner: this.#name,
      accounts,
      amounts: { memoryMb: wish.memoryMb },
      locks: wish.locks,
      ...(this.#first === null ? {} : { turn: this.#first.turn }),
    });
    this.#first ??= lease;
    this.#has.push(lease);
  }
}

describe('owners that hold something and ask for more', () => {
  test('never wait for each other: somebody can always go on, and everybody comes to the end', () => {
    const plans = fc.array(wishLists, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(plans, fc.array(fc.nat(), { minLength: 1 }), fc.constantFrom(1, AGEING_MS), (plan, picks, ms) => {
        const { ledger, time } = house();
        let owners = plan.map((wishes, n) => new Collector(`o${n}`, wishes, ledger));
        for (let turn = 0; owners.some(({ isDone }) => !isDone); turn++) {
          const able = owners.filter(({ isAble }) => isAble);
          // Whoever acted goes to the end; every other turn is that of the one who has not acted for longest.
          const next = able[turn % 2 === 0 ? 0 : (picks[turn % picks.length] ?? 0) % Math.max(1, able.length)];
          if (next === undefined || turn > 2000) throw new Error(`after ${turn} turns: ${JSON.stringify(ledger.standing())}`);
          next.act();
          owners = [...owners.filter((other) => other !== next), next];
          time.pass(ms);
        }
        expect(ledger.standing()).toMatchObject({ held: [], waiting: [] });
      }),
      { numRuns: 300 },
    );
  });
});

describe('who waits long', () => {
  const patientWish = {
    accounts: [{ name: 'runtime', limits: { memoryMb: 10 } }],
    amounts: { memoryMb: 10 },
    locks: [{ name: 'x', mode: 'exclusive' as const }],
  };
  const newcomers = fc.array(
    fc.record({
      memoryMb: fc.integer({ min: 1, max: 6 }),
      lock: fc.boolean(),
      priority: fc.constantFrom(...PRIORITIES),
      turns: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 50, maxLength: 70 },
  );

  test('is passed by nobody any more who wants the same, and gets it when those who had it then have ended', () => {
    fc.assert(
      fc.property(newcomers, (stream) => {
        const { ask, time, ledger } = house();
        const atWork = [{ lease: ask('first', { ...patientWish, amounts: { memoryMb: 5 } }), until: 1 }];
        const patient = ask('patient', { ...patientWish, priority: 'low' });
        // Who had its turn before it when it was asked for still has.
        const isPasser = (other: Lease) => other.state() === 'held' && inTaskOrder(other.turn, patient.turn) > 0;
        const lately = () =>
          new Set(ledger.standing().held.flatMap(({ lease, since }) => (since >= PRIORITIES.length * AGEING_MS ? [lease] : [])));
        stream.forEach(({ memoryMb, lock, priority, turns }, n) => {
          time.pass(AGEING_MS / 4);
          const locked = lock ? patientWish.locks : [];
          atWork.push({ lease: ask(`n${n}`, { ...patientWish, amounts: { memoryMb }, locks: locked, priority }), until: n + turns });
          for (const each of atWork) if (each.until <= n) each.lease.settle();
          const granted = lately();
          if (patient.state() === 'waiting') expect(atWork.filter(({ lease }) => granted.has(lease.id) && isPasser(lease))).toEqual([]);
        });
        expect(patient.state()).toBe('held');
      }),
      { numRuns: 200 },
    );
  });
});
