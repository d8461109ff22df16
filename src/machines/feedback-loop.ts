/**
 * A feedback loop: the way back from a phase to an earlier one, with what was found.
 *
 * The loop governs how often work may go back, and when going on like this is of no use. It never judges the findings, and never runs
 * anything: whoever is at work on the way between both phases is called back by the run, which then starts the earlier phase anew. The loop
 * is opened with the first findings and lives until its sender has ended for good, or it has refused.
 *
 * Where it says so, people are asked before it refuses: they grant more rounds, let the sender go on as it is, or let it fail.
 *
 * In:  findings.reported (from the sender, by way of the run), way.cleared (nobody on the way is at work any more), sender.settled,
 *      person.decided (people have said how to go on, or have not in time), cancel.
 * Out: callBack, goBack, refuse, askPerson, leaveQuestion through the port; how it ended (as its output).
 *
 * Laws: 1. Work goes back at most `max` times, and as often as people have granted, whatever happens in between, crashes included: the count is
 *          folded from the journal.
 *       2. Findings that are the same as in the round before are refused at once: another round would find them again.
 *       3. Nothing begins anew before everybody on the way has ended.
 *       4. What is refused goes back to the sender as an error; the loop is over with it.
 *       5. Every state answers `cancel`.
 * Failure: MAX_FEEDBACK_LOOPS after the last round, FEEDBACK_STALLED when the findings have not changed. What the sender makes of it is its
 * gate’s business.
 * Waits without a deadline: `clearing` is bounded by those who are called back, `awaiting` by the phases that run again, `escalating` by the terms on which people
 * are asked (without a timeout, a person decided so).
 */
import { assign, setup } from 'xstate';
import type { ErrorData } from '../protocol/errors.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

/** What a feedback loop starts from. */
export interface FeedbackLoopInput {
  /** Path of the phase that sends work back. */
  readonly loop: string;
  /** Id of the phase that it goes to. */
  readonly to: string;
  /** How often at most. */
  readonly max: number;
  /** Whether people are asked before it refuses. */
  readonly escalates?: boolean;
  /** How often it has gone back before. */
  readonly rounds: number;
  /** The findings of the round before, as canonical JSON; null in the first. */
  readonly before: string | null;
  /** The findings, as canonical JSON. */
  readonly findings: string;
}

/** A feedback loop under way. */
export type FeedbackLoopContext = FeedbackLoopInput;

/** What a feedback loop is told. */
export type FeedbackLoopEvent =
  | message.FindingsReported
  | message.WayCleared
  | message.SenderSettled
  | message.PersonDecided
  | message.Cancel;

function exhaustedError({ loop, to, max }: FeedbackLoopContext): ErrorData {
  return {
    code: 'MAX_FEEDBACK_LOOPS',
    message: `${loop} has sent work back to ${to} ${max === 1 ? 'once' : `${max} times`}, which is all it may`,
    hint: 'see what it found each time, or allow more rounds under "feedback.max"',
    where: loop,
    retryable: false,
  };
}

function stalledError({ loop, to, rounds }: FeedbackLoopContext): ErrorData {
  return {
    code: 'FEEDBACK_STALLED',
    message: `${loop} found the same again after round ${rounds} of ${to}: another would not change it`,
    hint: 'see whether the phase it goes back to is given the findings ({{ feedback }}, or "feedback" among its parameters)',
    where: loop,
    retryable: false,
  };
}

const reasonOf = (context: FeedbackLoopContext) => (context.findings === context.before ? stalledError(context) : exhaustedError(context));

const settlement = ({ loop }: FeedbackLoopContext, outcome: message.FeedbackSettled['outcome']): message.FeedbackSettled => ({
  loop,
  outcome,
});

