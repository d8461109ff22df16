/**
 * The recovery of one step that has failed and whose retries are spent: the ladder of what can still be done about it.
 *
 * It governs what is tried, one thing after the other, until the step has completed or nothing is left. It never chooses by itself (the policy
 * does, behind the port, by what the failure is, what it costs, and what has helped before), never runs the step, and never counts its attempts:
 * the step makes them, and the run takes back what is to be taken back. It is opened with the first failure and lives until its step has ended
 * for good, also where the step begins anew in between.
 *
 * In:  step.failed (what was tried has failed), step.ended (the step has ended for good), way.cleared (everybody who is to begin anew has ended),
 *      done of the question to a person, cancel.
 * Out: attemptAgain, callBackFor, beginAnew, askWhatNext, makeshift, giveUp, closeRecovery through the port; how it ended (as its output).
 *
 * Laws: 1. Each way is tried at most as often as its budget, in every life of the run: the count is folded from the journal.
 *       2. One thing is tried at a time, and what became of it is known before the next is chosen.
 *       3. Nothing begins anew before everybody who was called back has ended.
 *       4. A person is asked only where the step says so, and what the person says is done once.
 *       5. Every state answers `cancel`.
 * Failure: when nothing applies any more the step fails with its last error, as it would have without a recovery.
 * Waits without a deadline: `trying` is bounded by the step, `reopening`, `fallingBack` and `restarting` by those who are called back;
 * `escalating` waits for a person, who was asked so that nothing happens without one.
 */
import { assign, setup } from 'xstate';
import type { RecoveryUse } from '../definition/recovery-settings.ts';
import type * as message from '../protocol/messages.ts';
import type * as news from '../protocol/recovery-messages.ts';
import type { RecoveryAnswer, RecoveryPlan } from './recovery-port.ts';
import { portOf } from './run-port.ts';

/** What a recovery starts from. */
export interface RecoveryInput {
  /** Path of the step. */
  readonly step: string;
}

/** A recovery under way. */
export interface RecoveryContext extends RecoveryInput {
  /** What is being tried; null before anything is, and when nothing is left. */
  readonly plan: RecoveryPlan | null;
  /** What a person has said, of what was asked last. */
  readonly answer: RecoveryAnswer | null;
}

type QuestionDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.WorkflowSettled };

/** What a recovery is told. */
export type RecoveryEvent = QuestionDone | news.StepFailedAgain | news.StepEnded | message.WayCleared | message.Cancel;

const uses = ({ plan }: RecoveryContext, use: RecoveryUse) => plan?.use === use;

const settlement = ({ step }: RecoveryContext, outcome: news.RecoverySettled['outcome']): news.RecoverySettled => ({ step, outcome });

