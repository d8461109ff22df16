import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import { type FeedbackLoopInput, feedbackLoopMachine } from '../../src/machines/feedback-loop.ts';

const input = (more: Partial<FeedbackLoopInput> = {}): FeedbackLoopInput => ({
  loop: 'review',
  to: 'build',
  max: 3,
  rounds: 0,
  before: null,
  findings: '"a"',
  ...more,
});

/** Sends work back with these findings until the loop refuses or ends; how often work went back, and how the loop stands. */
function sentBack(from: FeedbackLoopInput, findings: readonly string[]) {
  let now: SnapshotFrom<typeof feedbackLoopMachine> = initialTransition(feedbackLoopMachine, { ...from, findings: findings[0] ?? '' })[0];
  let times = 0;
  for (const next of [...findings.slice(1), null]) {
    if (now.value !== 'clearing') break;
    times++;
    now = transition(feedbackLoopMachine, now, { type: 'way.cleared' })[0];
    now = transition(
      feedbackLoopMachine,
      now,
      next === null ? { type: 'sender.settled' } : { type: 'findings.reported', findings: next },
    )[0];
  }
  return { times, state: String(now.value) };
}

describe('a feedback loop', () => {
  test('never goes back more often than it may, whatever is found', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 6 }),
        fc.nat({ max: 6 }),
        fc.array(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 12 }),
        (max, rounds, findings) => {
          const { times } = sentBack(input({ max, rounds }), findings);
          expect(times).toBeLessThanOrEqual(Math.max(0, max - rounds));
        },
      ),
    );
  });

  test('ends at once when the findings are those of the round before', () => {
    expect(sentBack(input(), ['"a"', '"a"', '"b"'])).toEqual({ times: 1, state: 'stalled' });
    expect(sentBack(input({ before: '"a"', rounds: 1 }), ['"a"'])).toEqual({ times: 0, state: 'stalled' });
    expect(sentBack(input({ max: 9 }), ['"a"', '"b"', '"a"'])).toEqual({ times: 3, state: 'closed' });
  });

  test('goes back only when the way is clear', () => {
    const [clearing] = initialTransition(feedbackLoopMachine, input());
    const told = [{ type: 'findings.reported', findings: '"b"' } as const, { type: 'sender.settled' } as const];
    for (const event of told) expect(transition(feedbackLoopMachine, clearing, event)[0].value).toBe('clearing');
    expect(transition(feedbackLoopMachine, clearing, { type: 'way.cleared' })[0]).toMatchObject({
      value: 'awaiting',
      context: { rounds: 1 },
    });
  });
});
