import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetVerdict } from '../../src/policy/budget.ts';
import { TokenLedger } from '../../src/policy/token-ledger.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 20_000 : 500;

/** Steps, and the accounts around each, from the innermost. */
const AROUND = { a: [''], b: ['g', ''], c: ['h', 'g', ''], d: ['k', ''] } as const;
type Step = keyof typeof AROUND;
const STEPS = Object.keys(AROUND) as Step[];
const ACCOUNTS = ['', 'g', 'h', 'k'] as const;

/** What is done to the accounts: by step, with its estimate and what it uses in the end. */
const moves = fc.array(
  fc.record({
    step: fc.constantFrom(...STEPS),
    what: fc.constantFrom('begin', 'begin', 'end', 'end', 'cancel', 'late', 'leave', 'again', 'raise'),
    need: fc.nat(40),
    used: fc.option(fc.nat(60)),
  }),
  { maxLength: 40 },
);

/** What each account holds; null: nothing limits it. */
const totals = fc.record({
  '': fc.option(fc.nat(120)),
  g: fc.option(fc.nat(100)),
  h: fc.option(fc.nat(60)),
  k: fc.option(fc.nat(60)),
});
type Totals = Readonly<Record<(typeof ACCOUNTS)[number], number | null>>;

interface Move {
  readonly step: Step;
  readonly what: string;
  readonly need: number;
  readonly used: number | null;
}

/** Accounts, and beside them what they must come to: what every attempt counts with, and what those in flight have reserved. */
class Model {
  ledger = new TokenLedger();
  readonly #totals: Totals;
  readonly #raised = new Map<string, number>();
  readonly #live = new Map<Step, { id: string; step: Step; need: number }>();
  readonly #gone: { id: string; step: Step; need: number }[] = [];
  readonly #counted = new Map<string, { step: Step; tokens: number }>();
  #attempts = 0;

  constructor(given: Totals) {
    this.#totals = given;
    this.#open();
  }

  #open(): void {
    for (const account of ACCOUNTS) this.ledger.open(account, this.#totals[account]);
  }

  move(move: Move, most: number): void {
    if (move.what === 'begin') this.begin(move);
    if (move.what === 'leave') this.leave(move);
    if (move.what === 'end') this.end(move, most);
    if (move.what === 'cancel') this.end({ ...move, used: null }, most);
    if (move.what === 'late') this.late(move, most);
    if (move.what === 'raise') this.raise(move);
    if (move.what === 'again') this.again();
  }

