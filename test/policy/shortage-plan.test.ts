import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Shortage } from '../../src/policy/lease-decision.ts';
import { refusalError, shortageInWords } from '../../src/policy/lease-refusal.ts';
import { type ShortageSituation, STRATEGIES, type Strategy, shortagePlan } from '../../src/policy/shortage-plan.ts';
import { asking } from './resource-books.ts';

const lacking = (kind: 'memoryMb' | 'tokens' | 'tokensPerMinute', needed: number, free: number, limit = 100): Shortage => ({
  kind,
  account: 'house',
  needed,
  free,
  limit,
  until: null,
});
const situation = (why: Shortage, more: Partial<ShortageSituation> = {}): ShortageSituation => ({
  why,
  mayWait: true,
  alike: 4,
  lighter: null,
  mayAsk: true,
  tried: [],
  ...more,
});
const uses = (given: ShortageSituation): Strategy[] => shortagePlan(given).map(({ use }) => use);
const light = (amounts: { memoryMb?: number; tokens?: number }, rate = 0) => ({ agent: 'small', amounts, rate });

describe('a shortage', () => {
  test('of what is given back is met by fewer at once, a lighter agent, patience, a person, in this order', () => {
    const plan = shortagePlan(situation(lacking('memoryMb', 40, 10), { lighter: light({ memoryMb: 15 }) }));
    expect(plan).toMatchObject([
      { use: 'reduce_parallelism', atOnce: 2, saves: { kind: 'memoryMb', amount: 80 } },
      { use: 'lighter_agent', agent: 'small', saves: { kind: 'memoryMb', amount: 25 } },
      { use: 'wait', until: null, saves: null },
      { use: 'ask_person', raise: { kind: 'memoryMb', amount: 30 } },
    ]);
  });

  test('of tokens per minute is met by calls spread over the minute', () => {
    expect(shortagePlan(situation(lacking('tokensPerMinute', 30, 0)))[0]).toMatchObject({
      use: 'batch',
      everyMs: 20_000,
      saves: { amount: 30 },
    });
  });

  test('of tokens for good is met by a lighter agent that fits, or a person; neither by patience nor by doing less at once', () => {
    const spent = { mayWait: false, lighter: light({ tokens: 10 }) };
    expect(uses(situation(lacking('tokens', 60, 20), spent))).toEqual(['lighter_agent', 'ask_person']);
    expect(uses(situation(lacking('tokens', 60, 5), spent))).toEqual(['ask_person']);
    expect(uses(situation(lacking('memoryMb', 101, 100), { mayWait: false, mayAsk: false }))).toEqual([]);
  });

  test('an agent that needs as much is not lighter', () => {
    expect(uses(situation(lacking('tokens', 60, 20), { lighter: light({ tokens: 60 }) }))).toEqual(['wait', 'ask_person']);
  });

  test('has a plan that ends: each way once, none that was tried, five rounds at the most', () => {
    const shortages = fc.oneof(
      fc.constantFrom<Shortage>(
        { kind: 'lock', lock: 'x', mode: 'shared', holders: ['b'], until: null },
        { kind: 'turn', behind: 'b', until: null },
        { kind: 'deadline', latestStart: 1, until: 2 },
        { kind: 'record', reason: 'full', until: 1 },
      ),
      fc
        .tuple(
          fc.constantFrom('memoryMb' as const, 'tokens' as const, 'tokensPerMinute' as const),
          fc.integer({ min: 1, max: 300 }),
          fc.integer({ min: -9, max: 200 }),
        )
        .map(([kind, needed, free]) => lacking(kind, needed, free)),
    );
    fc.assert(
      fc.property(
        shortages,
        fc.boolean(),
        fc.boolean(),
        fc.subarray([...STRATEGIES]),
        fc.nat({ max: 60 }),
        (why, mayWait, mayAsk, before, tokens) => {
          let tried: readonly Strategy[] = before;
          for (let rounds = 0; ; rounds++) {
            const plan = uses(situation(why, { mayWait, mayAsk, tried, lighter: light({ memoryMb: tokens, tokens }, tokens) }));
            expect(new Set(plan).size).toBe(plan.length);
            expect(plan.filter((use) => tried.includes(use))).toEqual([]);
            const [next] = plan;
            if (next === undefined) break;
            expect(rounds).toBeLessThan(STRATEGIES.length);
            tried = [...tried, next];
          }
        },
      ),
    );
  });
});

describe('a refusal', () => {
  test('says what is missing, where, and whether to try again', () => {
    const why = lacking('tokens', 60, 40);
    expect(refusalError({ verdict: 'never', why }, asking('r1/plan#1'))).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'r1/plan#1 lacks 60 tokens within "house", where 40 of 100 are left',
      retryable: false,
    });
    expect(refusalError({ verdict: 'die', why }, asking('a'))).toMatchObject({ code: 'RESOURCE_CONFLICT', retryable: true });
    const late = { kind: 'deadline', latestStart: 0, until: 1000 } as const;
    expect(refusalError({ verdict: 'never', why: late }, asking('a'))).toMatchObject({ code: 'DEADLINE_UNREACHABLE', retryable: false });
    expect(shortageInWords({ kind: 'lock', lock: 'db', mode: 'exclusive', holders: ['a', 'b'], until: null })).toBe(
      'the lock "db", which a, b have',
    );
  });
});
