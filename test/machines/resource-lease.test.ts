import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type LeaseEvent, type LeaseInput, resourceLeaseMachine } from '../../src/machines/resource-lease.ts';
import { refusalError } from '../../src/policy/lease-refusal.ts';
import { leases, verdicts } from './some-leases.ts';

const events: fc.Arbitrary<LeaseEvent> = fc.oneof(
  verdicts.map((verdict) => ({ type: 'request.judged' as const, verdict })),
  fc.constantFrom(null, 0, 3, 9).map((tokens) => ({ type: 'call.settled' as const, tokens })),
  fc.constantFrom<LeaseEvent>({ type: 'settlement.booked' }, { type: 'owner.gone' }, { type: 'cancel' }),
);
const stories = fc.tuple(leases, fc.array(events, { maxLength: 12 }));

const stops = (input: LeaseInput, story: readonly LeaseEvent[]) => {
  const all = [initialTransition(resourceLeaseMachine, input)[0]];
  for (const event of story) {
    const last = all.at(-1);
    if (last === undefined || last.status !== 'active') break;
    all.push(transition(resourceLeaseMachine, last, event)[0]);
  }
  return all;
};
const STATE_OF = { grant: 'held', wait: 'waiting', never: 'refused', die: 'refused' } as const;

describe('a lease', () => {
  test('follows the verdict while it has none that is final, and no verdict after that', () => {
    fc.assert(
      fc.property(stories, ([input, story]) => {
        const all = stops(input, story);
        all.slice(1).forEach((now, n) => {
          const event = story[n];
          const before = all[n]?.value;
          if (event?.type !== 'request.judged') return;
          expect(now.value).toBe(before === 'asking' || before === 'waiting' ? STATE_OF[event.verdict.verdict] : before);
          if (now.value === 'waiting' && event.verdict.verdict === 'wait') expect(now.context.why).toEqual(event.verdict.why);
          if (now.value === 'refused' && 'why' in event.verdict && event.verdict.verdict !== 'wait') {
            expect(now.context.refusal).toEqual(refusalError(event.verdict, input.request));
          }
        });
      }),
    );
  });

  test('is entered and left once: what was granted is given back once, and the first settlement counts', () => {
    fc.assert(
      fc.property(stories, ([input, story]) => {
        const all = stops(input, story);
        const values = all.map(({ value }) => value);
        const left = values.filter((value, n) => value !== 'held' && values[n - 1] === 'held');
        const entered = values.filter((value, n) => value === 'held' && values[n - 1] !== 'held');
        expect(left.length).toBeLessThanOrEqual(entered.length);
        expect(entered.length).toBeLessThanOrEqual(1);
        const settled = story.find((event, n) => values[n] === 'held' && event.type === 'call.settled');
        const end = all.at(-1);
        const reserved = input.request.amounts.tokens ?? 0;
        if (left.length === 0) expect(end?.context.counted).toBe(0);
        else expect(end?.context.counted).toBe(settled?.type === 'call.settled' ? (settled.tokens ?? reserved) : reserved);
      }),
    );
  });
});
