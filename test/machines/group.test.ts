import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type GroupEvent, groupMachine } from '../../src/machines/group.ts';
import type { JoinRule } from '../../src/policy/group-tally.ts';
import type { StepSettled } from '../../src/protocol/messages.ts';
import type { StepOutcome } from '../../src/protocol/outcomes.ts';

const rules: fc.Arbitrary<JoinRule> = fc.record({
  waitFor: fc.constantFrom('all' as const, 'any' as const),
  onFailure: fc.constantFrom('continue' as const, 'stop' as const, 'best_effort' as const),
});
const outcomes = fc.constantFrom<StepOutcome>('completed', 'failed', 'skipped', 'cancelled');

const settled = (path: string, outcome: StepOutcome): StepSettled => ({
  path,
  outcome,
  output: null,
  variables: null,
  error: outcome === 'failed' ? { code: 'AGENT_FAILED', message: `${path} failed` } : null,
  thrown: false,
  attempts: 1,
  reason: null,
});
const done = (path: string, outcome: StepOutcome): GroupEvent => ({ type: 'xstate.done.actor.member', output: settled(path, outcome) });
const begin = (members: number, rule: JoinRule) => initialTransition(groupMachine, { path: 'g', members, rule })[0];

describe('a group', () => {
  test('is joined when every member has been counted, once each, and not before', () => {
    fc.assert(
      fc.property(rules, fc.array(outcomes, { minLength: 1, maxLength: 12 }), (rule, ends) => {
        let now = begin(ends.length, rule);
        ends.forEach((outcome, i) => {
          expect([now.status, now.context.tally.remaining]).toEqual(['active', ends.length - i]);
          [now] = transition(groupMachine, now, done(`m${i}`, outcome));
        });
        expect(now.status).toBe('done');
      }),
    );
  });

  test('ends as its rule says: the reference is one line', () => {
    fc.assert(
      fc.property(rules, fc.array(outcomes, { minLength: 1, maxLength: 12 }), (rule, ends) => {
        let now = begin(ends.length, rule);
        ends.forEach((outcome, i) => {
          [now] = transition(groupMachine, now, done(`m${i}`, outcome));
        });
        const failures = ends.filter((end) => end === 'failed').length;
        const bad = rule.waitFor === 'any' ? failures > 0 && !ends.includes('completed') : failures > 0;
        expect(now.output?.outcome).toBe(bad && rule.onFailure !== 'best_effort' ? 'failed' : 'completed');
        if (now.output?.outcome === 'failed') expect(now.output.failedStep).toBe(`m${ends.indexOf('failed')}`);
      }),
    );
  });

  test('decided early ends the rest: after the first success of an `any` join, after a failure under `stop`', () => {
    const [first] = transition(groupMachine, begin(3, { waitFor: 'any', onFailure: 'continue' }), done('a', 'completed'));
    const [stopped] = transition(groupMachine, begin(3, { waitFor: 'all', onFailure: 'stop' }), done('a', 'failed'));
    expect([first.value, stopped.value]).toEqual(['dismissing', 'dismissing']);
  });

  test('that is cancelled ends cancelled, when its last member has', () => {
    fc.assert(
      fc.property(rules, fc.array(outcomes, { minLength: 1, maxLength: 8 }), fc.nat(), (rule, ends, when) => {
        let now = begin(ends.length, rule);
        const at = when % ends.length;
        ends.forEach((outcome, i) => {
          if (i === at) [now] = transition(groupMachine, now, { type: 'cancel', reason: 'enough' });
          [now] = transition(groupMachine, now, done(`m${i}`, outcome));
        });
        expect(now.output?.outcome).toBe('cancelled');
      }),
    );
  });

  test('without members is joined at once', () => {
    expect(begin(0, { waitFor: 'all', onFailure: 'continue' })).toMatchObject({ status: 'done', output: { outcome: 'completed' } });
  });
});