  /** An attempt begins only where it is covered; one step has one at a time. */
  begin({ step, need }: Move): void {
    if (this.#live.has(step) || this.ledger.lacking(AROUND[step], need).length > 0) return;
    const id = `${step}#${++this.#attempts}`;
    this.ledger.reserve(step, need, AROUND[step]);
    this.ledger.begin(step, id, []);
    this.#live.set(step, { id, step, need });
  }

  leave({ step, need }: Move): void {
    if (this.#live.has(step)) return;
    this.ledger.reserve(step, need, AROUND[step]);
    this.ledger.release(step);
    this.ledger.release(step);
  }

  end({ step, used }: Move, most: number): void {
    const mine = this.#live.get(step);
    if (mine === undefined) return;
    this.#live.delete(step);
    const said = used === null ? null : Math.min(used, mine.need * most);
    this.ledger.settle(mine.id, said);
    this.#counted.set(mine.id, { step, tokens: said ?? mine.need });
    if (said === null) this.#gone.push(mine);
  }

  /** What comes late counts once. */
  late({ used }: Move, most: number): void {
    const mine = this.#gone.shift();
    if (mine === undefined) return;
    const said = Math.min(used ?? mine.need, mine.need * most);
    this.ledger.settle(mine.id, said);
    this.ledger.settle(mine.id, said + 1);
    this.#counted.set(mine.id, { step: mine.step, tokens: said });
  }

  raise({ step, need }: Move): void {
    const [account] = AROUND[step];
    this.ledger.raise(account, need);
    this.#raised.set(account, (this.#raised.get(account) ?? 0) + need);
  }

  /** Another life of the run. */
  again(): void {
    this.ledger = new TokenLedger(this.ledger);
    this.#open();
    for (const mine of this.#live.values()) {
      this.#counted.set(mine.id, { step: mine.step, tokens: mine.need });
      this.#gone.push(mine);
    }
    this.#live.clear();
  }

  /** What an account must come to now. */
  expected(account: (typeof ACCOUNTS)[number]): unknown {
    const isIts = ({ step }: { step: Step }) => (AROUND[step] as readonly string[]).includes(account);
    const sum = (all: readonly number[]) => all.reduce((so, far) => so + far, 0);
    const raised = this.#raised.get(account) ?? 0;
    const granted = this.#totals[account];
    return {
      total: granted === null ? null : granted + raised,
      raised,
      spent: sum([...this.#counted.values()].filter(isIts).map(({ tokens }) => tokens)),
      reserved: sum([...this.#live.values()].filter(isIts).map(({ need }) => need)),
    };
  }
}

/** Plays moves; `most`: how many times its estimate an attempt may use. */
function play(given: Totals, list: readonly Move[], most: number): void {
  const model = new Model(given);
  for (const move of list) {
    model.move(move, most);
    for (const account of ACCOUNTS) {
      const state = model.ledger.account(account);
      expect(state).toEqual(model.expected(account));
      if (most === 1 && state.total !== null) expect(state.spent + state.reserved).toBeLessThanOrEqual(state.total);
    }
    const steps = STEPS.map((name) => model.ledger.of(name)?.spent ?? 0);
    expect(steps.reduce((so, far) => so + far, 0)).toBe(model.ledger.account('').spent);
  }
}

describe('the accounts of a run', () => {
  test('count every attempt once in each account around it: with what it says, else with its estimate, whatever is said late or twice', () => {
    fc.assert(
      fc.property(totals, moves, (given, list) => play(given, list, 3)),
      { numRuns: RUNS },
    );
  });

  test('are never passed where attempts use no more than they were expected to', () => {
    fc.assert(
      fc.property(totals, moves, (given, list) => play(given, list, 1)),
      { numRuns: RUNS },
    );
  });

  test('let an attempt begin where it is covered, and wait only where others may leave enough', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100), (total, spent, reserved, need) => {
        const verdict = budgetVerdict(total, { spent, reserved }, need);
        if (verdict === 'covered') expect(need === 0 || spent + reserved + need <= total).toBe(true);
        // With nothing reserved there is nothing to wait for; with all of it left over, it would be covered.
        if (verdict === 'waits') expect([reserved > 0, budgetVerdict(total, { spent, reserved: 0 }, need)]).toEqual([true, 'covered']);
        if (verdict === 'spent') expect(spent + need > total || reserved === 0).toBe(true);
        expect(budgetVerdict(null, { spent, reserved }, need)).toBe('covered');
      }),
      { numRuns: RUNS },
    );
  });

  test('have everything again that was given back, fractions too: nobody waits for what nobody has', () => {
    const tenths = fc.integer({ min: 1, max: 100 }).map((n) => n / 10);
    fc.assert(
      fc.property(tenths, fc.array(fc.tuple(tenths, fc.nat()), { maxLength: 10 }), (total, asked) => {
        const ledger = new TokenLedger();
        ledger.open('', total);
        const begun = asked.flatMap(([need, turn], i) => {
          if (ledger.lacking([''], need).length > 0) return [];
          ledger.reserve(`s${i}`, need, ['']);
          ledger.begin(`s${i}`, `s${i}#1`, []);
          return [{ attempt: `s${i}#1`, turn }];
        });
        for (const { attempt } of begun.toSorted((a, b) => a.turn - b.turn)) ledger.settle(attempt, 0);
        expect(ledger.account('')).toEqual({ total, raised: 0, spent: 0, reserved: 0 });
        expect(ledger.lacking([''], total)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('hold what fits exactly, and stay finite whatever an agent says', () => {
    expect(budgetVerdict(0.3, { spent: 0.1, reserved: 0.1 }, 0.1)).toBe('covered');
    const ledger = new TokenLedger();
    ledger.begin('a', 'a#1', ['']);
    ledger.settle('a#1', 1e308);
    expect(ledger.account('').spent).toBe(1e308);
  });

  test('are raised by what people give, each by itself', () => {
    const ledger = new TokenLedger();
    ledger.open('', 100);
    ledger.open('g', 10);
    ledger.reserve('a', 10, ['g', '']);
    ledger.begin('a', 'a#1', []);
    ledger.settle('a#1', 12);
    expect(ledger.lacking(['g', ''], 1)).toEqual([{ account: 'g', verdict: 'spent', left: -2 }]);
    ledger.raise('g', 5);
    expect(ledger.account('g')).toEqual({ total: 15, raised: 5, spent: 12, reserved: 0 });
    expect([ledger.lacking(['g', ''], 3), ledger.lacking(['g', ''], 4).length]).toEqual([[], 1]);
    expect(new TokenLedger(ledger).account('')).toEqual({ total: 100, raised: 0, spent: 12, reserved: 0 });
  });
});
