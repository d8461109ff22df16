import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type HandlerRule, type WorkflowEvent, workflowMachine } from '../../src/machines/workflow.ts';
import type { GroupSettled } from '../../src/protocol/messages.ts';

const handlers: fc.Arbitrary<HandlerRule> = fc.record({ onThrown: fc.boolean(), onReported: fc.boolean() });
const group: fc.Arbitrary<GroupSettled> = fc
  .record({ outcome: fc.constantFrom('completed' as const, 'failed' as const, 'cancelled' as const), thrown: fc.boolean() })
  .map(({ outcome, thrown }) => ({ outcome, thrown, failedStep: outcome === 'failed' ? 'x' : null, error: null }));
const done = (output: GroupSettled): WorkflowEvent => ({ type: 'xstate.done.actor.member', output });
const events: fc.Arbitrary<WorkflowEvent> = fc.oneof(
  group.map(done),
  fc.constantFrom<WorkflowEvent>({ type: 'run.paused' }, { type: 'run.resumed' }, { type: 'cancel', reason: 'enough' }),
);
const begin = (rule: HandlerRule) => initialTransition(workflowMachine, { scope: '', handlers: rule })[0];
type Snapshot = ReturnType<typeof begin>;

const walk = (start: Snapshot, path: readonly WorkflowEvent[], look: (before: Snapshot, event: WorkflowEvent, after: Snapshot) => void) => {
  let now = start;
  for (const event of path) {
    if (now.status !== 'active') break;
    const [next] = transition(workflowMachine, now, event);
    look(now, event, next);
    now = next;
  }
  return now;
};

describe('a workflow', () => {
  test('is held from a pause to its resume, whatever happens in between', () => {
    fc.assert(
      fc.property(handlers, fc.array(events, { maxLength: 12 }), (rule, path) => {
        walk(begin(rule), path, (before, event, after) => {
          const held = (snapshot: Snapshot) => snapshot.value === 'paused' || snapshot.value === 'pausedHandling';
          if (after.status === 'active' && held(before) && event.type !== 'run.resumed' && event.type !== 'cancel')
            expect(held(after)).toBe(true);
        });
      }),
    );
  });

  test('wakes handlers after a failure only, and what they do cannot change the verdict', () => {
    fc.assert(
      fc.property(handlers, group, group, (rule, root, handler) => {
        const [after] = transition(workflowMachine, begin(rule), done(root));
        const handled = root.outcome === 'failed' && (root.thrown ? rule.onThrown : rule.onReported);
        expect(after.value === 'handlingFailure').toBe(handled);
        const end = handled ? transition(workflowMachine, after, done(handler))[0] : after;
        expect([end.status, end.output?.outcome]).toEqual(['done', root.outcome]);
      }),
    );
  });

  test('answers cancel in every state: it ends cancelled, or stays failed where it was failing already', () => {
    fc.assert(
      fc.property(handlers, fc.array(events, { maxLength: 12 }), (rule, path) => {
        const somewhere = walk(begin(rule), path, () => {});
        if (somewhere.status !== 'active') return;
        const failing = somewhere.value === 'handlingFailure' || somewhere.value === 'pausedHandling';
        const [cancelled] = transition(workflowMachine, somewhere, { type: 'cancel', reason: 'stop' });
        const [end] = transition(workflowMachine, cancelled, done({ outcome: 'cancelled', thrown: false, failedStep: null, error: null }));
        expect([end.status, end.output?.outcome]).toEqual(['done', failing ? 'failed' : 'cancelled']);
      }),
    );
  });
});
