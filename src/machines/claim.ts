/**
 * The claim of a step on the budgets around it: that what its next attempt is expected to use is reserved in all of them before it begins.
 *
 * It governs how one step comes to its share: it stands in line, hears that its share is reserved, or that there is not enough, and may then
 * have people asked for more, for one account after the other. It never counts: what is spent, reserved and left, and whose turn it is, is
 * known to the run (policy/token-ledger.ts, policy/claim-line.ts).
 *
 * In:  claim.granted, claim.referred, claim.refused, claim.recalled; done of the question that people are asked; cancel.
 * Out: standInBudget, leaveBudget, askForMore, withdrawAsking, takeMore and takeRefusal through the port; its settlement (as its output).
 *
 * Laws: 1. It ends once: granted, refused or cancelled.
 *       2. Granted, exactly its estimate is reserved, in every account around it; otherwise nothing is, in none.
 *       3. People are asked only while nothing that is under way can help it; what they give is taken in once.
 *       4. Where more is given without an answer, the question is withdrawn, and the claim stands in line again at its place.
 *       5. Every state answers `cancel`; a question that is open then is withdrawn before it ends.
 * Failure: BUDGET_SPENT; where people were asked, with their answer as the cause. The step that claims fails with it.
 * Waits without a deadline: `standingInLine` is bounded by the attempts in flight, which have reserved what it waits for; `asking` by the
 * timeout of the question, without which it takes as long as people take (a person decided so).
 */
import { assign, setup } from 'xstate';
import type * as budget from '../protocol/budget-messages.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

/** What a claim starts from. */
export interface ClaimInput {
  /** Path of the step. */
  readonly path: string;
}

/** A claim, and what has come of it. */
export interface ClaimContext extends ClaimInput {
  readonly outcome: message.WorkflowSettled['outcome'];
  readonly error: ErrorData | null;
}

type QuestionDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.WorkflowSettled };

/** What a claim is told. */
export type ClaimEvent =
  | budget.ClaimGranted
  | budget.ClaimReferred
  | budget.ClaimRefused
  | budget.ClaimRecalled
  | message.Cancel
  | QuestionDone;

const answerIn = (event: ClaimEvent) => (event as QuestionDone).output;

/** The statechart of a claim. */
export const claimMachine = setup({
  types: {} as { context: ClaimContext; events: ClaimEvent; input: ClaimInput; output: message.WorkflowSettled },
  guards: {
    isGiven: ({ event }) => answerIn(event).outcome === 'completed',
    isWithdrawn: ({ event }) => answerIn(event).outcome === 'cancelled',
  },
  actions: {
    standInLine: ({ context, system }) => portOf(system).standInBudget(context.path),
    leaveLine: ({ context, system }) => portOf(system).leaveBudget(context.path),
    askForMore: ({ context, system }) => portOf(system).askForMore(context.path),
    withdrawAsking: ({ context, event, system }) =>
      portOf(system).withdrawAsking(context.path, event.type === 'cancel' ? event.reason : 'more was given'),
    takeMore: ({ context, event, system }) => portOf(system).takeMore(context.path, answerIn(event)),
    takeRefusal: assign(({ context, event, system }) => ({ error: portOf(system).takeRefusal(context.path, answerIn(event)) })),
    recordGrant: assign({ outcome: 'completed' }),
    recordRefusal: assign(({ event }) => (event.type === 'claim.refused' ? { error: event.error } : {})),
    recordCancel: assign({ outcome: 'cancelled' }),
  },
}).createMachine({
  id: 'claim',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({ ...input, outcome: 'failed', error: null }),
  output: ({ context: { outcome, error } }) => ({ outcome, outputs: null, failedStep: null, error, thrown: false }),
  initial: 'standingInLine',
  states: {
    standingInLine: {
      entry: 'standInLine',
      on: {
        'claim.granted': { target: 'granted', actions: 'recordGrant' },
        'claim.referred': { target: 'asking' },
        'claim.refused': { target: 'refused', actions: 'recordRefusal' },
        cancel: { target: 'cancelled', actions: ['recordCancel', 'leaveLine'] },
      },
    },
    asking: {
      entry: 'askForMore',
      on: {
        'xstate.done.actor.*': [
          { guard: 'isGiven', target: 'standingInLine', actions: 'takeMore' },
          { guard: 'isWithdrawn', target: 'cancelled', actions: ['recordCancel', 'leaveLine'] },
          { target: 'refused', actions: 'takeRefusal' },
        ],
        'claim.recalled': { target: 'reconsidering', actions: 'withdrawAsking' },
        cancel: { target: 'withdrawing', actions: 'withdrawAsking' },
      },
    },
    reconsidering: {
      on: {
        'xstate.done.actor.*': { target: 'standingInLine' },
        cancel: { target: 'withdrawing' },
      },
    },
    granted: { type: 'final' },
    refused: { type: 'final' },
    withdrawing: {
      on: {
        'xstate.done.actor.*': { target: 'cancelled', actions: ['recordCancel', 'leaveLine'] },
        cancel: {},
      },
    },
    cancelled: { type: 'final' },
  },
});
