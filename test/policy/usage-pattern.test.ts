import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { movingAverage } from '../../src/policy/moving-average.ts';
import {
  expectedAmounts,
  learnedUsage,
  stepOfDefinition,
  toldUsage,
  type Usage,
  type UsagePattern,
} from '../../src/policy/usage-pattern.ts';

const taught = (...used: Usage[]) => used.reduce<UsagePattern | null>(learnedUsage, null);

describe('what calls use', () => {
  test('is learned kind by kind', () => {
    expect(taught({ tokens: 100, ms: 50 }, { tokens: 200 }, { cpu: 2 })).toEqual({ tokens: 130, ms: 50, cpu: 2, calls: 3 });
    expect(taught()).toBe(null);
  });

  test('is reserved where nothing is stated, and only there', () => {
    const pattern = taught({ tokens: 101, memoryMb: 50 }, { tokens: 100 });
    expect(expectedAmounts({ memoryMb: 10, concurrency: 1 }, pattern)).toEqual({ memoryMb: 10, concurrency: 1, tokens: 101 });
    expect(expectedAmounts({ cpu: 1 }, null)).toEqual({ cpu: 1 });
  });

  test('is what an agent has told, by the names of files, too', () => {
    expect(toldUsage({ tokens: 5, memory_mb: 7, words: 9 }, 20)).toEqual({ tokens: 5, memoryMb: 7, ms: 20 });
    expect([toldUsage(undefined, 3), toldUsage(undefined, null), toldUsage({ io: 1 }, null)]).toEqual([{ ms: 3 }, {}, { io: 1 }]);
  });

  test('is of a step as it is defined: items of maps are one', () => {
    expect(['a', 'each[3]/do', 'each[0]/in[12]'].map(stepOfDefinition)).toEqual(['a', 'each/do', 'each/in']);
  });

  test('is the moving average of what was told, whatever else was told', () => {
    const told = fc.record({ tokens: fc.option(fc.double(), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(told), (calls) => {
        const pattern = taught(...calls.map(({ tokens }) => (tokens === undefined ? {} : { tokens })));
        const good = calls.flatMap(({ tokens }) => (tokens !== undefined && Number.isFinite(tokens) && tokens >= 0 ? [tokens] : []));
        const average = good.reduce<number | null>((before, value) => movingAverage(before, value), null);
        expect([pattern?.tokens ?? null, pattern?.calls ?? 0]).toEqual([average, calls.length]);
      }),
    );
  });
});
