/**
 * The orchestrator of one workflow: the root of a run, or a workflow nested in a step.
 *
 * It opens the root group, and when that is joined decides what comes after: outputs, the undoing of what was done, failure handlers, the
 * end. It holds the run while a person has paused it. It never looks at single steps; that is the group's business.
 *
 * In:  done of the root group, of the saga or of the failure handlers (its settlement), run.paused, run.resumed, cancel.
 * Out: its settlement with the outputs (as its output); `cancel` to the root group.
 *
 * Laws: 1. The workflow ends exactly once, after its root group.
 *       2. Failure handlers run only after a failure, never after success or cancel, and what they do cannot change the verdict. What has
 *          to be undone is undone before.
 *       3. While paused no attempt is started; attempts in flight may end and are taken in.
 *       4. A workflow whose outputs cannot be rendered has failed, and says why.
 *       5. Every state answers `cancel`; cancelling the undoing or the handlers leaves the failure as it is, and what was begun to be undone
 *          is undone to the end.
 * Failure: a failed root group fails the workflow with the group's first failure; what could not be undone is said with it.
 * Waits without a deadline: `running` and the ending states are bounded by the group, `compensating` and `undoing` by the saga; the paused
 * states by the person who paused it.
 */
import { assign, setup } from 'xstate';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

/** Which failures this workflow has handlers for. */
export interface HandlerRule {
  /** A member that broke (threw, timed out). */
  readonly onThrown: boolean;
  /** A member that reported failure. */
  readonly onReported: boolean;
}

export interface WorkflowInput {
  /** The scope it runs in: '' for the run, the path of its step and a slash when nested. */
  readonly scope: string;
  readonly handlers: HandlerRule;
}

export interface WorkflowContext extends WorkflowInput {
  readonly settled: message.GroupSettled;
  readonly outputs: Json;
  /** What it did is to be undone, by itself. */
  readonly undoes: boolean;
}

type GroupDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.GroupSettled | message.SagaSettled };

export type WorkflowEvent = GroupDone | message.Cancel | { readonly type: 'run.paused' } | { readonly type: 'run.resumed' };

const NOTHING_YET: message.GroupSettled = { outcome: 'completed', failedStep: null, error: null, thrown: false };

const failed = (error: ErrorData): message.GroupSettled => ({ outcome: 'failed', failedStep: null, error, thrown: true });

const causeOf = ({ settled }: WorkflowContext) => (settled.outcome === 'cancelled' ? 'cancel' : 'failure');

/** An error that says, too, what could not be undone. */
function withNotUndone(error: ErrorData | null, notUndone: readonly message.NotUndone[]): ErrorData | null {
  if (error === null || notUndone.length === 0) return error;
  const left = notUndone.map(({ step, error: { code, message: why } }) => ({ step, code, message: why }));
  return { ...error, details: { ...error.details, not_undone: left } };
}

const cancelled = (reason: string): message.GroupSettled => ({
  outcome: 'cancelled',
  failedStep: null,
  error: { code: 'RUN_CANCELLED', message: reason, retryable: false },
  thrown: false,
});

