/**
 * A vote: several agents answer the same task, and their answers become one.
 *
 * It governs who is asked in turn: the voters, then the judge, then a person, until somebody has decided. It never reads an answer: the
 * run counts the ballots and weighs what the judge or the person says, and the statechart follows what came of it.
 *
 * In:  done of the group of voters or of the judge, signal.received (what the person says), cancel, deadline.passed (its own timer).
 * Out: openVoters, countVotes, openJudge, decide, listen and cancelBody through the port (all under the path of the vote; cancelBody means
 *      the group that the vote has opened); its settlement (as its output), with the decision as outputs.
 *
 * Laws: 1. Votes are counted once, when no voter is at work any more; how the voters' group ended does not matter, unless it was cancelled.
 *       2. Only a tie asks further: the judge where there is one, then a person. Too few answers is nobody's to decide.
 *       3. A judge that fails, or does not decide either, passes the question on to a person; a person is asked once.
 *       4. The vote completes with a decision or fails with the reason why there is none.
 *       5. Every state answers `cancel`; the vote is over only when nobody works for it any more.
 * Failure: VOTE_UNDECIDED, with the reason of whoever was asked last.
 * Waits without a deadline: `casting`, `judging` and `cancelling` are bounded by their members, `escalated` only where no timeout was given
 * (a person decided so).
 */
import { assign, raise, setup } from 'xstate';
import { formatDuration } from '../definition/duration.ts';
import type { VoteRule } from '../definition/joining.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type * as message from '../protocol/messages.ts';
import { type Decision, portOf } from './run-port.ts';

/** What the actor of a vote starts from. */
export interface VoteInput {
  readonly path: string;
  readonly hasJudge: boolean;
  readonly rule: VoteRule;
  /** Milliseconds that a person may take to decide a tie; null for no limit. */
  readonly timeoutMs: number | null;
}

/** A vote under way. */
export interface VoteContext extends VoteInput {
  /** What came of asking so far; null until the votes are counted. */
  readonly decision: Decision | null;
}

/** Done of a group. A body that gives outputs may give the answer with them; otherwise the run looks it up. */
type BodyDone = {
  readonly type: `xstate.done.actor.${string}`;
  readonly output: message.GroupSettled & { readonly outputs?: Json };
};

/** What a vote is told. */
export type VoteEvent = BodyDone | message.SignalArrived | message.Cancel | { readonly type: 'deadline.passed' };

const EMPTY_ANSWER: Decision = { kind: 'undecided', reason: 'the person who was asked gave no answer' };

const reasonOf = ({ decision }: VoteContext) => (decision === null || decision.kind === 'decided' ? 'nobody has decided' : decision.reason);

const tie = (reason: string): Partial<VoteContext> => ({ decision: { kind: 'tie', reason } });

function undecided(context: VoteContext): message.WorkflowSettled {
  const error: ErrorData = {
    code: 'VOTE_UNDECIDED',
    message: `the vote came to no decision: ${reasonOf(context)}`,
    hint: context.hasJudge
      ? `see what the voters and the judge answered, or decide by the rule ${context.rule === 'majority' ? 'weighted' : 'majority'}`
      : 'see what the voters answered, ask another one, or name a judge for ties',
    where: context.path,
    retryable: false,
    details: { rule: context.rule },
  };
  return { outcome: 'failed', outputs: null, failedStep: null, error, thrown: false };
}

const decided = ({ decision }: VoteContext): message.WorkflowSettled => ({
  outcome: 'completed',
  outputs: decision?.kind === 'decided' ? decision.output : null,
  failedStep: null,
  error: null,
  thrown: false,
});

const CANCELLED: message.WorkflowSettled = { outcome: 'cancelled', outputs: null, failedStep: null, error: null, thrown: false };

