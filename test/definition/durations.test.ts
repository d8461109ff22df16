import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs, formatDuration, MAX_DURATION_MS, parseDuration } from '../../src/definition/duration.ts';

describe('durations', () => {
  it('what is formatted parses back to the same milliseconds', () => {
    fc.assert(
      fc.property(fc.nat(MAX_DURATION_MS), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it.each<[string, number | null]>([
    ['500ms', 500],
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['1d 12h', 129_600_000],
    ['1.5h', 5_400_000],
    [' 5 s ', 5000],
    ['0s', 0],
    ['', null],
    ['5', null],
    ['m', null],
    ['-5s', null],
    ['5S', null],
    ['5sec', null],
    ['1m1h', null],
    ['1s1s', null],
    ['1e3s', null],
    ['40000d', null],
  ])('%j is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it('a number counts in the unit it is given in, a text in its own', () => {
    expect([durationMs(2, 's'), durationMs(2, 'ms'), durationMs('2', 's'), durationMs('2m', 'ms')]).toEqual([2000, 2, 2000, 120_000]);
    expect([durationMs(-1, 's'), durationMs(null, 's'), durationMs(true, 's'), durationMs([1], 's'), durationMs(Number.NaN, 'ms')]).toEqual(
      Array(5).fill(null),
    );
  });

  it('any text is a whole number of milliseconds or null', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d.smhd ]{0,12}$/u)), (text) => {
        const ms = parseDuration(text);
        expect(ms === null || (Number.isInteger(ms) && ms >= 0 && ms <= MAX_DURATION_MS)).toBe(true);
      }),
    );
  });
});
