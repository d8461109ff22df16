import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Call, play } from './budget-lives.ts';
import { house, Shelf, steppedTime } from './house.ts';

const CALLS: readonly Call[] = [
  { reserve: 30, use: 20, part: 1 },
  { reserve: 20, use: 35, part: 0.5 },
  { reserve: 40, use: 40, part: 0.9 },
  { reserve: 10, use: 0, part: 1 },
  { reserve: 25, use: 25, part: 0 },
];
const plot = { calls: CALLS, limit: 300, places: 2, pick: () => 0 };
const tokens = (n: number, limit = 100) => ({ accounts: [{ name: 'runtime', limits: { tokens: limit } }], amounts: { tokens: n } });

describe('a house that dies', () => {
  test.each([false, true])('at any moment, or at any two, keeps to the budget and forgets nothing (calls go on: %s)', (continues) => {
    const { moments, done } = play({ ...plot, deaths: [], continues });
    expect(done.size).toBe(CALLS.length);
    for (let first = 0; first < moments; first++) {
      for (let second = 0; second < moments; second++) {
        const lives = play({ ...plot, deaths: [first, second], continues });
        expect(lives.deaths).toBeGreaterThan(0);
        // Calls that go on are paid for once, so that all of them fit; others may run out of budget, which is then said.
        if (continues) expect([lives.done.size, lives.used]).toEqual([CALLS.length, 120]);
      }
    }
  });

  test('with a hundred branches and kills at random never uses more than the budget but what calls took beyond their reservations', () => {
    const calls = fc.array(
      fc.record({ reserve: fc.integer({ min: 1, max: 40 }), use: fc.nat({ max: 80 }), part: fc.constantFrom(0, 0.5, 1) }),
      {
        minLength: 100,
        maxLength: 100,
      },
    );
    fc.assert(
      fc.property(
        calls,
        fc.integer({ min: 100, max: 3000 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat({ max: 200 }), { maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 1 }),
        (each, limit, places, deaths, picks) => {
          let turn = 0;
          const pick = (among: number) => (picks[turn++ % picks.length] ?? 0) % among;
          const { used } = play({ calls: each, limit, places, deaths, pick, continues: false });
          const beyond = each.map(({ use, reserve }) => Math.max(0, use - reserve)).sort((a, b) => b - a);
          expect(used).toBeLessThanOrEqual(limit + beyond.slice(0, places).reduce((a, b) => a + b, 0));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('leaves what it had reserved in doubt: spent, when the call is made anew; settled, when it goes on', () => {
    const shelf = new Shelf();
    house(shelf).ask('r/a#1', tokens(30));
    const anew = house(shelf);
    expect(anew.account()).toMatchObject({ spent: 0, inDoubt: 30 });
    anew.ask('r/a#1', tokens(30)).settle({ tokens: 12 });
    expect(anew.account()).toMatchObject({ spent: 42, inDoubt: 0 });
    anew.ledger.close();

    house(shelf).ask('r/b#1', tokens(30));
    const on = house(shelf);
    expect(on.account()).toMatchObject({ spent: 42, inDoubt: 30 });
    on.ask('r/b#1', { ...tokens(99), continues: true }).settle({ tokens: 12 });
    expect(on.account()).toMatchObject({ spent: 54, inDoubt: 0, reserved: { tokens: 0 } });
  });

  test('counts what may have been used just now against the minute that begins', () => {
    const shelf = new Shelf();
    const perMinute = { accounts: [{ name: 'runtime', limits: { tokens: 1000, tokensPerMinute: 100 } }], amounts: { tokens: 80 } };
    house(shelf).ask('a', perMinute);
    const { ask, time } = house(shelf);
    const next = ask('b', perMinute);
    time.pass(59_999);
    expect(next.state()).toBe('waiting');
    time.pass(1);
    expect(next.state()).toBe('held');
  });

  test('counts it against that minute once, however many houses begin, and as what is held where the call goes on', () => {
    const [shelf, time] = [new Shelf(), steppedTime()];
    const perMinute = { accounts: [{ name: 'runtime', limits: { tokens: 1000, tokensPerMinute: 100 } }], amounts: { tokens: 80 } };
    house(shelf, time).ask('left', perMinute);
    house(shelf, time).ledger.close();
    time.pass(59_000);
    expect(house(shelf, time).account()?.tokensPerMinute).toBe(80);
    time.pass(1_000);
    const later = house(shelf, time);
    expect(later.account()).toMatchObject({ tokensPerMinute: 0, inDoubt: 80 });
    expect(later.ask('b', perMinute).state()).toBe('held');
    const next = house(shelf, time);
    expect(next.account()).toMatchObject({ tokensPerMinute: 80, inDoubt: 160 });
    next.ask('b', { ...perMinute, continues: true });
    expect(next.account()).toMatchObject({ tokensPerMinute: 80, inDoubt: 80, reserved: { tokens: 80 } });
  });

  test('had written nothing down that needs no record', () => {
    const { ask, shelf, ledger } = house();
    ask('a', { amounts: { memoryMb: 5 }, locks: [{ name: 'x', mode: 'exclusive' }] }).settle();
    ask('b', { accounts: [{ name: 'runtime' }], amounts: { tokens: 5 } }).settle();
    expect(shelf.times).toBe(0);
    ledger.close();
    expect(house(shelf).account()).toMatchObject({ spent: 5, inDoubt: 0 });
  });
});

describe('a record that cannot be kept', () => {
  test('keeps a grant back until it can, and says so', () => {
    const { ask, shelf, time, heard, faults } = house();
    shelf.fails = true;
    const lease = ask('a', tokens(10));
    const free = ask('b', { amounts: { memoryMb: 1 } });
    expect([lease.state(), free.state()]).toEqual(['waiting', 'held']);
    expect(lease.shortage()).toMatchObject({ kind: 'record', reason: 'the disk is full' });
    time.pass(5000);
    expect(heard).toEqual([]);
    expect(faults.length).toBeGreaterThan(5);
    shelf.fails = false;
    time.pass(1000);
    expect(heard).toEqual(['a: held']);
  });

  test('leaves a lease settling that used more than it had reserved, with everything given back', () => {
    const { ask, shelf, time, account } = house();
    const lease = ask('a', tokens(10));
    shelf.fails = true;
    expect(lease.settle({ tokens: 25 })).toEqual({ counted: 25, over: 15 });
    expect([lease.state(), account()?.reserved.tokens, account()?.spent]).toEqual(['settling', 0, 25]);
    shelf.fails = false;
    time.pass(1000);
    expect(lease.state()).toBe('released');
    expect(house(shelf).account()).toMatchObject({ spent: 25, inDoubt: 0 });
  });

  test('keeps nobody who asks under the name of one that is settling from an answer of its own', () => {
    const { ask, shelf, time, heard, account } = house();
    const lease = ask('a', tokens(10));
    shelf.fails = true;
    lease.settle({ tokens: 25 });
    const next = ask('a', tokens(10));
    expect([next === lease, next.state()]).toEqual([false, 'waiting']);
    shelf.fails = false;
    time.pass(1000);
    expect([lease.state(), next.state(), heard]).toEqual(['released', 'held', ['a: held']]);
    expect(account()).toMatchObject({ spent: 25, reserved: { tokens: 10 } });
  });
});
