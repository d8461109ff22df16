import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEARNING_RATE, learn, movingAverage, NOTHING_LEARNED } from '../../src/policy/moving-average.ts';

const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });

describe('the moving average', () => {
  it('lies between what was and what is new, three tenths of the way', () => {
    fc.assert(
      fc.property(value, value, (before, next) => {
        const after = movingAverage(before, next)!;
        expect(after).toBeGreaterThanOrEqual(Math.min(before, next) - 1e-6);
        expect(after).toBeLessThanOrEqual(Math.max(before, next) + 1e-6);
        expect(after - before).toBeCloseTo(LEARNING_RATE * (next - before), 3);
      }),
    );
  });

  it('starts with the first value, and learns nothing from what is no number', () => {
    expect(movingAverage(null, 7)).toBe(7);
    expect(movingAverage(null, Number.NaN)).toBeNull();
    expect(movingAverage(5, Number.POSITIVE_INFINITY)).toBe(5);
  });

  it('comes to what stays the same', () => {
    const settled = Array.from({ length: 60 }).reduce<number | null>((average) => movingAverage(average, 10), 1000);
    expect(settled).toBeCloseTo(10, 3);
  });
});

describe('learning from attempts', () => {
  it('failed attempts teach how often it fails, not how long it takes', () => {
    const once = learn(NOTHING_LEARNED, { ms: 100, failed: false, tokens: 50 });
    expect(once).toEqual({ ms: 100, tokens: 50, failureRate: 0, attempts: 1 });
    expect(learn(once, { ms: 5, failed: true })).toEqual({ ms: 100, tokens: 50, failureRate: 0.3, attempts: 2 });
    expect(learn(NOTHING_LEARNED, { ms: 5, failed: true }).failureRate).toBe(0.3);
  });

  it('keeps the failure rate a rate', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ ms: fc.nat(), failed: fc.boolean() })), (attempts) => {
        const { failureRate } = attempts.reduce(learn, NOTHING_LEARNED);
        expect(failureRate).toBeGreaterThanOrEqual(0);
        expect(failureRate).toBeLessThanOrEqual(1);
      }),
    );
  });
});
