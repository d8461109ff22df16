/**
 * A phase: a group with a gate. The statechart is the body of its step and stands around the group.
 *
 * It governs when the members run, when the gate is examined, and what follows from what was found: the phase has passed, its members run
 * again, the work goes back to an earlier phase, or the phase has failed. It never counts members (their group does), never judges the gate
 * itself (policy/gate.ts does, behind the port), and never runs another phase: it asks for the work to be sent back, and is called back
 * with all that comes after that phase, or refused.
 *
 * In:  done of the group of its members; gate.answered (whoever was asked about it has ended); feedback.refused; cancel.
 * Out: openMembers, askGate, sendBack, runAgain, closeRound through the port; its settlement (as its output).
 *
 * Laws: 1. The gate is examined only when no member is live.
 *       2. A phase whose gate does not hold has not passed, unless it says that it continues anyhow.
 *       3. Members run again at most as often as the gate says.
 *       4. Its persona is asked before its person, each once a round. Where people have said how to go on, that is done.
 *       5. Work that was refused once is not sent back again in the same life of the phase.
 *       6. A phase none of whose members has run is skipped.
 *       7. Every state answers `cancel`.
 * Failure: that of the gate, of the members where there is no gate, or the refusal of the feedback loop, which names the end of its patience.
 * Waits without a deadline: `running` and `judging` are bounded by their members, `sendingBack` by those who are called back.
 */
import { assign, setup } from 'xstate';
import type { GateFailurePolicy } from '../definition/phase-settings.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type * as message from '../protocol/messages.ts';
import { type GateJudgement, portOf } from './run-port.ts';

/** What a phase starts from. */
export interface PhaseInput {
  readonly path: string;
  readonly onFailure: GateFailurePolicy;
  /** How often its members may run again. */
  readonly max: number;
  /** How often they have, where the run has gone back. Default 0. */
  readonly reruns?: number;
}

/** A phase under way. */
export interface PhaseContext extends PhaseInput {
  /** How often its members have run again. */
  readonly reruns: number;
  readonly members: message.GroupSettled | null;
  readonly judgement: GateJudgement;
  /** Why its work could not be sent back, where that was tried. */
  readonly refusal: ErrorData | null;
}

type BodyDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.GroupSettled };

/** What a phase is told. */
export type PhaseEvent = BodyDone | message.GateAnswered | message.FeedbackRefused | message.Cancel;

const UNJUDGED: GateJudgement = { finding: 'passed', sendsBack: false, error: null };

function settlement(context: PhaseContext, outcome: message.PhaseSettled['outcome']): message.PhaseSettled {
  const error = outcome === 'failed' ? (context.refusal ?? context.judgement.error) : null;
  return {
    outcome,
    outputs: null,
    failedStep: outcome === 'failed' ? (context.members?.failedStep ?? null) : null,
    error,
    thrown: outcome === 'failed' && context.members?.thrown === true,
  };
}

const runsAgain = ({ onFailure, reruns, max }: PhaseContext) => (onFailure === 'retry' || onFailure === 'rework') && reruns < max;

