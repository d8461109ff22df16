import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompletedStep, undoOrder } from '../../src/policy/undo-order.ts';

/** Steps as a run tells them: places are distinct, and times never go back from one place to the next. */
const steps: fc.Arbitrary<CompletedStep[]> = fc
  .array(fc.record({ later: fc.nat({ max: 2 }), undone: fc.constantFrom(-1, -1, 0, 1) }), { maxLength: 8 })
  .map((drawn) => {
    let at = 0;
    return drawn.map(({ later, undone }, place) => {
      at += later;
      const undoneAt = undone === -1 ? -1 : undone === 0 ? 0 : 100 + place;
      return { path: `s${place}`, endedAt: at, place: place + 1, undoneAt };
    });
  });

describe('the order of undoing', () => {
  it('is the reverse of completion, each step once, without what was dealt with since', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const expected = all.filter(({ place, undoneAt }) => undoneAt < place).map(({ path }) => path);
        expect(undoOrder(all)).toEqual(expected.reverse());
      }),
    );
  });

  it('goes by the time where what stands from an earlier life has taken its place anew', () => {
    const kept = { path: 'kept', endedAt: 5, place: 9, undoneAt: -1 };
    const done = { path: 'done', endedAt: 7, place: 3, undoneAt: -1 };
    expect(undoOrder([kept, done])).toEqual(['done', 'kept']);
  });
});