/** The statechart of a feedback loop. */
export const feedbackLoopMachine = setup({
  types: {} as {
    context: FeedbackLoopContext;
    events: FeedbackLoopEvent;
    input: FeedbackLoopInput;
    output: message.FeedbackSettled;
  },
  guards: {
    asksFirst: ({ context }) => context.escalates === true && (context.findings === context.before || context.rounds >= context.max),
    grantsMore: ({ event }) => event.type === 'person.decided' && event.next === 'more' && event.isWaiting,
    grantsForLater: ({ event }) => event.type === 'person.decided' && event.next === 'more',
    letsItGoOn: ({ event }) => event.type === 'person.decided' && event.next === 'go_on',
    letsItFail: ({ event }) => event.type === 'person.decided' && event.next === 'fail',
    findsTheSame: ({ context }) => context.findings === context.before,
    roundsRemain: ({ context }) => context.rounds < context.max,
  },
  actions: {
    callBack: ({ context, system }) => portOf(system).callBack(context.loop),
    countRound: assign(({ context }) => ({ rounds: context.rounds + 1, before: context.findings })),
    goBack: ({ context, system }) => portOf(system).goBack(context.loop),
    keepFindings: assign(({ event }) => (event.type === 'findings.reported' ? { findings: event.findings } : {})),
    askPerson: ({ context, system }) => portOf(system).askPerson(context.loop),
    leaveQuestion: ({ context, system }) => portOf(system).leaveQuestion(context.loop),
    grantRounds: assign(({ context, event }) =>
      event.type === 'person.decided' ? { max: Math.max(context.max, context.rounds + event.rounds) } : {},
    ),
    keepGrant: ({ context, system }) => portOf(system).keepGrant(context.loop, context.max),
    refuseToGoOn: ({ context, system }) => portOf(system).refuse(context.loop, reasonOf(context), 'go_on'),
    refuseToFail: ({ context, system }) => portOf(system).refuse(context.loop, reasonOf(context), 'fail'),
    refuseStalled: ({ context, system }) => portOf(system).refuse(context.loop, stalledError(context)),
    refuseExhausted: ({ context, system }) => portOf(system).refuse(context.loop, exhaustedError(context)),
  },
}).createMachine({
  id: 'feedback-loop',
  options: { maxIterations: 100 },
  context: ({ input }) => input,
  output: ({ event }) => event.output as message.FeedbackSettled,
  initial: 'weighing',
  states: {
    weighing: {
      always: [
        { guard: 'asksFirst', target: 'escalating' },
        { guard: 'findsTheSame', target: 'stalled' },
        { guard: 'roundsRemain', target: 'clearing' },
        { target: 'exhausted' },
      ],
    },
    clearing: {
      entry: 'callBack',
      on: {
        'way.cleared': { target: 'awaiting', actions: ['countRound', 'goBack'] },
        cancel: { target: 'cancelled' },
      },
    },
    awaiting: {
      on: {
        'findings.reported': { target: 'weighing', actions: 'keepFindings' },
        'sender.settled': { target: 'closed' },
        cancel: { target: 'cancelled' },
      },
    },
    escalating: {
      entry: 'askPerson',
      on: {
        'person.decided': [
          { guard: 'grantsMore', target: 'clearing', actions: ['grantRounds', 'keepGrant'] },
          { guard: 'grantsForLater', target: 'awaiting', actions: ['grantRounds', 'keepGrant'] },
          { guard: 'letsItGoOn', target: 'waived' },
          { guard: 'letsItFail', target: 'givenUp' },
          { guard: 'findsTheSame', target: 'stalled' },
          { target: 'exhausted' },
        ],
        'findings.reported': { actions: 'keepFindings' },
        'sender.settled': { target: 'closed', actions: 'leaveQuestion' },
        cancel: { target: 'cancelled', actions: 'leaveQuestion' },
      },
    },
    waived: { type: 'final', entry: 'refuseToGoOn', output: ({ context }) => settlement(context, 'decided') },
    givenUp: { type: 'final', entry: 'refuseToFail', output: ({ context }) => settlement(context, 'decided') },
    closed: { type: 'final', output: ({ context }) => settlement(context, 'closed') },
    stalled: { type: 'final', entry: 'refuseStalled', output: ({ context }) => settlement(context, 'stalled') },
    exhausted: { type: 'final', entry: 'refuseExhausted', output: ({ context }) => settlement(context, 'exhausted') },
    cancelled: { type: 'final', output: ({ context }) => settlement(context, 'cancelled') },
  },
});
