import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetVerdict, TokenLedger } from '../../src/policy/budget.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 20_000 : 500;

/** What is done to an account: by step, with its estimate and what it uses in the end. */
const moves = fc.array(
  fc.record({
    step: fc.constantFrom('a', 'b', 'c', 'd'),
    what: fc.constantFrom('begin', 'begin', 'end', 'end', 'cancel', 'late', 'leave', 'again'),
    need: fc.nat(40),
    used: fc.option(fc.nat(60)),
  }),
  { maxLength: 40 },
);

interface Move {
  readonly step: string;
  readonly what: string;
  readonly need: number;
  readonly used: number | null;
}

/** An account, and beside it what it must come to: what every attempt counts with, and what those in flight have reserved. */
class Model {
  ledger: TokenLedger;
  readonly #total: number;
  readonly #live = new Map<string, { id: string; need: number }>();
  readonly #gone: { id: string; need: number }[] = [];
  readonly #counted = new Map<string, number>();
  #attempts = 0;

  constructor(total: number) {
    this.#total = total;
    this.ledger = new TokenLedger(total);
  }

  /** An attempt begins only where it is covered; one step has one at a time. */
  begin({ step, need }: Move): void {
    if (this.#live.has(step) || this.ledger.verdict(need) !== 'covered') return;
    const id = `${step}#${++this.#attempts}`;
    this.ledger.reserve(step, need);
    this.ledger.begin(step, id);
    this.#live.set(step, { id, need });
  }

  leave({ step, need }: Move): void {
    if (this.#live.has(step)) return;
    this.ledger.reserve(step, need);
    this.ledger.release(step);
  }

  end({ step, used }: Move, most: number): void {
    const mine = this.#live.get(step);
    if (mine === undefined) return;
    this.#live.delete(step);
    const said = used === null ? null : Math.min(used, mine.need * most);
    this.ledger.settle(mine.id, said);
    this.#counted.set(mine.id, said ?? mine.need);
    if (said === null) this.#gone.push(mine);
  }

  /** What comes late counts once. */
  late({ used }: Move, most: number): void {
    const mine = this.#gone.shift();
    if (mine === undefined) return;
    const said = Math.min(used ?? mine.need, mine.need * most);
    this.ledger.settle(mine.id, said);
    this.ledger.settle(mine.id, said + 1);
    this.#counted.set(mine.id, said);
  }

  /** Another life of the run. */
  again(): void {
    this.ledger = new TokenLedger(this.#total, this.ledger);
    for (const mine of this.#live.values()) {
      this.#counted.set(mine.id, mine.need);
      this.#gone.push(mine);
    }
    this.#live.clear();
  }

  /** What the account must come to now. */
  count(): { spent: number; reserved: number } {
    const sum = (all: readonly number[]) => all.reduce((so, far) => so + far, 0);
    return { spent: sum([...this.#counted.values()]), reserved: sum([...this.#live.values()].map(({ need }) => need)) };
  }
}

/** Plays moves; `most`: how many times its estimate an attempt may use. */
function play(total: number, list: readonly Move[], most: number): void {
  const model = new Model(total);
  for (const move of list) {
    if (move.what === 'begin') model.begin(move);
    if (move.what === 'leave') model.leave(move);
    if (move.what === 'end') model.end(move, most);
    if (move.what === 'cancel') model.end({ ...move, used: null }, most);
    if (move.what === 'late') model.late(move, most);
    if (move.what === 'again') model.again();
    expect(model.ledger.count).toEqual(model.count());
    const steps = ['a', 'b', 'c', 'd'].map((name) => model.ledger.of(name)?.spent ?? 0);
    expect(steps.reduce((so, far) => so + far, 0)).toBe(model.count().spent);
    if (most === 1) expect(model.count().spent + model.count().reserved).toBeLessThanOrEqual(total);
  }
}

describe('a budget of tokens', () => {
  test('counts every attempt once: with what it says, else with its estimate, whatever is said of it late or twice', () => {
    fc.assert(
      fc.property(fc.nat(120), moves, (total, list) => play(total, list, 3)),
      { numRuns: RUNS },
    );
  });

  test('is never passed where attempts use no more than they were expected to', () => {
    fc.assert(
      fc.property(fc.nat(120), moves, (total, list) => play(total, list, 1)),
      { numRuns: RUNS },
    );
  });

  test('lets an attempt begin where it is covered, and wait only where others may leave enough', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100), (total, spent, reserved, need) => {
        const verdict = budgetVerdict(total, { spent, reserved }, need);
        if (verdict === 'covered') expect(need === 0 || spent + reserved + need <= total).toBe(true);
        // With nothing reserved there is nothing to wait for; with all of it left over, it would be covered.
        if (verdict === 'waits') expect([reserved > 0, budgetVerdict(total, { spent, reserved: 0 }, need)]).toEqual([true, 'covered']);
        if (verdict === 'spent') expect(spent + need > total || reserved === 0).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('is raised by what people give', () => {
    const ledger = new TokenLedger(10);
    ledger.reserve('a', 10);
    ledger.begin('a', 'a#1');
    ledger.settle('a#1', 12);
    expect(ledger.verdict(1)).toBe('spent');
    ledger.raise(5);
    expect([ledger.total, ledger.raised, ledger.verdict(3), ledger.verdict(4)]).toEqual([15, 5, 'covered', 'spent']);
    expect(new TokenLedger(10, ledger).count).toEqual({ spent: 12, reserved: 0 });
  });
});
