/**
 * An approval: people are asked, and the run waits for what they say.
 *
 * It governs who may answer, when they are reminded, when somebody else is asked as well, and what the answers come to. It never tells
 * anybody anything and never reads the form for more than whether values meet it: inboxes, reminders and the record of who said what when
 * belong to the run, which is told as it happens. It does not read a clock: everything that time does is known when it begins.
 *
 * In:  approval.answered, approval.delegated, cancel, moment.passed (its own timer).
 * Out: noteApproval through the port (asked, reminded, escalated, expired, withdrawn); its settlement (as its output).
 *
 * Laws: 1. An answer counts once, from somebody who is asked, and only for the question as it stands: answers to an earlier one, of somebody
 *          who has passed it on, or after the end change nothing.
 *       2. It is approved only with as many approvals of the same values as are wanted; values that the form does not take are never approved.
 *       3. Reminders and links of the escalation come in the order of their times, each once, and decide nothing.
 *       4. Whoever is asked by escalation is asked beside the others; whoever it is passed on to, in place of the one who passed it on.
 *       5. It ends once; every state answers `cancel`.
 * Failure: APPROVAL_REJECTED with who rejected and why, unless a rejection is an answer like others; APPROVAL_TIMED_OUT.
 * Waits without a deadline: `asked`, `reminded` and `escalated` where no timeout was given (a person decided so).
 */
import { assign, raise, setup } from 'xstate';
import { formatDuration } from '../definition/duration.ts';
import { answerVerdict, delegated, delegationProblem, type OpenQuestion, outcomeOf, problemWith, withAnswer } from '../policy/approval.ts';
import type { ApprovalMoment } from '../policy/approval-moments.ts';
import { approvalOutput } from '../policy/approval-output.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

/** What the actor of an approval starts from. */
export interface ApprovalInput extends Omit<OpenQuestion, 'revision' | 'answers'> {
  readonly path: string;
  /** When an answer is expected, ms from its start; for whoever looks. */
  readonly dueMs?: number | null;
  /** What time does to it, in order; ms from its start. */
  readonly moments: readonly ApprovalMoment[];
  readonly onTimeout: 'fail' | 'reject' | 'approve';
  readonly onReject: 'fail' | 'continue';
}

/** An approval under way. */
export interface ApprovalContext extends ApprovalInput, OpenQuestion {
  /** How much time it knows to have passed, ms. */
  readonly waitedMs: number;
}

/** What an approval is told. */
export type ApprovalEvent = message.ApprovalAnswered | message.ApprovalDelegated | message.Cancel | { readonly type: 'moment.passed' };

const counts = (context: ApprovalContext, event: ApprovalEvent): event is message.ApprovalAnswered =>
  event.type === 'approval.answered' && answerVerdict(context, event.answer).kind === 'counts';

const wouldBe = (context: ApprovalContext, event: ApprovalEvent) =>
  counts(context, event) ? outcomeOf({ ...context, ...withAnswer(context, event.answer) }) : 'open';

const next = ({ moments }: ApprovalContext) => moments[0];

/** How a question that nobody has answered in time ends. */
function expired(context: ApprovalContext): message.WorkflowSettled {
  const silence = `nobody had decided after ${formatDuration(context.waitedMs)}`;
  const problem = context.onTimeout === 'approve' ? problemWith(context, { decision: 'approve', values: null }) : null;
  if (context.onTimeout === 'approve' && problem === null) return completed(approvalOutput('approved', context, silence));
  if (context.onTimeout === 'reject') return rejected(context, silence);
  return failed({
    code: 'APPROVAL_TIMED_OUT',
    message: `${silence}${problem === null ? '' : `, and it cannot be approved as it is: ${problem}`}`,
    hint: 'give it a longer timeout, remind or escalate earlier, or say under "on_timeout" what silence means',
    where: context.path,
    retryable: false,
  });
}

function rejected(context: ApprovalContext, silence: string | null = null): message.WorkflowSettled {
  const output = approvalOutput('rejected', context, silence);
  if (context.onReject === 'continue') return completed(output);
  const last = context.answers.at(-1);
  const why = silence ?? last?.reason ?? null;
  return failed({
    code: 'APPROVAL_REJECTED',
    message: `${silence === null ? (last?.by ?? 'somebody') : 'silence'} rejected it${why === null ? '' : `: ${why}`}`,
    hint: 'see what was wanted, change it and run it again; "on_reject: continue" makes a rejection an answer that other steps can read',
    where: context.path,
    retryable: false,
    details: output,
  });
}

const settled = (outcome: 'completed' | 'failed' | 'cancelled', more: Partial<message.WorkflowSettled> = {}): message.WorkflowSettled => ({
  outcome,
  outputs: null,
  failedStep: null,
  error: null,
  thrown: false,
  ...more,
});

const CANCELLED = settled('cancelled');

const failed = (error: ErrorData) => settled('failed', { error });

const completed = (outputs: Json) => settled('completed', { outputs });

