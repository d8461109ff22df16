/**
 * The orchestrator of one workflow: the root of a run, or a workflow nested in a step.
 *
 * It opens the root group, and when that is joined decides what comes after: outputs, failure handlers, the end. It holds the run while
 * a person has paused it. It never looks at single steps; that is the group's business.
 *
 * In:  done of the root group or of the failure handlers (its settlement), run.paused, run.resumed, cancel.
 * Out: its settlement with the outputs (as its output); `cancel` to the root group.
 *
 * Laws: 1. The workflow ends exactly once, after its root group.
 *       2. Failure handlers run only after a failure, never after success or cancel, and what they do cannot change the verdict.
 *       3. While paused no attempt is started; attempts in flight may end and are taken in.
 *       4. A workflow whose outputs cannot be rendered has failed, and says why.
 *       5. Every state answers `cancel`; cancelling the handlers leaves the failure as it is.
 * Failure: a failed root group fails the workflow with the group's first failure.
 * Waits without a deadline: `running` and the ending states are bounded by the group; `paused` and `pausedHandling` by the person who
 * paused it.
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
}

type GroupDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.GroupSettled };

export type WorkflowEvent = GroupDone | message.Cancel | { readonly type: 'run.paused' } | { readonly type: 'run.resumed' };

const failed = (error: ErrorData): message.GroupSettled => ({ outcome: 'failed', failedStep: null, error, thrown: true });

const cancelled = (reason: string): message.GroupSettled => ({
  outcome: 'cancelled',
  failedStep: null,
  error: { code: 'RUN_CANCELLED', message: reason, retryable: false },
  thrown: false,
});

export const workflowMachine = setup({
  types: {} as { context: WorkflowContext; events: WorkflowEvent; input: WorkflowInput; output: message.WorkflowSettled },
  guards: {
    groupCompleted: ({ event }) => 'output' in event && event.output.outcome === 'completed',
    groupCancelled: ({ event }) => 'output' in event && event.output.outcome === 'cancelled',
    handlersApply: ({ context, event }) =>
      'output' in event && (event.output.thrown ? context.handlers.onThrown : context.handlers.onReported),
    brokenHandlersApply: ({ context }) => context.handlers.onThrown,
    outputsRendered: ({ context }) => context.settled.outcome === 'completed',
  },
  actions: {
    openRoot: ({ context, system }) => portOf(system).openRoot(context.scope),
    openHandlers: ({ context, system }) => portOf(system).openHandlers(context.scope, context.settled),
    cancelRoot: ({ context, event, system }) =>
      portOf(system).cancelRoot(context.scope, event.type === 'cancel' ? event.reason : 'cancelled'),
    holdRun: ({ system }) => portOf(system).hold(),
    releaseRun: ({ system }) => portOf(system).release(),
    keepVerdict: assign(({ event }) => ('output' in event ? { settled: event.output } : {})),
    keepCancel: assign(({ event }) => ({ settled: cancelled(event.type === 'cancel' ? event.reason : 'cancelled') })),
    renderOutputs: assign(({ context, system }) => {
      const { outputs, error } = portOf(system).conclude(context.scope);
      return { outputs, settled: error === null ? context.settled : failed(error) };
    }),
  },
}).createMachine({
  id: 'workflow',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input, outputs: null, settled: { outcome: 'completed', failedStep: null, error: null, thrown: false } }),
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
          { guard: 'groupCancelled', target: 'cancelled', actions: 'keepVerdict' },
          { guard: 'handlersApply', target: 'handlingFailure', actions: ['keepVerdict', 'openHandlers'] },
          { target: 'failed', actions: 'keepVerdict' },
        ],
        'run.paused': { target: 'paused', actions: 'holdRun' },
        cancel: { target: 'cancelling', actions: ['keepCancel', 'cancelRoot'] },
      },
    },
    concluding: {
      entry: 'renderOutputs',
      always: [
        { guard: 'outputsRendered', target: 'completed' },
        { guard: 'brokenHandlersApply', target: 'handlingFailure', actions: 'openHandlers' },
        { target: 'failed' },
      ],
      on: { cancel: {} },
    },
    completed: { type: 'final' },
    paused: {
      on: {
        'run.resumed': { target: 'running', actions: 'releaseRun' },
        'xstate.done.actor.*': [
          { guard: 'groupCompleted', target: 'concluding', actions: 'keepVerdict' },
          { guard: 'groupCancelled', target: 'cancelled', actions: 'keepVerdict' },
          { guard: 'handlersApply', target: 'pausedHandling', actions: ['keepVerdict', 'openHandlers'] },
          { target: 'failed', actions: 'keepVerdict' },
        ],
        cancel: { target: 'cancelling', actions: ['keepCancel', 'cancelRoot', 'releaseRun'] },
      },
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
        'xstate.done.actor.*': { target: 'cancelled' },
        cancel: {},
      },
    },
    cancelled: { type: 'final' },
  },
});
