import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGENT_WEIGHTS, type AgentFigures, agentScore, NEW_AGENT } from '../../src/policy/agent-score.ts';

const moment = fc.integer({ min: 0, max: 2e12 });
const ms = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }));
const figures: fc.Arbitrary<AgentFigures> = fc.record({
  record: fc.record({ completed: fc.nat(), failed: fc.nat(), averageMs: ms, lastCompletedAt: fc.option(moment) }),
  inFlight: fc.nat({ max: 20 }),
  capacity: fc.nat({ max: 20 }),
  affinity: fc.double({ min: -1, max: 2 }),
  now: moment,
  fastestMs: ms,
});

type Change = (figures: AgentFigures, by: number) => AgentFigures;

const BETTER: Readonly<Record<string, Change>> = {
  'one more success': (each) => ({ ...each, record: { ...each.record, completed: each.record.completed + 1 } }),
  'one failure less': (each) => ({ ...each, record: { ...each.record, failed: Math.max(0, each.record.failed - 1) } }),
  'less time': (each, by) => ({
    ...each,
    record: { ...each.record, averageMs: each.record.averageMs === null ? null : each.record.averageMs / by },
  }),
  'a later success': (each, by) => ({
    ...each,
    record: { ...each.record, lastCompletedAt: each.record.lastCompletedAt === null ? null : each.record.lastCompletedAt + by },
  }),
  'less to do': (each) => ({ ...each, inFlight: Math.max(0, each.inFlight - 1) }),
  'more room': (each) => ({ ...each, capacity: each.capacity + 1 }),
  'more affinity': (each, by) => ({ ...each, affinity: each.affinity + by }),
};

describe('the score of an agent', () => {
  test('is between 0 and 1 in each of its parts, whatever is known', () => {
    fc.assert(
      fc.property(figures, (each) => {
        for (const part of Object.values(agentScore(each))) {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(Object.entries(BETTER))('does not fall with %s', (_what, better) => {
    fc.assert(
      fc.property(figures, fc.double({ min: 1, max: 1e6, noNaN: true }), (each, by) => {
        expect(agentScore(better(each, by)).total).toBeGreaterThanOrEqual(agentScore(each).total - 1e-12);
      }),
    );
  });

  test('of a new agent is a half in all that is not known, and no part outweighs the others', () => {
    const fresh: AgentFigures = { record: NEW_AGENT, inFlight: 0, capacity: 1, affinity: 0, now: 0, fastestMs: 1 };
    expect(agentScore(fresh)).toMatchObject({ success: 0.5, speed: 0.5, recency: 0.5, load: 1, affinity: 0 });
    const justNow = agentScore({ ...fresh, record: { ...NEW_AGENT, lastCompletedAt: 0 } });
    expect(justNow.total - agentScore(fresh).total).toBeLessThanOrEqual(AGENT_WEIGHTS.recency / 2 + 1e-12);
  });

  test.each([
    { ...AGENT_WEIGHTS, load: -1 },
    { success: 0, speed: 0, recency: 0, load: 0, affinity: 0 },
  ])('is refused with weights that make none: %o', (weights) => {
    expect(() => agentScore({ record: NEW_AGENT, inFlight: 0, capacity: 1, affinity: 0, now: 0, fastestMs: null }, weights)).toThrow(
      /make no score/,
    );
  });
});
