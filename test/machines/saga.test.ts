import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, initialTransition, transition } from 'xstate';
import { type SagaContext, type SagaEvent, sagaMachine } from '../../src/machines/saga.ts';
import type { NotUndone } from '../../src/protocol/messages.ts';

const DONE: SagaEvent = {
  type: 'xstate.done.actor.member',
  output: { outcome: 'completed', failedStep: null, error: null, thrown: false },
};
const CUT: SagaEvent = { type: 'cancel', reason: 'no patience' };
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));

/** The statechart in a run in which these steps cannot be undone. */
function sagaIn(failing: readonly string[]) {
  const keepEnd = ({ context: { steps, at, notUndone } }: { context: SagaContext }): Partial<SagaContext> => {
    const step = steps[at] ?? '';
    const failed: NotUndone = { step, error: { code: 'COMPENSATION_FAILED', message: 'no' } };
    return { at: at + 1, notUndone: failing.includes(step) ? [...notUndone, failed] : notUndone };
  };
  return sagaMachine.provide({ actions: { keepEnd: assign(keepEnd) } });
}

/** Follows it to its end, cut short after so many steps; tells what was begun, too. */
function played(steps: readonly string[], failing: readonly string[], cutAfter: number) {
  const machine = sagaIn(failing);
  const begun: string[] = [];
  let [now] = initialTransition(machine, { saga: '(root)', steps, cut: null });
  for (let ended = 0; now.status === 'active'; ended++) {
    begun.push(now.context.steps[now.context.at] ?? '');
    if (ended === cutAfter) [now] = transition(machine, now, CUT);
    [now] = transition(machine, now, DONE);
  }
  return { begun, output: now.output };
}

describe('a saga', () => {
  test('undoes every step once, in its order, whatever fails; each is in exactly one list', () => {
    fc.assert(
      fc.property(names, names, (steps, failing) => {
        const { begun, output } = played(steps, failing, Number.POSITIVE_INFINITY);
        expect(begun).toEqual(steps);
        expect(output?.undone).toEqual(steps.filter((step) => !failing.includes(step)));
        expect(output?.notUndone.map(({ step }) => step)).toEqual(steps.filter((step) => failing.includes(step)));
      }),
    );
  });

  test('cut short begins nothing more, and lists what it has left', () => {
    fc.assert(
      fc.property(names, fc.nat({ max: 5 }), (steps, cutAfter) => {
        const { begun, output } = played(steps, [], cutAfter);
        expect(begun).toEqual(steps.slice(0, cutAfter + 1));
        expect([...(output?.undone ?? []), ...(output?.notUndone ?? []).map(({ step }) => step)]).toEqual(steps);
      }),
    );
  });
});