/** The statechart of a phase. */
export const phaseMachine = setup({
  types: {} as { context: PhaseContext; events: PhaseEvent; input: PhaseInput; output: message.PhaseSettled },
  guards: {
    membersCancelled: ({ event }) => 'output' in event && event.output.outcome === 'cancelled',
    nothingHasRun: ({ context }) => context.judgement.finding === 'skipped',
    cannotBeJudged: ({ context }) => context.judgement.finding === 'broken',
    isToBeAsked: ({ context }) => context.judgement.finding === 'unasked',
    gateHolds: ({ context }) => context.judgement.finding === 'passed' && !context.judgement.sendsBack,
    sendsBack: ({ context }) => context.judgement.sendsBack && context.refusal === null,
    runsAgain: ({ context }) => runsAgain(context),
    isWaived: ({ event }) => event.type === 'feedback.refused' && event.decided === 'go_on',
    isGivenUp: ({ event }) => event.type === 'feedback.refused' && event.decided === 'fail',
    continues: ({ context }) => context.onFailure === 'continue',
  },
  actions: {
    openMembers: ({ context, system }) => portOf(system).openMembers(context.path),
    keepMembers: assign(({ event }) => ('output' in event ? { members: event.output } : {})),
    examineGate: assign(({ context, system }) => ({ judgement: portOf(system).examineGate(context.path, context.members) })),
    askGate: ({ context, system }) => portOf(system).askGate(context.path),
    hearVerdict: assign(({ context, system }) => ({ judgement: portOf(system).hearVerdict(context.path, context.members) })),
    sendBack: ({ context, system }) => portOf(system).sendBack(context.path),
    keepRefusal: assign(({ event }) => (event.type === 'feedback.refused' ? { refusal: event.error } : {})),
    runAgain: ({ context, system }) => portOf(system).runAgain(context.path, context.onFailure === 'rework'),
    countRerun: assign(({ context }) => ({ reruns: context.reruns + 1 })),
    cancelMembers: ({ context, event, system }) =>
      portOf(system).cancelBody(context.path, event.type === 'cancel' ? event.reason : 'cancelled'),
    closePassed: ({ context, system }) => portOf(system).closeRound(context.path, 'passed'),
    closeContinued: ({ context, system }) => portOf(system).closeRound(context.path, 'continued'),
    closeReworked: ({ context, system }) => portOf(system).closeRound(context.path, 'reworked'),
    closeFailed: ({ context, system }) => portOf(system).closeRound(context.path, 'failed'),
    closeSkipped: ({ context, system }) => portOf(system).closeRound(context.path, 'skipped'),
    closeCancelled: ({ context, system }) => portOf(system).closeRound(context.path, 'cancelled'),
  },
}).createMachine({
  id: 'phase',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input, reruns: input.reruns ?? 0, members: null, judgement: UNJUDGED, refusal: null }),
  output: ({ event }) => event.output as message.PhaseSettled,
  initial: 'entering',
  states: {
    entering: {
      entry: 'openMembers',
      always: { target: 'running' },
    },
    running: {
      on: {
        'xstate.done.actor.*': [
          { guard: 'membersCancelled', target: 'cancelled', actions: 'keepMembers' },
          { target: 'gating', actions: 'keepMembers' },
        ],
        cancel: { target: 'cancelling', actions: 'cancelMembers' },
      },
    },
    gating: {
      entry: 'examineGate',
      always: [
        { guard: 'nothingHasRun', target: 'skipped' },
        { guard: 'cannotBeJudged', target: 'failed' },
        { guard: 'isToBeAsked', target: 'judging' },
        { guard: 'gateHolds', target: 'passed' },
        { target: 'deciding' },
      ],
    },
    judging: {
      entry: 'askGate',
      on: {
        'gate.answered': { target: 'hearing' },
        cancel: { target: 'cancelling', actions: 'cancelMembers' },
      },
    },
    hearing: {
      entry: 'hearVerdict',
      always: [
        { guard: 'cannotBeJudged', target: 'failed' },
        { guard: 'isToBeAsked', target: 'judging' },
        { guard: 'gateHolds', target: 'passed' },
        { target: 'deciding' },
      ],
    },
    deciding: {
      always: [
        { guard: 'sendsBack', target: 'sendingBack' },
        { guard: 'runsAgain', target: 'reworking', actions: 'closeReworked' },
        { guard: 'continues', target: 'passedOver' },
        { target: 'failed' },
      ],
    },
    sendingBack: {
      entry: 'sendBack',
      on: {
        'feedback.refused': [
          { guard: 'isWaived', target: 'passedOver', actions: 'keepRefusal' },
          { guard: 'isGivenUp', target: 'failed', actions: 'keepRefusal' },
          { target: 'deciding', actions: 'keepRefusal' },
        ],
        cancel: { target: 'cancelled' },
      },
    },
    reworking: {
      entry: ['countRerun', 'runAgain'],
      always: { target: 'running' },
    },
    passed: { type: 'final', entry: 'closePassed', output: ({ context }) => settlement(context, 'completed') },
    passedOver: { type: 'final', entry: 'closeContinued', output: ({ context }) => settlement(context, 'completed') },
    skipped: { type: 'final', entry: 'closeSkipped', output: ({ context }) => settlement(context, 'skipped') },
    failed: { type: 'final', entry: 'closeFailed', output: ({ context }) => settlement(context, 'failed') },
    cancelling: {
      on: {
        'xstate.done.actor.*': { target: 'cancelled' },
        cancel: {},
      },
    },
    cancelled: { type: 'final', entry: 'closeCancelled', output: ({ context }) => settlement(context, 'cancelled') },
  },
});