/** The statechart of a vote. */
export const voteMachine = setup({
  types: {} as { context: VoteContext; events: VoteEvent; input: VoteInput; output: message.WorkflowSettled },
  guards: {
    bodyCompleted: ({ event }) => 'output' in event && event.output.outcome === 'completed',
    bodyCancelled: ({ event }) => 'output' in event && event.output.outcome === 'cancelled',
    isDecided: ({ context }) => context.decision?.kind === 'decided',
    isTie: ({ context }) => context.decision?.kind === 'tie',
    isTieForTheJudge: ({ context }) => context.decision?.kind === 'tie' && context.hasJudge,
    hasDeadline: ({ context }) => context.timeoutMs !== null,
  },
  actions: {
    openVoters: ({ context, system }) => portOf(system).openVoters(context.path),
    countVotes: assign(({ context, system }) => ({ decision: portOf(system).countVotes(context.path) })),
    openJudge: ({ context, system }) => portOf(system).openJudge(context.path),
    weighJudgement: assign(({ context, event, system }) =>
      'output' in event ? { decision: portOf(system).decide(context.path, event.output.outputs ?? null) } : {},
    ),
    recordFailedJudge: assign(({ context, event }) =>
      tie(
        `${reasonOf(context)}; the judge failed${'output' in event && event.output.error !== null ? `: ${event.output.error.message}` : ''}`,
      ),
    ),
    listen: ({ context, system }) => portOf(system).listen(context.path),
    // null is how the run is asked to look the judge's answer up: a person who says nothing must not be taken for the judge.
    weighAnswer: assign(({ context, event, system }) =>
      event.type === 'signal.received'
        ? { decision: event.payload === null ? EMPTY_ANSWER : portOf(system).decide(context.path, event.payload) }
        : {},
    ),
    armDeadline: raise({ type: 'deadline.passed' }, { id: 'deadline', delay: 'answerDeadline' }),
    recordTimeout: assign(({ context }) => tie(`${reasonOf(context)}; no person decided within ${formatDuration(context.timeoutMs ?? 0)}`)),
    cancelBody: ({ context, event, system }) =>
      portOf(system).cancelBody(context.path, event.type === 'cancel' ? event.reason : 'cancelled'),
  },
  delays: {
    answerDeadline: ({ context }) => context.timeoutMs ?? 0,
  },
}).createMachine({
  id: 'vote',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input, decision: null }),
  output: ({ event }) => event.output as message.WorkflowSettled,
  initial: 'casting',
  states: {
    casting: {
      entry: 'openVoters',
      on: {
        'xstate.done.actor.*': [
          { guard: 'bodyCancelled', target: 'cancelled' },
          { target: 'counted', actions: 'countVotes' },
        ],
        cancel: { target: 'cancelling', actions: 'cancelBody' },
      },
    },
    counted: {
      always: [
        { guard: 'isDecided', target: 'decided' },
        { guard: 'isTieForTheJudge', target: 'judging' },
        { guard: 'isTie', target: 'escalating' },
        { target: 'failed' },
      ],
    },
    judging: {
      entry: 'openJudge',
      on: {
        'xstate.done.actor.*': [
          { guard: 'bodyCompleted', target: 'judged', actions: 'weighJudgement' },
          { guard: 'bodyCancelled', target: 'cancelled' },
          { target: 'escalating', actions: 'recordFailedJudge' },
        ],
        cancel: { target: 'cancelling', actions: 'cancelBody' },
      },
    },
    judged: {
      always: [{ guard: 'isDecided', target: 'decided' }, { target: 'escalating' }],
    },
    escalating: {
      always: [{ guard: 'hasDeadline', target: 'escalated', actions: 'armDeadline' }, { target: 'escalated' }],
    },
    escalated: {
      entry: 'listen',
      on: {
        'signal.received': { target: 'answered', actions: 'weighAnswer' },
        'deadline.passed': { target: 'failed', actions: 'recordTimeout' },
        cancel: { target: 'cancelled' },
      },
    },
    answered: {
      always: [{ guard: 'isDecided', target: 'decided' }, { target: 'failed' }],
    },
    decided: { type: 'final', output: ({ context }) => decided(context) },
    failed: { type: 'final', output: ({ context }) => undecided(context) },
    cancelling: {
      on: {
        'xstate.done.actor.*': { target: 'cancelled' },
        cancel: {},
      },
    },
    cancelled: { type: 'final', output: CANCELLED },
  },
});
