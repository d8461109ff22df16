import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConflictRung } from '../../src/definition/joining.ts';
import { conflictLadder } from '../../src/policy/conflict-ladder.ts';

const rungs = fc.array(fc.constantFrom<ConflictRung>('automatic', 'guided', 'rerun', 'sequential', 'person'));

describe('the ladder of a conflict', () => {
  it('begins with what costs nothing and ends with a person, where nobody has said anything', () => {
    expect(conflictLadder(null)).toEqual(['automatic', 'rerun', 'sequential', 'person']);
    expect(conflictLadder(undefined)).toEqual(conflictLadder(null));
  });

  it('has each declared rung once, in the declared order', () => {
    fc.assert(
      fc.property(rungs, (ladder) => {
        expect(conflictLadder({ ladder, persona: 'editor' })).toEqual([...new Set(ladder)]);
      }),
    );
  });

  it('asks nobody to merge where nobody is named', () => {
    expect(conflictLadder({ ladder: ['guided', 'person'] })).toEqual(['person']);
    expect(conflictLadder({ ladder: ['guided', 'person'], type: 'merge' })).toEqual(['guided', 'person']);
  });
});
