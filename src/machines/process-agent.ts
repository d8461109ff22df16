/**
 * The watchdog of a child process: from its start until nothing of it is left.
 *
 * It governs who ends the process tree, how politely and how long that may take. It never decides whether the attempt
 * succeeded and never reads output: it only knows whether the pipes are still open. It sets no limit to the work itself
 * and therefore `running` has no deadline: the step's timeout is the run's, and arrives here as `cancel`.
 *
 * In:  `process.spawned`, `process.failed` (it could not be started), `process.exited` (the leader is gone), `output.closed` (the leader
 *      is gone and nobody holds its pipes), `output.overflowed` (more than the attempt may say), `cancel`.
 * Out: `spawnProcess`, `terminateTree` (TERM to the group), `killTree` (KILL to the group), `sweepSurvivors` (KILL to whoever left the
 *      group, until none is found), `releaseProcess` (pipes, listeners).
 *
 * Laws
 * 1. The tree ends with the attempt: every path but a failed start goes through `sweeping`, also after a success.
 * 2. TERM always comes before KILL while the leader lives, and the grace between them is `terminateGrace`.
 * 3. Every state answers `cancel`. Asked a second time, it no longer waits: `terminating` goes to `killing`.
 * 4. Once asked to end, the watchdog ends: each later state has a deadline, so that a process in an uninterruptible wait is
 *    abandoned (`gone: false`), not waited for.
 * 5. The first reason counts: a cancel after an overflow, or after the leader has gone, changes no verdict.
 *
 * On failure: a process that cannot be started ends in `exited` with the reason; signals that find nobody are ignored.
 */
import { assign, fromPromise, setup } from 'xstate';
import type { JsonObject } from '../protocol/json.ts';

/** Why the process ended: by itself, because it was cancelled, because it said too much, or it never started. */
export type ProcessEndCause = 'exit' | 'cancel' | 'overflow' | 'start';

/** Delays are milliseconds. `exitCode` and `signal` are the leader's; both null until it is gone. */
export interface ProcessContext {
  readonly terminateGraceMs: number;
  readonly killGraceMs: number;
  readonly drainGraceMs: number;
  readonly sweepGraceMs: number;
  readonly cause: ProcessEndCause;
  readonly gone: boolean;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The system's code for a failed start (`ENOENT`), or null. */
  readonly startError: string | null;
}

/** The delays a watchdog starts with, ms. */
export type ProcessInput = Pick<ProcessContext, 'terminateGraceMs' | 'killGraceMs' | 'drainGraceMs' | 'sweepGraceMs'>;

/** How it ended. `gone` is false for a process that even KILL did not end in time. */
export type ProcessOutput = Pick<ProcessContext, 'cause' | 'gone' | 'exitCode' | 'signal' | 'startError'>;

/** What a watchdog is told. */
export type ProcessEvent =
  | { readonly type: 'process.spawned' }
  | { readonly type: 'process.failed'; readonly error: string }
  | { readonly type: 'process.exited'; readonly exitCode: number | null; readonly signal: string | null }
  | { readonly type: 'output.closed' }
  | { readonly type: 'output.overflowed' }
  | { readonly type: 'cancel' };

/** Holes are filled by the live actor; an unfilled one must not pass silently. */
function unfilled(name: string): () => never {
  return () => {
    throw new Error(`${name} is not provided`);
  };
}

/** The statechart of a child process. Its actions and `sweepSurvivors` are to be provided. */
export const processAgentMachine = setup({
  types: {
    context: {} as ProcessContext,
    input: {} as ProcessInput,
    events: {} as ProcessEvent,
    output: {} as ProcessOutput & JsonObject,
  },
  actors: {
    sweepSurvivors: fromPromise<void>(unfilled('sweepSurvivors')),
  },
  guards: {
    isLeaderGone: ({ context }) => context.gone,
  },
  actions: {
    spawnProcess: unfilled('spawnProcess'),
    terminateTree: unfilled('terminateTree'),
    killTree: unfilled('killTree'),
    releaseProcess: unfilled('releaseProcess'),
    recordExit: assign(({ event }) =>
      event.type === 'process.exited' ? { gone: true, exitCode: event.exitCode, signal: event.signal } : {},
    ),
    recordFailedStart: assign(({ event }) =>
      event.type === 'process.failed' ? { gone: true, cause: 'start' as const, startError: event.error } : {},
    ),
    recordCancel: assign({ cause: 'cancel' }),
    recordOverflow: assign({ cause: 'overflow' }),
  },
  delays: {
    terminateGrace: ({ context }) => context.terminateGraceMs,
    killGrace: ({ context }) => context.killGraceMs,
    drainGrace: ({ context }) => context.drainGraceMs,
    sweepGrace: ({ context }) => context.sweepGraceMs,
  },
}).createMachine({
  id: 'process-agent',
  context: ({ input }) => ({ ...input, cause: 'exit', gone: false, exitCode: null, signal: null, startError: null }),
  output: ({ context: { cause, gone, exitCode, signal, startError } }) => ({ cause, gone, exitCode, signal, startError }),
  initial: 'starting',
  on: {
    'process.exited': { actions: 'recordExit' },
    'process.failed': { target: '.exited', actions: 'recordFailedStart' },
  },
  states: {
    starting: {
      entry: 'spawnProcess',
      on: {
        'process.spawned': 'running',
        'process.exited': { target: 'draining', actions: 'recordExit' },
        cancel: { target: 'terminating', actions: 'recordCancel' },
      },
    },
    running: {
      on: {
        'process.exited': { target: 'draining', actions: 'recordExit' },
        'output.overflowed': { target: 'terminating', actions: 'recordOverflow' },
        cancel: { target: 'terminating', actions: 'recordCancel' },
      },
    },
    draining: {
      on: {
        'output.closed': 'sweeping',
        'output.overflowed': { target: 'sweeping', actions: 'recordOverflow' },
        cancel: 'sweeping',
      },
      after: { drainGrace: 'sweeping' },
    },
    sweeping: {
      entry: 'killTree',
      invoke: { id: 'sweep', src: 'sweepSurvivors', onDone: 'exited', onError: 'exited' },
      on: { cancel: {} },
      after: { sweepGrace: 'exited' },
    },
    exited: { type: 'final', entry: 'releaseProcess' },
    terminating: {
      entry: 'terminateTree',
      on: {
        'output.closed': 'sweeping',
        cancel: 'killing',
      },
      after: { terminateGrace: 'killing' },
    },
    killing: {
      entry: 'killTree',
      always: { guard: 'isLeaderGone', target: 'sweeping' },
      on: {
        'process.exited': { target: 'sweeping', actions: 'recordExit' },
        cancel: 'sweeping',
      },
      after: { killGrace: 'sweeping' },
    },
  },
});
