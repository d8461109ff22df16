/**
 * One step of a run, from the moment its turn has come.
 *
 * The step governs its own attempts: it asks for one, waits for its end under a deadline, backs off and asks again while its budget
 * lasts, and reports exactly one settlement to its group. Whether it runs at all was decided when it was launched (`entry`); the
 * statechart starts from that decision. It never talks to an agent: it puts effects out and takes facts in.
 *
 * In:  task.completed, task.failed, task.queued, task.started (from the house), slot.granted, signal.received, cancel,
 *      deadline.passed (its own timer), done of the group or workflow that it stands for; recovery.attempt, recovery.makeshift,
 *      recovery.exhausted (from its recovery, by way of the run).
 * Out: task.start, task.cancel (effects), its settlement (as its output).
 *
 * Laws: 1. Only the current attempt is listened to: a late result is never applied.
 *       2. Attempts never exceed retries + 1, and one more for each that its recovery allows.
 *       3. While the house has the task queued no deadline runs; it begins anew when the task does, and is extended by nothing else.
 *       4. Every state answers `cancel`; after it nothing is applied any more.
 *       5. Room (a slot) is held only while an attempt is in flight.
 *       6. What ended in an earlier life of the run, before a retry or a fork, is kept as it ended: nobody is asked again.
 * A deadline is disarmed only where the step lives on: a timer of an actor that is done is dropped with it.
 * Failure: an attempt that failed, broke or ran out of time is tried again or fails the step, unless the step can be recovered: then its
 * recovery (machines/recovery.ts) says what next. What a failure means in the end is for the group to decide.
 * A task that people oversee begins only with their leave (`overseen`), which is asked for once, before its first attempt. Where the run
 * has a budget, each attempt begins only on a share of it (`claiming`).
 * Waits without a deadline: `awaitingSlot` and `queued` (bounded by the deadlines of those who hold the room), `coordinating`
 * (bounded by its members), `recovering` (bounded by the recovery), `awaitingSignal` without a timeout (a person decided so).
 */
import { assign, cancel, raise, setup } from 'xstate';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';
import {
  type BodyDone,
  currentTimeout,
  failureOf,
  isCurrent,
  type StepContext,
  type StepEvent,
  type StepInput,
  timeoutError,
  wouldRetry,
} from './step-terms.ts';

export type { KeptEnd, StepContext, StepEntry, StepEvent, StepInput } from './step-terms.ts';

