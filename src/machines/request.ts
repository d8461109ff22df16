/**
 * A request: one member has asked another, and an answer is expected before the deadline.
 *
 * It governs how long the answer is waited for and that the request is over exactly once. It never carries the question, the answer or any
 * text: messages are delivered by the run, which tells the request that it was answered, and whoever asked how it went.
 *
 * In:  request.answered, cancel (whoever asked is gone), deadline.passed (its own timer).
 * Out: expireRequest through the port, when the deadline has passed; its settlement (as its output).
 *
 * Laws: 1. A request is answered, timed out or abandoned: one of them, once.
 *       2. The first answer counts; what comes after the end changes nothing.
 *       3. Only a deadline that has passed expires the request: whoever asked is told once.
 *       4. Every state answers `cancel`.
 * Failure: nothing here can fail; a request without an answer times out.
 */
import { raise, setup } from 'xstate';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

/** What the actor of a request starts from. */
export interface RequestInput {
  /** The message id of the question. */
  readonly request: string;
  /** How long an answer is waited for, ms. */
  readonly deadlineMs: number;
}

/** A request under way: it is what it started from. */
export type RequestContext = RequestInput;

/** What a request is told. */
export type RequestEvent = message.RequestAnswered | message.Cancel | { readonly type: 'deadline.passed' };

/** The statechart of a request. */
export const requestMachine = setup({
  types: {} as { context: RequestContext; events: RequestEvent; input: RequestInput; output: message.RequestSettled },
  actions: {
    armDeadline: raise({ type: 'deadline.passed' }, { id: 'deadline', delay: 'answerDeadline' }),
    expireRequest: ({ context, system }) => portOf(system).expireRequest(context.request),
  },
  delays: {
    answerDeadline: ({ context }) => context.deadlineMs,
  },
}).createMachine({
  id: 'request',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input }),
  output: ({ event }) => event.output as message.RequestSettled,
  initial: 'awaiting',
  states: {
    awaiting: {
      entry: 'armDeadline',
      on: {
        'request.answered': { target: 'answered' },
        'deadline.passed': { target: 'timedOut', actions: 'expireRequest' },
        cancel: { target: 'abandoned' },
      },
    },
    answered: { type: 'final', output: ({ context }) => ({ request: context.request, outcome: 'answered' }) },
    timedOut: { type: 'final', output: ({ context }) => ({ request: context.request, outcome: 'timed_out' }) },
    abandoned: { type: 'final', output: ({ context }) => ({ request: context.request, outcome: 'abandoned' }) },
  },
});
