/**
 * The agent: one long-lived statechart for each registered agent, saying whether it works, rests or is leaving.
 *
 * It governs when an agent may be released: not while a task of its is in flight, unless waiting takes too long.
 * It never performs, cancels, retries or judges a task: the dispatcher hands tasks to the agent itself, and what an
 * answer means is the run's business. It therefore holds counts, not tasks.
 *
 * In:  `task.assigned`, `task.settled` (with a count: news of one turn of the event loop may come in one message, because a
 *      message per task would cost more than the whole dispatch), `agent.close` (leave when done), `cancel` (leave now).
 * Out: `releaseAgent`, once: the agent lets go of what it holds.
 *
 * Laws
 * 1. `busy` exactly while tasks are in flight; as many are settled as were assigned.
 * 2. The agent is released at most once, and nothing follows its release.
 * 3. Closing always ends: tasks in flight are waited for `closeGrace`, the release itself `releaseGrace`.
 * 4. Every state answers `cancel`, by going on to the release or past it.
 *
 * On failure: a release that rejects is recorded and the agent is closed all the same.
 */
import { assign, fromPromise, setup } from 'xstate';

/** `releaseError` is what the release failed with, for people. Delays are milliseconds. */
export interface AgentContext {
  readonly agent: string;
  readonly inFlight: number;
  readonly served: number;
  readonly closeGraceMs: number;
  readonly releaseGraceMs: number;
  readonly releaseError: string | null;
}

/** What the actor of an agent starts from. Delays are milliseconds. */
export interface AgentInput {
  readonly agent: string;
  readonly closeGraceMs: number;
  readonly releaseGraceMs: number;
}

/** What an agent's statechart is told; counts are of one turn of the event loop. */
export type AgentEvent =
  | { readonly type: 'task.assigned'; readonly count: number }
  | { readonly type: 'task.settled'; readonly count: number }
  | { readonly type: 'agent.close' }
  | { readonly type: 'cancel' };

/** The statechart of an agent. `releaseAgent` is to be provided. */
export const agentMachine = setup({
  types: {
    context: {} as AgentContext,
    input: {} as AgentInput,
    events: {} as AgentEvent,
  },
  actors: {
    releaseAgent: fromPromise<void>(() => Promise.reject(new Error('releaseAgent is not provided'))),
  },
  guards: {
    isLastTask: ({ context, event }) => event.type === 'task.settled' && event.count >= context.inFlight,
  },
  actions: {
    countAssigned: assign(({ context, event }) => (event.type === 'task.assigned' ? { inFlight: context.inFlight + event.count } : {})),
    countSettled: assign(({ context, event }) =>
      event.type === 'task.settled' ? { inFlight: Math.max(0, context.inFlight - event.count), served: context.served + event.count } : {},
    ),
    recordReleaseError: assign(({ event }) => ({
      releaseError: 'error' in event && event.error instanceof Error ? event.error.message : 'the release failed',
    })),
  },
  delays: {
    closeGrace: ({ context }) => context.closeGraceMs,
    releaseGrace: ({ context }) => context.releaseGraceMs,
  },
}).createMachine({
  id: 'agent',
  context: ({ input }) => ({ ...input, inFlight: 0, served: 0, releaseError: null }),
  initial: 'idle',
  on: {
    'task.assigned': { actions: 'countAssigned' },
    'task.settled': { actions: 'countSettled' },
  },
  states: {
    idle: {
      on: {
        'task.assigned': { target: 'busy', actions: 'countAssigned' },
        'agent.close': 'releasing',
        cancel: 'releasing',
      },
    },
    busy: {
      on: {
        'task.settled': [{ guard: 'isLastTask', target: 'idle', actions: 'countSettled' }, { actions: 'countSettled' }],
        'agent.close': 'closing',
        cancel: 'releasing',
      },
    },
    closing: {
      on: {
        'task.settled': [{ guard: 'isLastTask', target: 'releasing', actions: 'countSettled' }, { actions: 'countSettled' }],
        cancel: 'releasing',
      },
      after: { closeGrace: 'releasing' },
    },
    releasing: {
      invoke: {
        id: 'release',
        src: 'releaseAgent',
        onDone: 'closed',
        onError: { target: 'closed', actions: 'recordReleaseError' },
      },
      on: { cancel: 'closed' },
      after: { releaseGrace: 'closed' },
    },
    closed: { type: 'final' },
  },
});
