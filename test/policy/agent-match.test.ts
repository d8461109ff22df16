import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AgentOffer, type AgentWish, matchAgents } from '../../src/policy/agent-match.ts';
import { NEW_AGENT } from '../../src/policy/agent-score.ts';

const CAN = ['code', 'review', 'deploy'];
const wishes: fc.Arbitrary<AgentWish> = fc.record({
  capabilities: fc.subarray(CAN),
  preferred: fc.option(fc.constantFrom('a0', 'a1', 'a2')),
  former: fc.option(fc.constantFrom('a0', 'a1', 'a2')),
});
const offers: fc.Arbitrary<AgentOffer[]> = fc
  .array(
    fc.record({
      capabilities: fc.option(fc.subarray(CAN)),
      record: fc.record({
        completed: fc.nat({ max: 9 }),
        failed: fc.nat({ max: 9 }),
        averageMs: fc.option(fc.nat({ max: 9_999 })),
        lastCompletedAt: fc.option(fc.nat({ max: 99_999 })),
      }),
      inFlight: fc.nat({ max: 2 }),
      capacity: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
      away: fc.constantFrom(null, null, null, 'its circuit breaker is open'),
    }),
    { maxLength: 8 },
  )
  .map((each) => each.map((offer, place) => ({ ...offer, id: `a${place}` })));

const offer = (id: string, more: Partial<AgentOffer> = {}): AgentOffer => ({
  id,
  capabilities: [],
  record: NEW_AGENT,
  inFlight: 0,
  capacity: 1,
  away: null,
  ...more,
});
const anybody: AgentWish = { capabilities: [], preferred: null, former: null };

describe('matching', () => {
  test('ranks or refuses each agent once, and only who can, is there and has room', () => {
    fc.assert(
      fc.property(wishes, offers, fc.nat({ max: 999_999 }), (wish, all, now) => {
        const { ranked, refused } = matchAgents(wish, all, now);
        expect([...ranked, ...refused].map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
        for (const { id } of ranked) {
          const it = all.find((each) => each.id === id);
          expect(it?.away).toBeNull();
          expect(it?.inFlight).toBeLessThan(it?.capacity ?? 0);
          expect(it?.capabilities ?? CAN).toEqual(expect.arrayContaining([...wish.capabilities]));
        }
      }),
    );
  });

  test('has one answer to one question: equals stand as they were registered', () => {
    fc.assert(
      fc.property(wishes, offers, (wish, all) => {
        const { ranked } = matchAgents(wish, all, 0);
        for (const [place, { score, id }] of ranked.entries()) {
          const next = ranked[place + 1];
          if (next === undefined) continue;
          if (id === wish.preferred) continue;
          expect(score.total).toBeGreaterThanOrEqual(next.score.total);
          if (score.total === next.score.total) expect(Number(id.slice(1))).toBeLessThan(Number(next.id.slice(1)));
        }
      }),
    );
  });

  test('prefers who is asked for, then who knows the step, all else being equal', () => {
    const all = ['a', 'b', 'c'].map((id) => offer(id));
    expect(matchAgents({ ...anybody, preferred: 'c', former: 'b' }, all, 0).ranked.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  test('says of each that is not looked at why', () => {
    const all = [offer('a', { inFlight: 1 }), offer('b', { away: 'it is under repair' }), offer('c', { capabilities: ['code'] })];
    expect(matchAgents({ ...anybody, capabilities: ['deploy'] }, all, 0).refused.map(({ kind }) => kind)).toEqual([
      'unfit',
      'unfit',
      'unfit',
    ]);
    expect(matchAgents(anybody, all, 0)).toMatchObject({
      ranked: [{ id: 'c' }],
      refused: [
        { id: 'a', kind: 'busy', why: 'it has a task' },
        { id: 'b', kind: 'away', why: 'it is under repair' },
      ],
    });
  });
});