/** The statechart of an approval. */
export const approvalMachine = setup({
  types: {} as { context: ApprovalContext; events: ApprovalEvent; input: ApprovalInput; output: message.WorkflowSettled },
  guards: {
    hasMoments: ({ context }) => context.moments.length > 0,
    timeIsUp: ({ context }) => next(context)?.what === 'expire',
    asksSomebodyElse: ({ context }) => next(context)?.what === 'escalate',
    isApproved: ({ context, event }) => wouldBe(context, event) === 'approved',
    isEdited: ({ context, event }) => wouldBe(context, event) === 'edited',
    isRejected: ({ context, event }) => wouldBe(context, event) === 'rejected',
    doesCount: ({ context, event }) => counts(context, event),
    mayBePassedOn: ({ context, event }) => event.type === 'approval.delegated' && delegationProblem(context, event) === null,
  },
  actions: {
    noteAsked: ({ context, system }) => portOf(system).noteApproval(context.path, { what: 'asked', to: context.people }),
    noteReminder: ({ context, system }) => portOf(system).noteApproval(context.path, { what: 'reminded', to: context.people }),
    noteEscalation: ({ context, system }) => portOf(system).noteApproval(context.path, { what: 'escalated', to: context.people }),
    noteExpiry: ({ context, system }) => portOf(system).noteApproval(context.path, { what: 'expired', to: context.people }),
    noteWithdrawal: ({ context, system }) => portOf(system).noteApproval(context.path, { what: 'withdrawn', to: context.people }),
    armMoment: raise({ type: 'moment.passed' }, { id: 'moment', delay: 'untilMoment' }),
    takeMoment: assign(({ context: { moments, people, waitedMs } }) => {
      const [moment, ...later] = moments;
      return {
        moments: later,
        waitedMs: moment?.atMs ?? waitedMs,
        people: moment?.what === 'escalate' && people !== null && !people.includes(moment.to) ? [...people, moment.to] : people,
      };
    }),
    recordAnswer: assign(({ context, event }) => (event.type === 'approval.answered' ? withAnswer(context, event.answer) : {})),
    recordDelegation: assign(({ context, event }) =>
      event.type === 'approval.delegated' ? { people: delegated(context.people, event.by, event.to) } : {},
    ),
  },
  delays: {
    untilMoment: ({ context }) => (next(context)?.atMs ?? context.waitedMs) - context.waitedMs,
  },
}).createMachine({
  id: 'approval',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({ ...input, revision: 0, answers: [], waitedMs: 0 }),
  output: ({ event }) => event.output as message.WorkflowSettled,
  initial: 'asking',
  states: {
    asking: {
      entry: 'noteAsked',
      always: [{ guard: 'hasMoments', target: 'asked', actions: 'armMoment' }, { target: 'asked' }],
    },
    asked: {
      on: {
        'approval.answered': [
          { guard: 'isApproved', target: 'approved', actions: 'recordAnswer' },
          { guard: 'isEdited', target: 'edited', actions: 'recordAnswer' },
          { guard: 'isRejected', target: 'rejected', actions: 'recordAnswer' },
          { guard: 'doesCount', actions: 'recordAnswer' },
        ],
        'approval.delegated': { guard: 'mayBePassedOn', actions: 'recordDelegation' },
        'moment.passed': [
          { guard: 'timeIsUp', target: 'expired', actions: ['takeMoment', 'noteExpiry'] },
          { guard: 'asksSomebodyElse', target: 'escalating', actions: 'takeMoment' },
          { target: 'reminding', actions: 'takeMoment' },
        ],
        cancel: { target: 'cancelled', actions: 'noteWithdrawal' },
      },
    },
    reminding: {
      entry: 'noteReminder',
      always: [{ guard: 'hasMoments', target: 'reminded', actions: 'armMoment' }, { target: 'reminded' }],
    },
    reminded: {
      on: {
        'approval.answered': [
          { guard: 'isApproved', target: 'approved', actions: 'recordAnswer' },
          { guard: 'isEdited', target: 'edited', actions: 'recordAnswer' },
          { guard: 'isRejected', target: 'rejected', actions: 'recordAnswer' },
          { guard: 'doesCount', actions: 'recordAnswer' },
        ],
        'approval.delegated': { guard: 'mayBePassedOn', actions: 'recordDelegation' },
        'moment.passed': [
          { guard: 'timeIsUp', target: 'expired', actions: ['takeMoment', 'noteExpiry'] },
          { guard: 'asksSomebodyElse', target: 'escalating', actions: 'takeMoment' },
          { target: 'reminding', actions: 'takeMoment' },
        ],
        cancel: { target: 'cancelled', actions: 'noteWithdrawal' },
      },
    },
    escalating: {
      entry: 'noteEscalation',
      always: [{ guard: 'hasMoments', target: 'escalated', actions: 'armMoment' }, { target: 'escalated' }],
    },
    escalated: {
      on: {
        'approval.answered': [
          { guard: 'isApproved', target: 'approved', actions: 'recordAnswer' },
          { guard: 'isEdited', target: 'edited', actions: 'recordAnswer' },
          { guard: 'isRejected', target: 'rejected', actions: 'recordAnswer' },
          { guard: 'doesCount', actions: 'recordAnswer' },
        ],
        'approval.delegated': { guard: 'mayBePassedOn', actions: 'recordDelegation' },
        'moment.passed': [
          { guard: 'timeIsUp', target: 'expired', actions: ['takeMoment', 'noteExpiry'] },
          { guard: 'asksSomebodyElse', target: 'escalating', actions: 'takeMoment' },
          { target: 'reminding', actions: 'takeMoment' },
        ],
        cancel: { target: 'cancelled', actions: 'noteWithdrawal' },
      },
    },
    approved: { type: 'final', output: ({ context }) => completed(approvalOutput('approved', context)) },
    edited: { type: 'final', output: ({ context }) => completed(approvalOutput('edited', context)) },
    rejected: { type: 'final', output: ({ context }) => rejected(context) },
    expired: { type: 'final', output: ({ context }) => expired(context) },
    cancelled: { type: 'final', output: CANCELLED },
  },
});
