/**
 * The end of an attempt that is not wanted any more: asking, then forcing, then giving up. One for each attempt that was withdrawn while its
 * agent was at work.
 *
 * It governs how long an agent may take to stop and what is done when it does not. It never decides that an attempt is to stop, and nothing
 * depends on what the agent still says: the run has gone on without it, and its result is never applied.
 *
 * In:  agent.ended (the agent has really stopped), cancel (whoever asked will not wait).
 * Out: `askAgent` (its signal aborts; a program is told TERM), `forceAgent` (its second signal aborts; a program is told KILL),
 *      `abandonAgent` (its place is given to others; what it still does is nobody's business).
 *
 * Laws: 1. An agent is asked once, before anything else; it is forced once at the most.
 *       2. Only an agent that can be forced is forced: a function cannot be stopped from outside, and is abandoned instead.
 *       3. Every way ends: in `stopped` when the agent ends in time, else in `abandoned` once both deadlines have passed.
 *       4. Every state answers `cancel`, by going on to force, or past it where there is none.
 * Failure: there is none; an agent that throws has ended.
 * Deadlines: `asked` waits for `grace` (the agent's own, else that of the runtime), `forced` for `forceGrace`.
 */
import { setup } from 'xstate';

/** Delays are milliseconds. */
export interface CancellationInput {
  /** The key of the task. */
  readonly task: string;
  /** How long the agent may take to stop by itself. */
  readonly graceMs: number;
  /** How long it may take to end by force. */
  readonly forceGraceMs: number;
  /** It can be forced: it listens for that. */
  readonly canBeForced: boolean;
}

export type CancellationEvent = { readonly type: 'agent.ended' } | { readonly type: 'cancel' };

/** Holes are filled by the live actor; an unfilled one must not pass silently. */
function unfilled(name: string): () => never {
  return () => {
    throw new Error(`${name} is not provided`);
  };
}

/** The statechart of the end of an attempt. Its actions are to be provided. */
export const cancellationMachine = setup({
  types: {} as { context: CancellationInput; input: CancellationInput; events: CancellationEvent },
  guards: {
    canBeForced: ({ context }) => context.canBeForced,
  },
  actions: {
    askAgent: unfilled('askAgent'),
    forceAgent: unfilled('forceAgent'),
    abandonAgent: unfilled('abandonAgent'),
  },
  delays: {
    grace: ({ context }) => context.graceMs,
    forceGrace: ({ context }) => context.forceGraceMs,
  },
}).createMachine({
  id: 'cancellation',
  context: ({ input }) => input,
  initial: 'asked',
  states: {
    asked: {
      entry: 'askAgent',
      on: {
        'agent.ended': 'stopped',
        cancel: [{ guard: 'canBeForced', target: 'forced' }, { target: 'abandoned' }],
      },
      after: { grace: [{ guard: 'canBeForced', target: 'forced' }, { target: 'abandoned' }] },
    },
    stopped: { type: 'final' },
    forced: {
      entry: 'forceAgent',
      on: { 'agent.ended': 'stopped', cancel: {} },
      after: { forceGrace: 'abandoned' },
    },
    abandoned: { type: 'final', entry: 'abandonAgent' },
  },
});