/** The statechart of a recovery. */
export const recoveryMachine = setup({
  types: {} as { context: RecoveryContext; events: RecoveryEvent; input: RecoveryInput; output: news.RecoverySettled },
  guards: {
    triesTheSameAgain: ({ context }) => uses(context, 'retry_agent'),
    triesSomebodyElse: ({ context }) => uses(context, 'substitute_agent'),
    triesOneByOne: ({ context }) => uses(context, 'fall_back_sequential'),
    doesWithout: ({ context }) => uses(context, 'partial'),
    goesBack: ({ context }) => uses(context, 'restart'),
    asksAPerson: ({ context }) => uses(context, 'escalate'),
    anAttemptIsEnough: ({ context }) => context.plan?.startsAnew === false,
    questionWithdrawn: ({ event }) => 'output' in event && event.output.outcome === 'cancelled',
    isToTryAgain: ({ context }) => context.answer === 'retry',
    isToDoWithout: ({ context }) => context.answer === 'makeshift',
    stepCompleted: ({ event }) => event.type === 'step.ended' && event.outcome === 'completed',
    stepFailed: ({ event }) => event.type === 'step.ended' && event.outcome === 'failed',
  },
  actions: {
    choose: assign(({ context, system }) => ({ plan: portOf(system).chooseRecovery(context.step), answer: null })),
    attemptAgain: ({ context, system }) => portOf(system).attemptAgain(context.step),
    callBack: ({ context, system }) => portOf(system).callBackFor(context.step),
    beginAnew: ({ context, system }) => portOf(system).beginAnew(context.step),
    askPerson: ({ context, system }) => portOf(system).askWhatNext(context.step),
    hearAnswer: assign(({ context, event, system }) =>
      'output' in event ? { answer: portOf(system).hearAnswer(context.step, event.output) } : {},
    ),
    withdrawQuestion: ({ context, event, system }) =>
      portOf(system).withdrawQuestion(context.step, event.type === 'cancel' ? event.reason : 'the step has ended'),
    makeshift: ({ context, system }) => portOf(system).makeshift(context.step),
    noteFailure: ({ context, system }) => portOf(system).closeRecovery(context.step, 'failed'),
    noteRecovered: ({ context, system }) => portOf(system).closeRecovery(context.step, 'recovered'),
    noteCancelled: ({ context, system }) => portOf(system).closeRecovery(context.step, 'cancelled'),
    giveUp: ({ context, system }) => portOf(system).giveUp(context.step),
  },
  delays: {
    pause: ({ context }) => context.plan?.pauseMs ?? 0,
  },
}).createMachine({
  id: 'recovery',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input, plan: null, answer: null }),
  output: ({ event }) => event.output as news.RecoverySettled,
  initial: 'opened',
  states: {
    opened: {
      on: {
        'step.failed': { target: 'choosing' },
        'step.ended': { target: 'cancelled' },
        cancel: { target: 'cancelled' },
      },
    },
    choosing: {
      entry: 'choose',
      always: [
        { guard: 'triesTheSameAgain', target: 'retrying' },
        { guard: 'triesSomebodyElse', target: 'substituting' },
        { guard: 'triesOneByOne', target: 'fallingBack' },
        { guard: 'doesWithout', target: 'degrading' },
        { guard: 'goesBack', target: 'restarting' },
        { guard: 'asksAPerson', target: 'escalating' },
        { target: 'exhausted' },
      ],
    },
    retrying: {
      after: { pause: { target: 'beginning' } },
      on: {
        'step.ended': { target: 'cancelled' },
        cancel: { target: 'cancelled' },
      },
    },
    beginning: {
      always: [{ guard: 'anAttemptIsEnough', target: 'trying', actions: 'attemptAgain' }, { target: 'reopening' }],
      on: { cancel: { target: 'cancelled' } },
    },
    substituting: {
      entry: 'attemptAgain',
      always: { target: 'trying' },
    },
    reopening: {
      entry: 'callBack',
      on: {
        'way.cleared': { target: 'trying', actions: 'beginAnew' },
        'step.ended': { target: 'cancelled' },
        cancel: { target: 'cancelled' },
      },
    },
    fallingBack: {
      entry: 'callBack',
      on: {
        'way.cleared': { target: 'trying', actions: 'beginAnew' },
        'step.ended': { target: 'cancelled' },
        cancel: { target: 'cancelled' },
      },
    },
    restarting: {
      entry: 'callBack',
      on: {
        'way.cleared': { target: 'trying', actions: 'beginAnew' },
        'step.ended': { target: 'cancelled' },
        cancel: { target: 'cancelled' },
      },
    },
    trying: {
      on: {
        'step.failed': { target: 'choosing', actions: 'noteFailure' },
        'step.ended': [
          { guard: 'stepCompleted', target: 'recovered' },
          { guard: 'stepFailed', target: 'exhausted', actions: 'noteFailure' },
          { target: 'cancelled' },
        ],
        cancel: { target: 'cancelled' },
      },
    },
    escalating: {
      entry: 'askPerson',
      on: {
        'xstate.done.actor.*': [
          { guard: 'questionWithdrawn', target: 'cancelled' },
          { target: 'hearing', actions: 'hearAnswer' },
        ],
        'step.ended': { target: 'cancelling', actions: 'withdrawQuestion' },
        cancel: { target: 'cancelling', actions: 'withdrawQuestion' },
      },
    },
    hearing: {
      always: [
        { guard: 'isToTryAgain', target: 'beginning' },
        { guard: 'isToDoWithout', target: 'degrading' },
        { target: 'exhausted', actions: 'noteFailure' },
      ],
    },
    degrading: {
      entry: 'makeshift',
      always: { target: 'recovered' },
    },
    recovered: { type: 'final', entry: 'noteRecovered', output: ({ context }) => settlement(context, 'recovered') },
    exhausted: { type: 'final', entry: 'giveUp', output: ({ context }) => settlement(context, 'exhausted') },
    cancelling: {
      on: {
        'xstate.done.actor.*': { target: 'cancelled' },
        'step.ended': {},
        cancel: {},
      },
    },
    cancelled: { type: 'final', entry: 'noteCancelled', output: ({ context }) => settlement(context, 'cancelled') },
  },
});
