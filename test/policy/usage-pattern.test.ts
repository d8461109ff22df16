import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { movingAverage } from '../../src/policy/moving-average.ts';
import { expectedAmounts, learnedUsage, patternOf, type Usage, type UsagePatterns } from '../../src/policy/usage-pattern.ts';

const taught = (...used: Usage[]) => used.reduce<UsagePatterns>((patterns, each) => learnedUsage(patterns, 'coder', 'build', each), {});

describe('what calls use', () => {
  test('is learned by agent and step, kind by kind', () => {
    const patterns = learnedUsage(taught({ tokens: 100, ms: 50 }, { tokens: 200 }), 'coder', 'test', { cpu: 2 });
    expect(patternOf(patterns, 'coder', 'build')).toEqual({ tokens: 130, ms: 50, calls: 2 });
    expect(patternOf(patterns, 'coder', 'test')).toEqual({ cpu: 2, calls: 1 });
    expect(patternOf(patterns, 'tester', 'build')).toBe(null);
  });

  test('is reserved where nothing is stated, and only there', () => {
    const pattern = patternOf(taught({ tokens: 101, memoryMb: 50 }, { tokens: 100 }), 'coder', 'build');
    expect(expectedAmounts({ memoryMb: 10, concurrency: 1 }, pattern)).toEqual({ memoryMb: 10, concurrency: 1, tokens: 101 });
    expect(expectedAmounts({ cpu: 1 }, null)).toEqual({ cpu: 1 });
  });

  test('of a name that objects have already is learned like any other', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const patterns = learnedUsage({}, name, name, { tokens: 3 });
      expect(patternOf({}, name, name)).toBe(null);
      expect(patternOf(JSON.parse(JSON.stringify(patterns)), name, name)).toEqual({ tokens: 3, calls: 1 });
    }
  });

  test('is the moving average of what was told, whatever else was told', () => {
    const told = fc.record({ tokens: fc.option(fc.double(), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(told), (calls) => {
        const patterns = calls.reduce<UsagePatterns>(
          (before, { tokens }) => learnedUsage(before, 'a', 's', tokens === undefined ? {} : { tokens }),
          {},
        );
        const good = calls.flatMap(({ tokens }) => (tokens !== undefined && Number.isFinite(tokens) && tokens >= 0 ? [tokens] : []));
        const average = good.reduce<number | null>((before, value) => movingAverage(before, value), null);
        expect(patternOf(patterns, 'a', 's')?.tokens ?? null).toBe(average);
      }),
    );
  });
});
