import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGEING_MS, canBeInTime, dueTurn, inTaskOrder, type TaskTurn } from '../../src/policy/task-order.ts';
import { PRIORITIES } from '../../src/protocol/coordination.ts';

const turns: fc.Arbitrary<TaskTurn> = fc.record({
  priority: fc.constantFrom(...PRIORITIES),
  since: fc.nat({ max: 10 * AGEING_MS }),
  latestStart: fc.option(fc.nat({ max: 20 * AGEING_MS })),
  place: fc.nat(),
});
const turn = (more: Partial<TaskTurn> = {}): TaskTurn => ({ priority: 'medium', since: 0, latestStart: null, place: 0, ...more });

describe('the order of waiting tasks', () => {
  test('is by priority, then by who came first', () => {
    const waiting = [turn({ place: 1 }), turn({ place: 2, priority: 'low' }), turn({ place: 3 }), turn({ place: 4, priority: 'critical' })];
    expect(waiting.toSorted(inTaskOrder).map(({ place }) => place)).toEqual([4, 1, 3, 2]);
  });

  test('puts whoever would be late first', () => {
    const pressed = turn({ priority: 'low', latestStart: AGEING_MS / 2, place: 9 });
    expect([turn(), turn({ priority: 'medium', since: 1 }), pressed].toSorted(inTaskOrder)[0]).toBe(pressed);
    expect(canBeInTime(pressed, AGEING_MS / 2)).toBe(true);
    expect(canBeInTime(pressed, AGEING_MS / 2 + 1)).toBe(false);
  });

  test('is an order', () => {
    fc.assert(
      fc.property(turns, turns, turns, (a, b, c) => {
        expect(Math.sign(inTaskOrder(a, b))).toBe(-Math.sign(inTaskOrder(b, a)) + 0);
        if (inTaskOrder(a, b) <= 0 && inTaskOrder(b, c) <= 0) expect(inTaskOrder(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('lets nobody pass who comes later than three steps of ageing, and starves nobody', () => {
    fc.assert(
      fc.property(turns, turns, (waiting, later) => {
        const late = { ...later, since: dueTurn(waiting) + 3 * AGEING_MS + 1, place: waiting.place + 1 };
        const latestStart = late.latestStart === null ? null : late.since + PRIORITIES.length * AGEING_MS + late.latestStart;
        expect(inTaskOrder(waiting, { ...late, latestStart })).toBeLessThan(0);
      }),
    );
  });
});
