/**
 * The agent: one long-lived statechart for each registered agent, saying whether it takes tasks, has some in hand, is away or is leaving.
 *
 * It governs when an agent may be given tasks, when it is started again, and when it may be released: not while a task of its is in flight,
 * unless waiting takes too long. It never performs, cancels, retries or judges a task: the dispatcher hands tasks to the agent itself, and
 * what an answer means is the run's business. It therefore holds counts, not tasks.
 *
 * In:  `task.assigned`, `task.settled` (with a count: news of one turn of the event loop may come in one message, because a message per
 *      task would cost more than the whole dispatch), `agent.start` (a person wants it back), `agent.drain` (finish, then rest),
 *      `agent.resume`, `beat.came`, `beat.missed`, `health.lasted` (its own timer), `agent.close` (leave when done), `cancel` (leave now).
 * Out: `startAgent`, `releaseAgent` (the agent makes itself ready; lets go of what it holds), `loseTasks` (what it has in hand will not be
 *      answered any more), `escalate` (it has broken too often).
 *
 * Laws
 * 1. It takes tasks in `idle` and `busy` only; `busy` exactly while tasks are in flight there; as many are settled as were assigned.
 * 2. The agent is released at most once for each time it was started, and nothing follows its last release.
 * 3. Starting and closing always end: a start is waited for `startGrace`, tasks in flight `closeGrace`, a release `releaseGrace`.
 * 4. It is started again at most as often as its intensity says; then it stays away until a person wants it back.
 * 5. What it takes no more because it drains, it may still finish.
 * 6. Every state answers `cancel`, by going on to the release or past it.
 *
 * On failure: a release that rejects is recorded and the agent is closed all the same; a start that rejects or does not end, or too many
 * missed beats, end in a restart or, past the intensity, in `offline`. A start that does not end is given up by releasing the agent.
 */
import { assign, cancel, fromPromise, raise, setup } from 'xstate';
import { formatDuration } from '../definition/duration.ts';
import type { RestartIntensity } from '../policy/restart-intensity.ts';

/** `releaseError` and `startError` are what that failed with, for people. Delays are milliseconds. */
export interface AgentContext {
  readonly agent: string;
  readonly needsStart: boolean;
  readonly inFlight: number;
  readonly served: number;
  readonly startGraceMs: number;
  readonly closeGraceMs: number;
  readonly releaseGraceMs: number;
  readonly releaseError: string | null;
  readonly startError: string | null;
  readonly maxMissed: number;
  readonly missed: number;
  readonly intensity: RestartIntensity;
  /** How often it was started again, as far as that counts. */
  readonly restarts: number;
  /** Why it takes no tasks, where a person said so. */
  readonly drainReason: string | null;
}

/** What the actor of an agent starts from. Delays are milliseconds. */
export interface AgentInput {
  readonly agent: string;
  /** It must be started before it takes tasks. */
  readonly needsStart: boolean;
  readonly startGraceMs: number;
  readonly closeGraceMs: number;
  readonly releaseGraceMs: number;
  /** So many beats in a row may be missed before it is started again. */
  readonly maxMissed: number;
  readonly intensity: RestartIntensity;
}

/** What an agent's statechart is told; counts are of one turn of the event loop. */
export type AgentEvent =
  | { readonly type: 'task.assigned'; readonly count: number }
  | { readonly type: 'task.settled'; readonly count: number }
  | { readonly type: 'agent.start' }
  | { readonly type: 'agent.drain'; readonly reason: string }
  | { readonly type: 'agent.resume' }
  | { readonly type: 'beat.came' }
  | { readonly type: 'beat.missed' }
  | { readonly type: 'health.lasted' }
  | { readonly type: 'agent.close' }
  | { readonly type: 'cancel' };

type Told = AgentEvent | { readonly type: `xstate.error.actor.${string}`; readonly error: unknown };

const messageOf = (event: Told, otherwise: string) => ('error' in event && event.error instanceof Error ? event.error.message : otherwise);

