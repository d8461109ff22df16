import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claim, ClaimLine, type Resort } from '../../src/policy/claim-line.ts';
import { TokenLedger } from '../../src/policy/token-ledger.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 20_000 : 500;

const CHAINS = [[''], ['g', ''], ['h', 'g', ''], ['k', '']] as const;
const ACCOUNTS = ['', 'g', 'h', 'k'];

const totals = fc.tuple(...ACCOUNTS.map(() => fc.option(fc.integer({ min: 0, max: 60 }))));
const asks = fc.tuple(...ACCOUNTS.map(() => fc.boolean()));
const moves = fc.array(
  fc.record({
    what: fc.constantFrom('claim', 'claim', 'claim', 'end', 'leave', 'answer'),
    chain: fc.constantFrom(...CHAINS),
    need: fc.integer({ min: 1, max: 40 }),
    used: fc.option(fc.nat(60)),
    which: fc.nat(),
  }),
  { maxLength: 40 },
);
type Move = { what: string; chain: readonly string[]; need: number; used: number | null; which: number };

/** A run by hand: claims that stand in line, attempts in flight, people who are asked. */
class Stage {
  readonly ledger = new TokenLedger();
  readonly line = new ClaimLine();
  readonly asking = new Map<string, string>();
  readonly closed = new Set<string>();
  readonly flying: string[] = [];
  readonly refused = new Set<string>();
  readonly #asks: readonly boolean[];
  #steps = 0;

  constructor(given: readonly (number | null)[], mayAsk: readonly boolean[]) {
    this.#asks = mayAsk;
    for (const [i, account] of ACCOUNTS.entries()) this.ledger.open(account, given[i] ?? null);
  }

  resortOf(account: string): Resort {
    if (this.asking.has(account)) return 'asking';
    return this.#asks[ACCOUNTS.indexOf(account)] === true && !this.closed.has(account) ? 'asks' : 'refuses';
  }

  move({ what, chain, need, used, which }: Move): void {
    if (what === 'claim') this.line.add({ step: `s${++this.#steps}`, need, accounts: chain });
    if (what === 'end' && this.flying.length > 0) this.land(which % this.flying.length, used);
    if (what === 'leave') {
      const waiting = this.line.waiting();
      const step = waiting[which % Math.max(1, waiting.length)]?.step ?? '';
      this.line.delete(step);
      for (const [account, asked] of this.asking) if (asked === step) this.asking.delete(account);
    }
    const [open] = this.asking;
    if (what === 'answer' && open !== undefined) this.answer(open, used);
    this.serve();
  }

  land(place: number, used: number | null): void {
    const [step = ''] = this.flying.splice(place, 1);
    this.ledger.settle(step, used);
  }

  /** People give something, or nothing: then whoever was asked for is refused. */
  answer([account, step]: [string, string], given: number | null): void {
    this.asking.delete(account);
    if (given !== null && given > 0) this.ledger.raise(account, given);
    else {
      this.closed.add(account);
      this.line.delete(step);
      this.refused.add(step);
    }
  }

  serve(): void {
    for (const ruling of this.line.serve(this.ledger, (account) => this.resortOf(account))) {
      const { step } = ruling.claim;
      if (ruling.what === 'granted') {
        for (const account of ruling.claim.accounts) {
          const { total, spent, reserved } = this.ledger.account(account);
          if (total !== null) expect(spent + reserved).toBeLessThanOrEqual(total);
        }
        this.ledger.begin(step, step, []);
        this.flying.push(step);
      } else if (ruling.what === 'refused') this.refused.add(step);
      else this.asking.set(ruling.account, step);
    }
  }

  /** Whether a claim that waits has a reason: something that it lacks, or that somebody before it lacks in an account of both, or people are asked. */
  hasReason(claim: Claim, before: readonly Claim[]): boolean {
    if (claim.accounts.some((account) => this.asking.has(account))) return true;
    if (this.ledger.lacking(claim.accounts, claim.need).length > 0) return true;
    return before.some((other) => this.ledger.lacking(other.accounts, other.need).some(({ account }) => claim.accounts.includes(account)));
  }
}

describe('those who wait for their shares', () => {
  test('wait only while something they need is lacking, or somebody before them lacks it, or people are asked', () => {
    fc.assert(
      fc.property(totals, asks, moves, (given, mayAsk, list) => {
        const stage = new Stage(given, mayAsk);
        for (const move of list) {
          stage.move(move);
          const waiting = stage.line.waiting();
          for (const [place, claim] of waiting.entries()) expect(stage.hasReason(claim, waiting.slice(0, place))).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('are all granted or refused once attempts end and people answer, and leave nothing reserved', () => {
    fc.assert(
      fc.property(totals, asks, moves, fc.boolean(), (given, mayAsk, list, generous) => {
        const stage = new Stage(given, mayAsk);
        for (const move of list) stage.move(move);
        for (let turn = 0; stage.line.size + stage.flying.length > 0; turn++) {
          expect(turn).toBeLessThan(1000);
          const [open] = stage.asking;
          if (stage.flying.length > 0) stage.land(0, null);
          else if (open !== undefined) stage.answer(open, generous ? 50 : null);
          stage.serve();
        }
        expect(ACCOUNTS.map((account) => stage.ledger.account(account).reserved)).toEqual([0, 0, 0, 0]);
      }),
      { numRuns: RUNS },
    );
  });

  test('are not overtaken by those who came later and need something of what they lack; others go by', () => {
    const stage = new Stage([null, 100, null, 100], [false, false, false, false]);
    const claim = (chain: readonly string[], need: number) => stage.move({ what: 'claim', chain, need, used: null, which: 0 });
    claim(['g', ''], 60);
    claim(['g', ''], 90);
    claim(['g', ''], 10);
    claim(['h', 'g', ''], 10);
    claim(['k', ''], 10);
    expect([stage.flying, stage.line.waiting().map(({ step }) => step)]).toEqual([
      ['s1', 's5'],
      ['s2', 's3', 's4'],
    ]);
    stage.land(0, 10);
    stage.serve();
    expect([stage.flying, stage.line.size]).toEqual([['s5', 's2'], 2]);
  });

  test('are told the account that is tightest; of two alike, the inner one', () => {
    const named = (inner: number, outer: number) => {
      const ledger = new TokenLedger();
      ledger.open('g', inner);
      ledger.open('', outer);
      const line = new ClaimLine();
      line.add({ step: 'a', need: 50, accounts: ['g', ''] });
      return line.serve(ledger, () => 'refuses').map((ruling) => (ruling.what === 'granted' ? null : ruling.account));
    };
    expect([named(10, 20), named(20, 10), named(10, 10)]).toEqual([['g'], [''], ['g']]);
  });

  test('are refused by whoever cannot be asked before people are asked in vain', () => {
    const stage = new Stage([10, 5, null, null], [true, false, false, false]);
    stage.move({ what: 'claim', chain: ['g', ''], need: 20, used: null, which: 0 });
    expect([[...stage.refused], stage.asking.size]).toEqual([['s1'], 0]);
  });
});
