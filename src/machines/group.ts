/**
 * A group: steps coordinated together, whatever their shape (a graph, a sequence, a parallel block, a branch, failure handlers).
 *
 * The group governs who is launched and when it is joined. It never runs a step itself: it asks the run to launch those members that
 * are ready and have room, counts what comes back, and reports one settlement. The bookkeeping of the graph (who waits for whom) is
 * data of the run; the statechart holds the count and the rule by which the count is judged.
 *
 * In:  done of a member (its settlement), slot.granted (room for a waiting member), cancel.
 * Out: its settlement (as its output); `cancel` to its members.
 *
 * Laws: 1. A member is launched only when everything it depends on is settled.
 *       2. Every member is counted exactly once, launched or not.
 *       3. Once decided (first success of an `any` join, a failure under `stop`), nothing more is launched and the rest is ended.
 *       4. The group is joined only when no member is live: nothing outlives its group.
 *       5. Every state answers `cancel`.
 * Failure: a failed member fails the group unless the rule is best effort; the first failure is kept as the reason.
 * Waits without a deadline: `collecting` and the ending states are bounded by their members.
 */
import { assign, setup } from 'xstate';
import { emptyTally, type GroupTally, groupVerdict, isDecided, type JoinRule, tally } from '../policy/group-tally.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

export interface GroupInput {
  readonly path: string;
  readonly members: number;
  readonly rule: JoinRule;
}

export interface GroupContext {
  readonly path: string;
  readonly rule: JoinRule;
  readonly tally: GroupTally;
}

type MemberDone = { readonly type: `xstate.done.actor.${string}`; readonly output: message.StepSettled };

export type GroupEvent = MemberDone | message.SlotGranted | message.Cancel;

const CANCELLED: message.GroupSettled = { outcome: 'cancelled', failedStep: null, error: null, thrown: false };

const dismissal = (context: GroupContext) =>
  context.rule.waitFor === 'any'
    ? 'another member was first'
    : `${context.tally.failedStep ?? 'a member'} failed and the workflow stops on failure`;

export const groupMachine = setup({
  types: {} as { context: GroupContext; events: GroupEvent; input: GroupInput; output: message.GroupSettled },
  guards: {
    isDecided: ({ context }) => isDecided(context.rule, context.tally),
    everyMemberSettled: ({ context }) => context.tally.remaining === 0,
  },
  actions: {
    launchReady: ({ context, system }) => {
      if (!isDecided(context.rule, context.tally)) portOf(system).launchReady(context.path);
    },
    settleMember: assign(({ context, event, system }) =>
      'output' in event ? { tally: tally(context.tally, portOf(system).arrived(context.path, event.output)) } : {},
    ),
    dismissMembers: assign(({ context, system }) => ({
      tally: tally(context.tally, portOf(system).endMembers(context.path, 'skipped', dismissal(context))),
    })),
    cancelMembers: assign(({ context, event, system }) => ({
      tally: tally(
        context.tally,
        portOf(system).endMembers(context.path, 'cancelled', event.type === 'cancel' ? event.reason : 'cancelled'),
      ),
    })),
  },
}).createMachine({
  id: 'group',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ path: input.path, rule: input.rule, tally: emptyTally(input.members) }),
  output: ({ event }) => event.output as message.GroupSettled,
  initial: 'collecting',
  states: {
    collecting: {
      entry: 'launchReady',
      always: [
        { guard: 'everyMemberSettled', target: 'joined' },
        { guard: 'isDecided', target: 'dismissing', actions: 'dismissMembers' },
      ],
      on: {
        'xstate.done.actor.*': { actions: ['settleMember', 'launchReady'] },
        'slot.granted': { actions: 'launchReady' },
        cancel: { target: 'cancelling', actions: 'cancelMembers' },
      },
    },
    joined: { type: 'final', output: ({ context }) => groupVerdict(context.rule, context.tally) },
    dismissing: {
      always: { guard: 'everyMemberSettled', target: 'joined' },
      on: {
        'xstate.done.actor.*': { actions: 'settleMember' },
        'slot.granted': {},
        cancel: { target: 'cancelling' },
      },
    },
    cancelling: {
      always: { guard: 'everyMemberSettled', target: 'cancelled' },
      on: {
        'xstate.done.actor.*': { actions: 'settleMember' },
        'slot.granted': {},
        cancel: {},
      },
    },
    cancelled: { type: 'final', output: CANCELLED },
  },
});
