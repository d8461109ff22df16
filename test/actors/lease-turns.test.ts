import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGEING_MS, inTaskOrder, type TaskTurn } from '../../src/policy/task-order.ts';
import { PRIORITIES } from '../../src/protocol/coordination.ts';
import { type Plan, World } from './lease-world.ts';

/** Nobody who comes so much later is before it, whatever its priority or deadline. */
const AGED_MS = PRIORITIES.length * AGEING_MS;
/** The longest of the small tasks. */
const LONGEST_MS = 8_000;

const small = fc.record({
  afterMs: fc.integer({ min: 1_000, max: 4_000 }),
  ms: fc.constantFrom(2_000, 4_000, LONGEST_MS),
  persona: fc.constantFrom('a' as const, 'b' as const),
  memoryMb: fc.constantFrom(10, 30),
  priority: fc.constantFrom(...PRIORITIES),
  deadlineMs: fc.constantFrom(null, null, 10_000),
});

const quiet = { needs: undefined, acts: [], end: 'complete', cancelAt: null, deadlineAt: null, isStubborn: false } as const;

/** A big task of low priority at the beginning, and small ones without end. */
function planned(stream: readonly (typeof small extends fc.Arbitrary<infer One> ? One : never)[]): readonly Plan[] {
  let at = 0;
  const rest = stream.map(({ afterMs, ms, persona, memoryMb, priority, deadlineMs }): Plan => {
    at += afterMs;
    const deadlineAt = deadlineMs === null ? null : at + deadlineMs;
    return { ...quiet, persona, needs: { memoryMb }, acts: [{ act: 'pause', ms }], priority, startAt: at, deadlineAt };
  });
  const first: Plan = {
    ...quiet,
    persona: 'a',
    needs: { memoryMb: 10 },
    acts: [{ act: 'pause', ms: LONGEST_MS }],
    priority: 'low',
    startAt: 0,
  };
  const big: Plan = { ...quiet, persona: 'a', needs: { memoryMb: 100 }, priority: 'low', startAt: 1 };
  return [big, first, ...rest];
}

const turnOf = ({ priority, startAt, deadlineAt }: Plan, place: number): TaskTurn => ({
  priority,
  since: startAt,
  latestStart: deadlineAt,
  place,
});

describe('a big task of low priority among small urgent ones without end', () => {
  it('begins once it has aged, and those that are before it and those at work then have ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(small, { minLength: 130, maxLength: 160 }),
        fc.integer({ min: 2, max: 5 }),
        fc.constantFrom(undefined, 1, 2),
        async (stream, places, capacity) => {
          const all = planned(stream);
          const world = new World(all, { places, capacity, stop: null });
          await world.live();
          const begun = world.begun.get('s0') ?? Number.POSITIVE_INFINITY;
          const [big] = all;
          const before = all.filter((plan, place) => {
            const isAhead = big !== undefined && plan !== big && inTaskOrder(turnOf(plan, place), turnOf(big, 0)) < 0;
            return isAhead && (world.ended.get(`s${place}`) ?? 0) > AGED_MS;
          });
          expect(begun).toBeLessThanOrEqual(AGED_MS + (before.length + 3) * LONGEST_MS);
        },
      ),
      { numRuns: 15 },
    );
  });
});