export const workflowMachine = setup({
  types: {} as { context: WorkflowContext; events: WorkflowEvent; input: WorkflowInput; output: message.WorkflowSettled },
  guards: {
    groupCompleted: ({ event }) => 'output' in event && 'outcome' in event.output && event.output.outcome === 'completed',
    isCancelled: ({ context }) => context.settled.outcome === 'cancelled',
    isToBeUndone: ({ context }) => context.undoes,
    undoesCancelled: ({ context }) => context.undoes && context.settled.outcome === 'cancelled',
    handlersApply: ({ context }) => (context.settled.thrown ? context.handlers.onThrown : context.handlers.onReported),
    outputsRendered: ({ context }) => context.settled.outcome === 'completed',
  },
  actions: {
    openRoot: ({ context, system }) => portOf(system).openRoot(context.scope),
    openHandlers: ({ context, system }) => portOf(system).openHandlers(context.scope, context.settled),
    cancelRoot: ({ context, event, system }) =>
      portOf(system).cancelRoot(context.scope, event.type === 'cancel' ? event.reason : 'cancelled'),
    holdRun: ({ system }) => portOf(system).hold(),
    releaseRun: ({ system }) => portOf(system).release(),
    weighUndoing: assign(({ context, system }) => ({ undoes: portOf(system).hasToUndo(context.scope, causeOf(context)) })),
    openSaga: ({ context, system }) => portOf(system).openSaga(context.scope, causeOf(context)),
    keepSaga: assign(({ context: { settled }, event }) =>
      'output' in event && 'saga' in event.output
        ? { settled: { ...settled, error: withNotUndone(settled.error, event.output.notUndone) } }
        : {},
    ),
    keepVerdict: assign(({ event }) => ('output' in event && 'outcome' in event.output ? { settled: event.output } : {})),
    keepCancel: assign(({ event }) => ({ settled: cancelled(event.type === 'cancel' ? event.reason : 'cancelled') })),
    renderOutputs: assign(({ context, system }) => {
      const { outputs, error } = portOf(system).conclude(context.scope);
      return { outputs, settled: error === null ? context.settled : failed(error) };
    }),
  },
}).createMachine({
  id: 'workflow',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input, outputs: null, undoes: false, settled: NOTHING_YET }),
  output: ({ context }) => ({ ...context.settled, outputs: context.outputs }),
  initial: 'opening',
  states: {
    opening: {
      entry: 'openRoot',
      always: 'running',
      on: { cancel: { target: 'cancelling', actions: ['keepCancel', 'cancelRoot'] } },
    },
    running: {
      on: {
        'xstate.done.actor.*': [
          { guard: 'groupCompleted', target: 'concluding', actions: 'keepVerdict' },
          { target: 'weighing', actions: 'keepVerdict' },
        ],
        'run.paused': { target: 'paused', actions: 'holdRun' },
        cancel: { target: 'cancelling', actions: ['keepCancel', 'cancelRoot'] },
      },
    },
    concluding: {
      entry: 'renderOutputs',
      always: [{ guard: 'outputsRendered', target: 'completed' }, { target: 'weighing' }],
      on: { cancel: {} },
    },
    completed: { type: 'final' },
    paused: {
      on: {
        'run.resumed': { target: 'running', actions: 'releaseRun' },
        'xstate.done.actor.*': [
          { guard: 'groupCompleted', target: 'pausedConcluding', actions: 'keepVerdict' },
          { target: 'pausedWeighing', actions: 'keepVerdict' },
        ],
        cancel: { target: 'cancelling', actions: ['keepCancel', 'cancelRoot', 'releaseRun'] },
      },
    },
    pausedConcluding: {
      entry: 'renderOutputs',
      always: [{ guard: 'outputsRendered', target: 'completed' }, { target: 'pausedWeighing' }],
      on: { cancel: {} },
    },
    weighing: {
      entry: 'weighUndoing',
      always: [
        { guard: 'undoesCancelled', target: 'undoing', actions: 'openSaga' },
        { guard: 'isToBeUndone', target: 'compensating', actions: 'openSaga' },
        { guard: 'isCancelled', target: 'cancelled' },
        { guard: 'handlersApply', target: 'handlingFailure', actions: 'openHandlers' },
        { target: 'failed' },
      ],
      on: { cancel: {} },
    },
    pausedWeighing: {
      entry: 'weighUndoing',
      always: [
        { guard: 'undoesCancelled', target: 'pausedUndoing', actions: 'openSaga' },
        { guard: 'isToBeUndone', target: 'pausedCompensating', actions: 'openSaga' },
        { guard: 'isCancelled', target: 'cancelled' },
        { guard: 'handlersApply', target: 'pausedHandling', actions: 'openHandlers' },
        { target: 'failed' },
      ],
      on: { cancel: {} },
    },
    compensating: {
      on: {
        'xstate.done.actor.*': { target: 'compensated', actions: 'keepSaga' },
        'run.paused': { target: 'pausedCompensating', actions: 'holdRun' },
        cancel: 'undoing',
      },
    },
    pausedCompensating: {
      on: {
        'xstate.done.actor.*': { target: 'pausedCompensated', actions: 'keepSaga' },
        'run.resumed': { target: 'compensating', actions: 'releaseRun' },
        cancel: { target: 'undoing', actions: 'releaseRun' },
      },
    },
    compensated: {
      always: [{ guard: 'handlersApply', target: 'handlingFailure', actions: 'openHandlers' }, { target: 'failed' }],
      on: { cancel: {} },
    },
    pausedCompensated: {
      always: [{ guard: 'handlersApply', target: 'pausedHandling', actions: 'openHandlers' }, { target: 'failed' }],
      on: { cancel: {} },
    },
    handlingFailure: {
      on: {
        'xstate.done.actor.*': { target: 'failed' },
        'run.paused': { target: 'pausedHandling', actions: 'holdRun' },
        cancel: { actions: 'cancelRoot' },
      },
    },
    pausedHandling: {
      on: {
        'xstate.done.actor.*': { target: 'failed' },
        'run.resumed': { target: 'handlingFailure', actions: 'releaseRun' },
        cancel: { actions: 'cancelRoot' },
      },
    },
    failed: { type: 'final' },
    cancelling: {
      on: {
        'xstate.done.actor.*': { target: 'weighing' },
        cancel: {},
      },
    },
    undoing: {
      on: {
        'xstate.done.actor.*': [
          { guard: 'isCancelled', target: 'cancelled', actions: 'keepSaga' },
          { target: 'failed', actions: 'keepSaga' },
        ],
        'run.paused': { target: 'pausedUndoing', actions: 'holdRun' },
        cancel: {},
      },
    },
    pausedUndoing: {
      on: {
        'xstate.done.actor.*': [
          { guard: 'isCancelled', target: 'cancelled', actions: 'keepSaga' },
          { target: 'failed', actions: 'keepSaga' },
        ],
        'run.resumed': { target: 'undoing', actions: 'releaseRun' },
        cancel: { target: 'undoing', actions: 'releaseRun' },
      },
    },
    cancelled: { type: 'final' },
  },
});
