import { describe, expect, test } from 'vitest';
import { accountInWords } from '../../src/policy/account-in-words.ts';
import { refusalError, shortageInWords } from '../../src/policy/lease-refusal.ts';

describe('an account is called', () => {
  test.each([
    ['runtime', 'the runtime'],
    ['run/r1', 'run r1'],
    ['run/r1/build', 'build of run r1'],
    ['run/r1/each[0]/build', 'each[0]/build of run r1'],
    ['run/r1/(gpu)', 'gpu in run r1'],
    ['run/r1/build/(gpu/a (b))', 'gpu/a (b) in build of run r1'],
    ['else', '"else"'],
  ])('%s: %s', (name, words) => expect(accountInWords(name)).toBe(words));
});

describe('what is missing is told', () => {
  const why = { kind: 'memoryMb', account: 'run/r1/build', needed: 512, free: -3, limit: 1024, until: null } as const;
  const request = {
    ...{ lease: 'r1/a#1', owner: 'r1/a#1', accounts: [], amounts: {}, rate: 0, locks: [] },
    turn: { priority: 'medium', since: 0, latestStart: null, place: 1 },
  } as const;

  test('with whose it is, what is left, and what is allowed at all', () => {
    expect(shortageInWords(why)).toBe('512 MB of memory within build of run r1, where 0 of 1,024 are left');
    expect(refusalError({ verdict: 'never', why: { ...why, limit: 256 } }, request)).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'r1/a#1 needs 512 MB of memory, and build of run r1 allows 256 at once',
    });
  });
});
