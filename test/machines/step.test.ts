import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type StepEvent, type StepInput, stepMachine } from '../../src/machines/step.ts';

const input = (more: Partial<StepInput> = {}): StepInput => ({
  path: 'build',
  entry: 'attempt',
  retries: 2,
  retryOn: 'failure',
  backoff: { delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 0.1 },
  seed: 7,
  timeoutMs: 5000,
  timeoutGrowth: undefined,
  variables: null,
  error: null,
  reason: null,
  ...more,
});

const begin = (more: Partial<StepInput> = {}) => initialTransition(stepMachine, input(more))[0];
type Snapshot = ReturnType<typeof begin>;

const attempt = fc.integer({ min: 0, max: 4 });
const events: fc.Arbitrary<StepEvent> = fc.oneof(
  attempt.map((n) => ({ type: 'task.completed' as const, attempt: n, output: { from: n }, variables: null })),
  fc.record({ attempt, thrown: fc.boolean(), retryable: fc.boolean() }).map(({ attempt: n, thrown, retryable }) => ({
    type: 'task.failed' as const,
    attempt: n,
    thrown,
    error: { code: 'AGENT_FAILED' as const, message: 'no', retryable },
  })),
  attempt.map((n) => ({ type: 'task.queued' as const, attempt: n })),
  attempt.map((n) => ({ type: 'task.started' as const, attempt: n })),
  fc.constant({ type: 'slot.granted' as const }),
  fc.constant({ type: 'deadline.passed' as const }),
  fc.constant({ type: 'xstate.after.retryBackoff.step.backingOff' } as unknown as StepEvent),
  fc.constant({ type: 'cancel' as const, reason: 'enough' }),
  fc.constant({ type: 'signal.received' as const, payload: 1 }),
);

const walk = (
  start: Snapshot,
  path: readonly StepEvent[],
  look: (before: Snapshot, event: StepEvent, after: Snapshot) => void,
): Snapshot => {
  let now = start;
  for (const event of path) {
    if (now.status !== 'active') break;
    const [next] = transition(stepMachine, now, event);
    look(now, event, next);
    now = next;
  }
  return now;
};

describe('a step', () => {
  test('never begins more attempts than its budget, whatever happens to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.array(events, { maxLength: 40 }), (retries, path) => {
        walk(begin({ retries }), path, (_before, _event, after) => {
          expect(after.context.attempt).toBeLessThanOrEqual(retries + 1);
        });
      }),
    );
  });

  test('never applies a late result: an answer to another attempt changes nothing', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (path) => {
        walk(begin(), path, (before, event, after) => {
          if ((event.type === 'task.completed' || event.type === 'task.failed') && event.attempt !== before.context.attempt) {
            expect(after.value).toBe(before.value);
            expect(after.context).toEqual(before.context);
          }
        });
      }),
    );
  });

  test('completes with the output of its current attempt and nothing else', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (path) => {
        const end = walk(begin(), path, () => {});
        if (end.value === 'completed') expect(end.output?.output).toEqual({ from: end.context.attempt });
      }),
    );
  });

  test('answers cancel in every state: it ends, or is on its way to end', () => {
    for (const entry of ['attempt', 'coordinate', 'await'] as const) {
      fc.assert(
        fc.property(fc.array(events, { maxLength: 20 }), (path) => {
          const somewhere = walk(begin({ entry }), path, () => {});
          if (somewhere.status !== 'active') return;
          const [after] = transition(stepMachine, somewhere, { type: 'cancel', reason: 'stop' });
          expect(['cancelled', 'cancelling']).toContain(after.value);
        }),
      );
    }
  });

  test('reports exactly one of the closed set of outcomes when it is done', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (path) => {
        const end = walk(begin(), path, () => {});
        if (end.status !== 'done') return;
        expect(end.output?.outcome).toBe(end.value);
        expect(['completed', 'failed', 'cancelled', 'skipped']).toContain(end.output?.outcome);
      }),
    );
  });

  test('that is skipped, refused or settled at once begins no attempt', () => {
    const ends = { skip: 'skipped', refuse: 'failed', assign: 'completed' } as const;
    for (const [entry, outcome] of Object.entries(ends)) {
      const end = begin({ entry: entry as 'skip' });
      expect([end.status, end.value, end.context.attempt, end.output?.outcome]).toEqual(['done', outcome, 0, outcome]);
    }
  });

  test('stands still while the house has it queued: a deadline that passes then is not its own', () => {
    const [queued] = transition(stepMachine, begin(), { type: 'task.queued', attempt: 1 });
    const [after] = transition(stepMachine, queued, { type: 'deadline.passed' });
    expect(after.value).toBe('queued');
    const [again] = transition(stepMachine, queued, { type: 'task.started', attempt: 1 });
    expect([again.value, again.context.attempt]).toEqual(['attempting', 1]);
  });
});
