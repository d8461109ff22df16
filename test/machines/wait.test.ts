import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type WaitEvent, type WaitInput, waitMachine } from '../../src/machines/wait.ts';

const input = (more: Partial<WaitInput> = {}): WaitInput => ({ path: 'w', forSignal: false, timeoutMs: 5_000, ...more });
const deadline: WaitEvent = { type: 'deadline.passed' };
const signal: WaitEvent = { type: 'signal.received', payload: 'hello' };
const held: WaitEvent = { type: 'condition.held' };
const unjudged: WaitEvent = { type: 'condition.failed', error: { code: 'CONDITION_FAILED', message: 'what?' } };
const cancel: WaitEvent = { type: 'cancel', reason: 'enough' };

function ends(start: WaitInput, ...events: readonly WaitEvent[]) {
  let [now] = initialTransition(waitMachine, start);
  for (const event of events) [now] = transition(waitMachine, now, event);
  return now.output;
}

const news = fc.array(fc.constantFrom(deadline, signal, held, unjudged, cancel), { minLength: 1, maxLength: 6 });

describe('a wait', () => {
  test.each([
    [false, [deadline], 'completed', { woken_by: 'time' }],
    [false, [held], 'completed', { woken_by: 'condition' }],
    [false, [signal, deadline], 'completed', { woken_by: 'time' }],
    [false, [cancel], 'cancelled', null],
    [true, [signal], 'completed', 'hello'],
    [true, [held], 'completed', null],
    [true, [unjudged], 'failed', null],
    [true, [cancel], 'cancelled', null],
  ] as const)('for a signal: %s, told %j, ends %s', (forSignal, events, outcome, outputs) => {
    expect(ends(input({ forSignal }), ...events)).toMatchObject({ outcome, outputs });
  });

  test('for a signal that does not come in time has failed', () => {
    expect(ends(input({ forSignal: true }), deadline)).toMatchObject({ outcome: 'failed', error: { code: 'WAIT_TIMED_OUT' } });
  });

  test('ends by what comes first, whatever comes later', () => {
    fc.assert(
      fc.property(fc.boolean(), news, news, (forSignal, first, later) => {
        const once = ends(input({ forSignal }), ...first);
        if (once !== undefined) expect(ends(input({ forSignal }), ...first, ...later)).toEqual(once);
      }),
    );
  });
});
