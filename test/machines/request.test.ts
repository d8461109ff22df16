import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RequestEvent, requestMachine } from '../../src/machines/request.ts';
import { onStage } from './on-stage.ts';

const INPUT = { request: 'ask#1:1', deadlineMs: 30_000 };
const answered: RequestEvent = { type: 'request.answered', answer: 'other#1:1' };
const cancel: RequestEvent = { type: 'cancel', reason: 'whoever asked is gone' };

/** The reference: what came first in a story of news and waits (ms). */
function cameFirst(story: readonly (RequestEvent | number)[]): string | null {
  let waited = 0;
  for (const each of story) {
    if (typeof each !== 'number') return each.type === 'cancel' ? 'abandoned' : 'answered';
    waited += each;
    if (waited >= INPUT.deadlineMs) return 'timed_out';
  }
  return null;
}

describe('a request', () => {
  test('is over once, by what came first: an answer, its deadline, or a cancel', () => {
    const stories = fc.array(fc.oneof(fc.constantFrom(answered, cancel), fc.nat({ max: 15_000 })), { maxLength: 8 });
    fc.assert(
      fc.property(stories, (story) => {
        const { tell, pass, actor, asked } = onStage(requestMachine, INPUT);
        for (const each of story) {
          if (typeof each === 'number') pass(each);
          else tell(each);
        }
        const outcome = cameFirst(story);
        expect(actor.getSnapshot().output).toEqual(outcome === null ? undefined : { request: INPUT.request, outcome });
        expect(asked).toEqual(outcome === 'timed_out' ? [['expireRequest', INPUT.request]] : []);
      }),
      { numRuns: 300 },
    );
  });

  test('is waited for to the last millisecond', () => {
    const { pass, tell, state } = onStage(requestMachine, INPUT);
    pass(INPUT.deadlineMs - 1);
    expect(state()).toBe('awaiting');
    tell(answered);
    pass(1);
    expect(state()).toBe('answered');
  });
});
