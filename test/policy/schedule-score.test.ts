import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCORE_WEIGHTS, type ScheduleFigures, scheduleScore } from '../../src/policy/schedule-score.ts';

const wild = fc.oneof(fc.double({ min: 0, max: 1.2, noNaN: true }), fc.double(), fc.constant(0));
const figures: fc.Arbitrary<ScheduleFigures> = fc.record({
  makespanMs: fc.oneof(fc.nat(), wild),
  longestMs: fc.oneof(fc.nat(), wild),
  peakShares: fc.array(wild, { maxLength: 4 }),
  clashShare: wild,
  lossShare: wild,
});
const weights = fc.record({ time: fc.nat(9), resources: fc.nat(9), quality: fc.nat(9), risk: fc.integer({ min: 1, max: 9 }) });
const PARTS = ['time', 'resources', 'quality', 'risk', 'total'] as const;

describe('the score of a schedule', () => {
  it('is in every part from 0 to 1, whatever the figures', () => {
    fc.assert(
      fc.property(figures, weights, (of, by) => {
        const score = scheduleScore(of, by);
        for (const part of PARTS) {
          expect(score[part]).toBeGreaterThanOrEqual(0);
          expect(score[part]).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('never rises when a figure gets worse', () => {
    const worse = fc.double({ min: 0, max: 2, noNaN: true });
    const sane = fc.record({
      makespanMs: fc.nat(),
      longestMs: fc.nat(),
      peakShares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
      clashShare: fc.double({ min: 0, max: 1, noNaN: true }),
      lossShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(sane, weights, worse, (of, by, more) => {
        const before = scheduleScore(of, by);
        const changes: Partial<ScheduleFigures>[] = [
          { makespanMs: of.makespanMs + more * 1e6 },
          { peakShares: of.peakShares.map((share, i) => (i === 0 ? share + more : share)) },
          { clashShare: of.clashShare + more },
          { lossShare: of.lossShare + more },
        ];
        for (const change of changes) {
          const after = scheduleScore({ ...of, ...change }, by);
          for (const part of PARTS) expect(after[part]).toBeLessThanOrEqual(before[part] + 1e-12);
        }
      }),
    );
  });

  it('is the weighted mean of its parts: 0.35 time, 0.25 resources, 0.25 quality, 0.15 risk', () => {
    const score = scheduleScore({ makespanMs: 50, longestMs: 100, peakShares: [0.9, 0.5], clashShare: 0.2, lossShare: 0.4 });
    expect(score.time).toBe(0.5);
    expect(score.resources).toBeCloseTo(0.75);
    expect(score.quality).toBeCloseTo(0.8);
    expect(score.risk).toBeCloseTo(0.6);
    expect(score.total).toBeCloseTo(0.35 * 0.5 + 0.25 * 0.75 + 0.25 * 0.8 + 0.15 * 0.6);
  });

  it('depends on the proportions of the weights only', () => {
    const of = { makespanMs: 1, longestMs: 3, peakShares: [1], clashShare: 0.1, lossShare: 0.2 };
    const doubled = { time: 0.7, resources: 0.5, quality: 0.5, risk: 0.3 };
    expect(scheduleScore(of, doubled).total).toBeCloseTo(scheduleScore(of, SCORE_WEIGHTS).total);
  });

  it('of nothing at all is full marks', () => {
    expect(scheduleScore({ makespanMs: 0, longestMs: 0, peakShares: [], clashShare: 0, lossShare: 0 }).total).toBe(1);
  });

  it.each([
    { time: 0, resources: 0, quality: 0, risk: 0 },
    { time: -1, resources: 1, quality: 1, risk: 1 },
    { time: Number.NaN, resources: 1, quality: 1, risk: 1 },
    { time: Number.POSITIVE_INFINITY, resources: 1, quality: 1, risk: 1 },
  ])('refuses weights that make no score: %j', (by) => {
    const of = { makespanMs: 1, longestMs: 1, peakShares: [], clashShare: 0, lossShare: 0 };
    expect(() => scheduleScore(of, by)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });
});