/** The statechart of an agent. `startAgent`, `releaseAgent`, `loseTasks` and `escalate` are to be provided. */
export const agentMachine = setup({
  types: {
    context: {} as AgentContext,
    input: {} as AgentInput,
    events: {} as AgentEvent,
  },
  actors: {
    startAgent: fromPromise<void>(() => Promise.reject(new Error('startAgent is not provided'))),
    releaseAgent: fromPromise<void>(() => Promise.reject(new Error('releaseAgent is not provided'))),
  },
  guards: {
    needsStart: ({ context }) => context.needsStart,
    isLastTask: ({ context, event }) => event.type === 'task.settled' && event.count >= context.inFlight,
    hasTasks: ({ context }) => context.inFlight > 0,
    hasRestarted: ({ context }) => context.restarts > 0,
    isDrained: ({ context }) => context.drainReason !== null,
    isGone: ({ context }) => context.missed + 1 >= context.maxMissed,
    isWithinIntensity: ({ context }) => context.restarts < context.intensity.restarts,
  },
  actions: {
    countAssigned: assign(({ context, event }) => (event.type === 'task.assigned' ? { inFlight: context.inFlight + event.count } : {})),
    countSettled: assign(({ context, event }) =>
      event.type === 'task.settled' ? { inFlight: Math.max(0, context.inFlight - event.count), served: context.served + event.count } : {},
    ),
    countMissed: assign(({ context }) => ({ missed: context.missed + 1 })),
    forgetMissed: assign({ missed: 0 }),
    countRestart: assign(({ context }) => ({ restarts: context.restarts + 1, missed: 0 })),
    forgetRestarts: assign({ restarts: 0, missed: 0, startError: null }),
    armHealth: raise({ type: 'health.lasted' }, { id: 'health', delay: 'healthWindow' }),
    disarmHealth: cancel('health'),
    recordReleaseError: assign(({ event }) => ({ releaseError: messageOf(event, 'the release failed') })),
    recordStartError: assign(({ event }) => ({ startError: messageOf(event, 'the start failed') })),
    recordSlowStart: assign(({ context }) => ({ startError: `it was not ready within ${formatDuration(context.startGraceMs)}` })),
    recordDrain: assign(({ event }) => (event.type === 'agent.drain' ? { drainReason: event.reason } : {})),
    forgetDrain: assign({ drainReason: null }),
    loseTasks: () => {},
    escalate: () => {},
  },
  delays: {
    startGrace: ({ context }) => context.startGraceMs,
    closeGrace: ({ context }) => context.closeGraceMs,
    releaseGrace: ({ context }) => context.releaseGraceMs,
    healthWindow: ({ context }) => context.intensity.windowMs,
    restartDelay: ({ context }) => context.intensity.delayMs,
  },
}).createMachine({
  id: 'agent',
  context: ({ input }) => ({
    ...input,
    inFlight: 0,
    served: 0,
    releaseError: null,
    startError: null,
    missed: 0,
    restarts: 0,
    drainReason: null,
  }),
  initial: 'beginning',
  on: {
    'task.assigned': { actions: 'countAssigned' },
    'task.settled': { actions: 'countSettled' },
    'beat.came': { actions: 'forgetMissed' },
    'health.lasted': { actions: 'forgetRestarts' },
  },
  states: {
    beginning: { always: [{ guard: 'needsStart', target: 'starting' }, { target: 'idle' }] },
    starting: {
      invoke: {
        id: 'start',
        src: 'startAgent',
        onDone: [
          { guard: 'isDrained', target: 'maintenance', actions: 'armHealth' },
          { guard: 'hasRestarted', target: 'idle', actions: 'armHealth' },
          { target: 'idle' },
        ],
        onError: { target: 'failing', actions: 'recordStartError' },
      },
      on: {
        'agent.drain': { actions: 'recordDrain' },
        'agent.resume': { actions: 'forgetDrain' },
        'agent.close': 'releasing',
        cancel: 'releasing',
      },
      after: { startGrace: { target: 'recovering', actions: 'recordSlowStart' } },
    },
    idle: {
      on: {
        'task.assigned': { target: 'busy', actions: 'countAssigned' },
        'agent.drain': { target: 'maintenance', actions: 'recordDrain' },
        'beat.missed': [{ guard: 'isGone', target: 'recovering', actions: ['loseTasks', 'disarmHealth'] }, { actions: 'countMissed' }],
        'agent.close': 'releasing',
        cancel: 'releasing',
      },
    },
    busy: {
      on: {
        'task.settled': [{ guard: 'isLastTask', target: 'idle', actions: 'countSettled' }, { actions: 'countSettled' }],
        'agent.drain': { target: 'draining', actions: 'recordDrain' },
        'beat.missed': [{ guard: 'isGone', target: 'recovering', actions: ['loseTasks', 'disarmHealth'] }, { actions: 'countMissed' }],
        'agent.close': 'closing',
        cancel: 'releasing',
      },
    },
    draining: {
      on: {
        'task.settled': [{ guard: 'isLastTask', target: 'maintenance', actions: 'countSettled' }, { actions: 'countSettled' }],
        'agent.resume': [
          { guard: 'hasTasks', target: 'busy', actions: 'forgetDrain' },
          { target: 'idle', actions: 'forgetDrain' },
        ],
        'beat.missed': [{ guard: 'isGone', target: 'recovering', actions: ['loseTasks', 'disarmHealth'] }, { actions: 'countMissed' }],
        'agent.close': 'closing',
        cancel: 'releasing',
      },
    },
    maintenance: {
      on: { 'agent.resume': { target: 'idle', actions: 'forgetDrain' }, 'agent.close': 'releasing', cancel: 'releasing' },
    },
    recovering: {
      invoke: {
        id: 'release',
        src: 'releaseAgent',
        onDone: 'failing',
        onError: { target: 'failing', actions: 'recordReleaseError' },
      },
      on: { 'agent.close': 'closed', cancel: 'closed' },
      after: { releaseGrace: 'failing' },
    },
    failing: {
      always: [
        { guard: 'isWithinIntensity', target: 'resting', actions: 'countRestart' },
        { target: 'offline', actions: 'escalate' },
      ],
    },
    resting: {
      on: {
        'agent.drain': { actions: 'recordDrain' },
        'agent.resume': { actions: 'forgetDrain' },
        'agent.close': 'closed',
        cancel: 'closed',
      },
      after: { restartDelay: 'starting' },
    },
    offline: {
      on: { 'agent.start': { target: 'starting', actions: 'forgetRestarts' }, 'agent.close': 'closed', cancel: 'closed' },
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
