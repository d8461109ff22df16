import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attemptTimeout } from '../../src/policy/attempt-timeout.ts';
import { backoffDelay, derivedChance } from '../../src/policy/backoff.ts';
import { retryVerdict } from '../../src/policy/retry-verdict.ts';

const shapes = fc.record({
  delayMs: fc.integer({ min: 0, max: 10_000 }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  maxDelayMs: fc.integer({ min: 0, max: 600_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoff', () => {
  test('a wait is never longer than its cap plus the share of jitter, and never negative', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 10_000 }), chances, (shape, attempt, chance) => {
        const wait = backoffDelay(shape, attempt, chance);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.ceil(shape.maxDelayMs * (1 + shape.jitter)));
      }),
    );
  });

  test('without jitter waits never get shorter from attempt to attempt', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 200 }), (shape, attempt) => {
        const still = { ...shape, jitter: 0 };
        expect(backoffDelay(still, attempt + 1, 0)).toBeGreaterThanOrEqual(backoffDelay(still, attempt, 0));
      }),
    );
  });

  test('the default shape waits 1 s, 2 s, 4 s … and at most 60 s', () => {
    const shape = { delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 0.1 };
    expect([1, 2, 3, 7, 8].map((attempt) => backoffDelay(shape, attempt, 0))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
    expect(backoffDelay(shape, 1, 0.999)).toBe(1100);
  });

  test('chance depends on seed and text alone and is spread over [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.string(), (seed, text) => {
        const chance = derivedChance(seed, text);
        expect(chance).toBe(derivedChance(seed, text));
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThan(1);
      }),
    );
    const tenths = new Array(10).fill(0);
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(derivedChance(i, 'step#1') * 10)]++;
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });
});

describe('the retry verdict', () => {
  const error = (code: 'AGENT_FAILED' | 'TASK_TIMED_OUT', retryable?: boolean) => ({
    code,
    message: 'm',
    ...(retryable === undefined ? {} : { retryable }),
  });

  test('attempts never exceed retries + 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.constantFrom('failure' as const, 'timeout' as const), (retries, on) => {
        let attempt = 1;
        while (retryVerdict({ attempt, retries, error: error('TASK_TIMED_OUT'), on }) === 'retry') attempt++;
        expect(attempt).toBe(retries + 1);
      }),
    );
  });

  test('what is not retryable is never tried again; where only timeouts are, nothing else is', () => {
    expect(retryVerdict({ attempt: 1, retries: 9, error: error('AGENT_FAILED', false), on: 'failure' })).toBe('give_up');
    expect(retryVerdict({ attempt: 1, retries: 9, error: error('AGENT_FAILED'), on: 'timeout' })).toBe('give_up');
    expect(retryVerdict({ attempt: 1, retries: 9, error: error('TASK_TIMED_OUT'), on: 'timeout' })).toBe('retry');
  });
});

describe('the timeout of an attempt', () => {
  test('under the growth of the engine dialect it follows the documented formula', () => {
    expect([1, 2, 3, 4, 20].map((attempt) => attemptTimeout(60_000, attempt, 'engine'))).toEqual([
      60_000, 90_000, 135_000, 202_500, 1_800_000,
    ]);
    expect(attemptTimeout(60_000, 9, undefined)).toBe(60_000);
    expect(attemptTimeout(null, 3, 'engine')).toBeNull();
  });
});
