/**
 * The undoing of what a workflow, or a group, has done: its completed steps that say how they are undone, the last to complete first.
 *
 * It governs the order and nothing else: which steps there are was decided when it began, and how one is undone (by whom, how often it is
 * tried) is the business of a step like any other, in a group of its own. One is begun when the one before has ended, so that what was
 * built on something else is taken away before it. What cannot be undone is kept with the reason and stops nothing.
 *
 * In:  done of the group that undoes a step; cancel (whoever waits has no more patience: it is cut short).
 * Out: its settlement (as its output): what was undone, and what was not and why not; `cancel` to the group at work.
 *
 * Laws: 1. Every step is undone at most once, in the order given.
 *       2. Every step is in exactly one of the lists of the settlement.
 *       3. One that fails keeps no other from being undone.
 *       4. Cut short it begins nothing more; what was not begun is not undone, and is listed so.
 *       5. Every state answers `cancel`.
 * Failure: of a step that cannot be undone is kept; there is nothing that could be failed.
 * A plain cancel of what is around does not reach it: what was begun to be undone is undone to the end. Only force cuts it short.
 * Waits without a deadline: `undoing` and `cuttingShort` are bounded by the step at work, which has its own.
 */
import { assign, setup } from 'xstate';
import type { ErrorData } from '../protocol/errors.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

export interface SagaInput {
  /** The path of the group, or of the root group of the workflow, whose steps are undone. */
  readonly saga: string;
  /** Paths of what is to be undone, in that order. */
  readonly steps: readonly string[];
  /** Why it is cut short, or null. */
  readonly cut: string | null;
}

export interface SagaContext extends SagaInput {
  /** How many have been dealt with. */
  readonly at: number;
  readonly notUndone: readonly message.NotUndone[];
}

type ErrandDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.GroupSettled };

export type SagaEvent = ErrandDone | message.Cancel;

const cutShort = (reason: string): ErrorData => ({
  code: 'COMPENSATION_FAILED',
  message: `it was not undone: ${reason}`,
  retryable: false,
});

/** What was undone, in order: everything that is not among what was not. */
function undoneOf({ steps, notUndone }: SagaContext): string[] {
  const left = new Set(notUndone.map(({ step }) => step));
  return steps.filter((step) => !left.has(step));
}

export const sagaMachine = setup({
  types: {} as { context: SagaContext; events: SagaEvent; input: SagaInput; output: message.SagaSettled },
  guards: {
    isCutShort: ({ context }) => context.cut !== null,
    stepsRemain: ({ context }) => context.at < context.steps.length,
  },
  actions: {
    undoNext: ({ context, system }) => portOf(system).undo(context.saga, context.steps[context.at] ?? ''),
    keepEnd: assign(({ context, system }) => {
      const step = context.steps[context.at] ?? '';
      const error = portOf(system).undoFailure(step);
      const { at, notUndone } = context;
      return { at: at + 1, notUndone: error === null ? notUndone : [...notUndone, { step, error }] };
    }),
    stopUndoing: ({ context, event, system }) =>
      portOf(system).stopUndoing(context.steps[context.at] ?? '', event.type === 'cancel' ? event.reason : 'cancelled'),
    keepCut: assign(({ event }) => ({ cut: event.type === 'cancel' ? event.reason : 'cancelled' })),
    leaveRest: assign(({ context }) => ({
      at: context.steps.length,
      notUndone: [...context.notUndone, ...context.steps.slice(context.at).map((step) => ({ step, error: cutShort(context.cut ?? '') }))],
    })),
    reportEnd: ({ context, system }) =>
      portOf(system).undoingEnded({ saga: context.saga, undone: undoneOf(context), notUndone: context.notUndone }),
  },
}).createMachine({
  id: 'saga',
  options: { maxIterations: 1_000_000 },
  context: ({ input }) => ({ ...input, at: 0, notUndone: [] }),
  output: ({ context }) => ({ saga: context.saga, undone: undoneOf(context), notUndone: context.notUndone }),
  initial: 'choosing',
  states: {
    choosing: {
      always: [
        { guard: 'isCutShort', target: 'settled', actions: 'leaveRest' },
        { guard: 'stepsRemain', target: 'undoing' },
        { target: 'settled' },
      ],
      on: { cancel: {} },
    },
    undoing: {
      entry: 'undoNext',
      on: {
        'xstate.done.actor.*': { target: 'choosing', actions: 'keepEnd' },
        cancel: { target: 'cuttingShort', actions: ['keepCut', 'stopUndoing'] },
      },
    },
    cuttingShort: {
      on: {
        'xstate.done.actor.*': { target: 'choosing', actions: 'keepEnd' },
        cancel: {},
      },
    },
    settled: { type: 'final', entry: 'reportEnd' },
  },
});