export const stepMachine = setup({
  types: {} as { context: StepContext; events: StepEvent; input: StepInput; output: message.StepSettled },
  guards: {
    isToBeSkipped: ({ context }) => context.plan.entry === 'skip',
    isRefused: ({ context }) => context.plan.entry === 'refuse',
    isRefusedAndRecovers: ({ context }) => context.plan.entry === 'refuse' && context.plan.recovers === true,
    hasEndedBefore: ({ context }) => context.plan.entry === 'kept',
    settlesAtOnce: ({ context }) => context.plan.entry === 'assign',
    hasDeadline: ({ context }) => context.plan.timeoutMs !== null,
    isOverseen: ({ context }) => context.plan.entry === 'oversee',
    isToClaim: ({ context }) => context.plan.entry === 'claim',
    claims: ({ context }) => context.plan.claims === true,
    bodyCompletedAndClaims: ({ context, event }) => context.plan.claims === true && (event as BodyDone).output.outcome === 'completed',
    coordinates: ({ context }) => context.plan.entry === 'coordinate',
    awaitsSignal: ({ context }) => context.plan.entry === 'await',
    awaitsSignalUntil: ({ context }) => context.plan.entry === 'await' && context.plan.timeoutMs !== null,
    isCurrentAttempt: ({ context, event }) => isCurrent(context, event),
    isCurrentWithDeadline: ({ context, event }) => isCurrent(context, event) && context.plan.timeoutMs !== null,
    isCurrentAndRetries: ({ context, event }) =>
      event.type === 'task.failed' && isCurrent(context, event) && wouldRetry(context, event.error),
    isCurrentAndRecovers: ({ context, event }) => isCurrent(context, event) && context.plan.recovers === true,
    recovers: ({ context }) => context.plan.recovers === true,
    attemptsRemain: ({ context }) => wouldRetry(context, timeoutError(context)),
    bodyCompleted: ({ event }) => 'output' in event && (event as BodyDone).output.outcome === 'completed',
    bodySkipped: ({ event }) => 'output' in event && (event as BodyDone).output.outcome === 'skipped',
    bodyCancelled: ({ event }) => 'output' in event && (event as BodyDone).output.outcome === 'cancelled',
  },
  actions: {
    beginAttempt: assign(({ context }) => ({ attempt: context.attempt + 1 })),
    requestAttempt: ({ context, system }) => portOf(system).requestAttempt(context.plan.path, context.attempt, currentTimeout(context)),
    withdrawAttempt: ({ context, event, system }) =>
      portOf(system).withdrawAttempt(context.plan.path, context.attempt, event.type === 'cancel' ? event.reason : 'timed out'),
    armDeadline: raise({ type: 'deadline.passed' }, { id: 'deadline', delay: 'attemptDeadline' }),
    disarmDeadline: cancel('deadline'),
    keepResult: assign(({ event }) =>
      event.type === 'task.completed'
        ? { outcome: 'completed' as const, output: event.output, variables: event.variables, writes: event.writes ?? null, error: null }
        : {},
    ),
    recordFailure: assign(({ context, event }) => (event.type === 'task.failed' ? failureOf(context, event.error, event.thrown) : {})),
    recordTimeout: assign(({ context }) => failureOf(context, timeoutError(context), true)),
    recordCancel: assign(({ event }) => ({ outcome: 'cancelled' as const, reason: event.type === 'cancel' ? event.reason : null })),
    recordAssigned: assign(({ context }) => ({ outcome: 'completed' as const, output: context.plan.variables })),
    recordSkip: assign({ outcome: 'skipped' }),
    recordEarlierEnd: assign(({ context }) => ({ ...context.plan.kept })),
    recordRefusal: assign({ outcome: 'failed', thrown: true }),
    keepSignal: assign(({ event }) => (event.type === 'signal.received' ? { outcome: 'completed' as const, output: event.payload } : {})),
    keepBody: assign(({ event }) => {
      const { outcome, outputs, error, thrown } = (event as BodyDone).output;
      return { outcome, output: outputs, error, thrown };
    }),
    recover: ({ context: { plan, error, thrown }, system }) => portOf(system).recover(plan.path, error, thrown),
    keepMakeshift: assign(({ event }) => {
      if (event.type !== 'recovery.makeshift') return {};
      const { output, variables, writes, reason, makeshift } = event;
      return { outcome: 'completed' as const, output, variables, writes, error: null, reason, makeshift };
    }),
    requestSlot: ({ context, system }) => portOf(system).requestSlot(context.plan.path),
    yieldSlot: ({ context, system }) => portOf(system).yieldSlot(context.plan.path, context),
    listen: ({ context, system }) => portOf(system).listen(context.plan.path),
    openBody: ({ context, system }) => portOf(system).openBody(context.plan.path),
    cancelBody: ({ context, event, system }) =>
      portOf(system).cancelBody(context.plan.path, event.type === 'cancel' ? event.reason : 'cancelled'),
  },
  delays: {
    retryBackoff: ({ context }) => context.waitMs,
    attemptDeadline: ({ context }) => currentTimeout(context) ?? 0,
  },
}).createMachine({
  id: 'step',
  options: { maxIterations: 100 },
  context: ({ input }) => ({
    plan: input,
    attempt: (input.attemptsBefore ?? 0) + (input.entry === 'attempt' ? 1 : 0),
    waitMs: 0,
    outcome: 'failed',
    output: null,
    variables: input.variables,
    writes: null,
    error: input.error,
    thrown: false,
    reason: input.reason,
  }),
  output: ({ context: { plan, outcome, output, variables, writes, error, thrown, attempt, reason, makeshift } }) => ({
    path: plan.path,
    outcome,
    output,
    variables,
    writes,
    error,
    thrown,
    attempts: attempt,
    reason,
    ...(makeshift === undefined ? {} : { makeshift }),
  }),
  initial: 'deciding',
  states: {
    deciding: {
      always: [
        { guard: 'isToBeSkipped', target: 'skipped', actions: 'recordSkip' },
        { guard: 'isRefusedAndRecovers', target: 'recovering', actions: 'recordRefusal' },
        { guard: 'isRefused', target: 'failed', actions: 'recordRefusal' },
        { guard: 'hasEndedBefore', target: 'kept', actions: 'recordEarlierEnd' },
        { guard: 'settlesAtOnce', target: 'completed', actions: 'recordAssigned' },
        { guard: 'coordinates', target: 'coordinating' },
        { guard: 'isOverseen', target: 'overseen' },
        { guard: 'isToClaim', target: 'claiming' },
        { guard: 'awaitsSignalUntil', target: 'awaitingSignal', actions: 'armDeadline' },
        { guard: 'awaitsSignal', target: 'awaitingSignal' },
        { guard: 'hasDeadline', target: 'attempting', actions: ['requestAttempt', 'armDeadline'] },
        { target: 'attempting', actions: 'requestAttempt' },
      ],
    },
    attempting: {
      on: {
        'task.completed': { guard: 'isCurrentAttempt', target: 'completed', actions: 'keepResult' },
        'task.failed': [
          { guard: 'isCurrentAndRetries', target: 'backingOff', actions: ['recordFailure', 'disarmDeadline'] },
          { guard: 'isCurrentAndRecovers', target: 'recovering', actions: ['recordFailure', 'disarmDeadline'] },
          { guard: 'isCurrentAttempt', target: 'failed', actions: 'recordFailure' },
        ],
        'task.queued': { guard: 'isCurrentAttempt', target: 'queued', actions: 'disarmDeadline' },
        'deadline.passed': [
          { guard: 'attemptsRemain', target: 'backingOff', actions: ['recordTimeout', 'withdrawAttempt'] },
          { guard: 'recovers', target: 'recovering', actions: ['recordTimeout', 'withdrawAttempt'] },
          { target: 'failed', actions: ['recordTimeout', 'withdrawAttempt'] },
        ],
        cancel: { target: 'cancelled', actions: ['recordCancel', 'withdrawAttempt'] },
      },
    },
    queued: {
      on: {
        'task.started': [
          { guard: 'isCurrentWithDeadline', target: 'attempting', actions: 'armDeadline' },
          { guard: 'isCurrentAttempt', target: 'attempting' },
        ],
        'task.completed': { guard: 'isCurrentAttempt', target: 'completed', actions: 'keepResult' },
        'task.failed': [
          { guard: 'isCurrentAndRetries', target: 'backingOff', actions: 'recordFailure' },
          { guard: 'isCurrentAndRecovers', target: 'recovering', actions: 'recordFailure' },
          { guard: 'isCurrentAttempt', target: 'failed', actions: 'recordFailure' },
        ],
        cancel: { target: 'cancelled', actions: ['recordCancel', 'withdrawAttempt'] },
      },
    },
    backingOff: {
      entry: 'yieldSlot',
      after: { retryBackoff: [{ guard: 'claims', target: 'claiming' }, { target: 'awaitingSlot' }] },
      on: { cancel: { target: 'cancelled', actions: 'recordCancel' } },
    },
    awaitingSlot: {
      entry: 'requestSlot',
      on: {
        'slot.granted': [
          { guard: 'hasDeadline', target: 'attempting', actions: ['beginAttempt', 'requestAttempt', 'armDeadline'] },
          { target: 'attempting', actions: ['beginAttempt', 'requestAttempt'] },
        ],
        cancel: { target: 'cancelled', actions: 'recordCancel' },
      },
    },
    coordinating: {
      entry: 'openBody',
      on: {
        'xstate.done.actor.*': [
          { guard: 'bodyCompleted', target: 'completed', actions: 'keepBody' },
          { guard: 'bodyCancelled', target: 'cancelled', actions: 'keepBody' },
          { guard: 'bodySkipped', target: 'skipped', actions: 'keepBody' },
          { guard: 'recovers', target: 'recovering', actions: 'keepBody' },
          { target: 'failed', actions: 'keepBody' },
        ],
        cancel: { target: 'cancelling', actions: ['recordCancel', 'cancelBody'] },
      },
    },
    overseen: {
      entry: 'openBody',
      on: {
        'xstate.done.actor.*': [
          { guard: 'bodyCompletedAndClaims', target: 'claiming' },
          { guard: 'bodyCompleted', target: 'awaitingSlot' },
          { guard: 'bodyCancelled', target: 'cancelled', actions: 'keepBody' },
          { target: 'failed', actions: 'keepBody' },
        ],
        cancel: { target: 'cancelling', actions: ['recordCancel', 'cancelBody'] },
      },
    },
    claiming: {
      entry: 'openBody',
      on: {
        'xstate.done.actor.*': [
          { guard: 'bodyCompleted', target: 'awaitingSlot' },
          { guard: 'bodyCancelled', target: 'cancelled', actions: 'keepBody' },
          { target: 'failed', actions: 'keepBody' },
        ],
        cancel: { target: 'cancelling', actions: ['recordCancel', 'cancelBody'] },
      },
    },
    awaitingSignal: {
      entry: 'listen',
      on: {
        'signal.received': { target: 'completed', actions: 'keepSignal' },
        'deadline.passed': { target: 'failed', actions: 'recordTimeout' },
        cancel: { target: 'cancelled', actions: 'recordCancel' },
      },
    },
    recovering: {
      entry: 'recover',
      on: {
        'recovery.attempt': [{ guard: 'claims', target: 'claiming' }, { target: 'awaitingSlot' }],
        'recovery.makeshift': { target: 'completed', actions: 'keepMakeshift' },
        'recovery.exhausted': { target: 'failed' },
        cancel: { target: 'cancelled', actions: 'recordCancel' },
      },
    },
    completed: { type: 'final' },
    skipped: { type: 'final' },
    kept: { type: 'final' },
    failed: { type: 'final' },
    cancelling: {
      on: {
        'xstate.done.actor.*': { target: 'cancelled' },
        cancel: {},
      },
    },
    cancelled: { type: 'final' },
  },
});
