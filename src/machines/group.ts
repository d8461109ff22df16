/**
 * The coordinator of a group: steps coordinated together, whatever their shape (a graph, a sequence, a parallel block, a branch, the items
 * of a map, voters, failure handlers).
 *
 * The group governs who is launched, when it is joined, and what becomes of members that fail or disagree. It never runs a step itself: it
 * asks the run to launch those members that are ready and have room, counts what comes back, and reports one settlement. The bookkeeping
 * of the graph (who waits for whom) and of the shared context (who wrote what) is data of the run; the statechart holds the count and the
 * rule by which the count is judged.
 *
 * In:  done of a member, of a conflict, of the compensation; slot.granted (room for a waiting member), deadline.passed (its own timer);
 *      members.rerun, members.restart (from a conflict that is being settled); cancel.
 * Out: its settlement (as its output); `cancel` to its members.
 *
 * Laws: 1. A member is launched only when everything it depends on is settled.
 *       2. Every member is counted exactly once, launched or not; one that runs again is counted again, and only its last end counts.
 *       3. Once decided (enough members have completed, a failure ends it at once, the deadline has passed), nothing more is launched and
 *          the rest is ended.
 *       4. The group is joined only when no member is live: nothing outlives its group.
 *       5. What members have written side by side reaches the outside at the join, all of it or nothing.
 *       6. It falls back to a sequence at most once: what its members left is taken back, and they run again one after the other.
 *       7. Every state answers `cancel`.
 * Failure: as its rule says: the rest goes on, is ended, is compensated, or everything runs again in sequence; the first failure is kept.
 * Waits without a deadline: `collecting`, `synchronising` and the ending states are bounded by their members, `merging` by its conflict.
 */
import { assign, cancel, raise, setup } from 'xstate';
import { emptyTally, type GroupTally, groupVerdict, isDecided, type JoinRule, reopened, tally } from '../policy/group-tally.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

export interface GroupInput {
  readonly path: string;
  readonly members: number;
  readonly rule: JoinRule;
  /** Whether members write side by side, so that their writes are merged at the join. */
  readonly merges?: boolean;
  /** Paths of the members that are sync points. */
  readonly syncPoints?: readonly string[];
  /** Members that have completed before, and do not run again; and those that are skipped because of them. */
  readonly kept?: number;
  readonly leftOut?: number;
}

export interface GroupContext {
  readonly path: string;
  readonly rule: JoinRule;
  readonly tally: GroupTally;
  readonly merges: boolean;
  readonly syncPoints: readonly string[];
  /** Sync points that have not ended. */
  readonly openSyncPoints: number;
  /** Its members have run again one after the other. */
  readonly fellBack: boolean;
  /** They run so on behalf of a conflict, which waits for the result. */
  readonly mending: boolean;
  /** What nobody could settle: where, and why not. */
  readonly unresolved: { readonly contest: string; readonly error: ErrorData } | null;
}

type MemberDone = {
  readonly type: `xstate.done.actor.${string}`;
  readonly output: message.StepSettled | message.ConflictSettled | message.GroupSettled | message.FeedbackSettled;
};

export type GroupEvent =
  | MemberDone
  | message.SlotGranted
  | message.MembersRerun
  | message.MembersRestart
  | message.MembersReopened
  | message.Cancel
  | { readonly type: 'deadline.passed' };

const CANCELLED: message.GroupSettled = { outcome: 'cancelled', failedStep: null, error: null, thrown: false };
const NO_SYNC_POINTS: readonly string[] = [];

const isLost = (context: GroupContext) => verdictOf(context).outcome === 'failed';

function dismissal({ rule, tally: count }: GroupContext, event: GroupEvent): string {
  if (event.type === 'deadline.passed') return 'the deadline of its group has passed';
  if (count.stoppedBy !== null) return `${count.stoppedBy} failed, which ends its group`;
  if (groupVerdict(rule, count).outcome === 'failed') {
    const then = rule.policy === undefined ? 'the workflow stops on failure' : `its group ends on failure (${rule.policy})`;
    return `${count.failedStep ?? 'a member'} failed and ${then}`;
  }
  return rule.waitFor === 'any' ? 'another member was first' : 'enough members have completed';
}

/** How the conflict over all of what the members wrote has ended: it is named after the group; null for any other event. */
function mergeOutcome({ path }: GroupContext, event: GroupEvent): message.ConflictSettled['outcome'] | null {
  return 'output' in event && 'contest' in event.output && event.output.contest === path ? event.output.outcome : null;
}

/** Takes settled members into the count. */
function counted(context: GroupContext, settled: readonly message.StepSettled[]): Partial<GroupContext> {
  const after = tally(context.tally, settled);
  if (context.openSyncPoints === 0) return { tally: after };
  const ended = settled.filter(({ path }) => context.syncPoints.includes(path)).length;
  return { tally: after, openSyncPoints: context.openSyncPoints - ended };
}

function verdictOf({ rule, tally: count, unresolved }: GroupContext): message.GroupSettled {
  if (unresolved === null) return groupVerdict(rule, count);
  return { outcome: 'failed', failedStep: unresolved.contest, thrown: false, error: unresolved.error };
}

export const groupMachine = setup({
  types: {} as { context: GroupContext; events: GroupEvent; input: GroupInput; output: message.GroupSettled },
  guards: {
    hasDeadline: ({ context }) => context.rule.deadlineMs !== undefined,
    isDecided: ({ context }) => isDecided(context.rule, context.tally),
    everyMemberSettled: ({ context }) => context.tally.remaining === 0,
    onlySyncPointsRemain: ({ context }) => context.openSyncPoints > 0 && context.tally.remaining === context.openSyncPoints,
    isMending: ({ context }) => context.mending && !isLost(context),
    isMendingInVain: ({ context }) => context.mending,
    fallsBack: ({ context }) => context.rule.policy === 'fall_back_sequential' && !context.fellBack && isLost(context),
    compensates: ({ context }) => context.rule.policy === 'compensate' && isLost(context),
    hasWritesToMerge: ({ context }) => context.merges && !context.fellBack && !isLost(context),
    isConflict: ({ event }) => 'output' in event && 'contest' in event.output,
    isLoop: ({ event }) => 'output' in event && 'loop' in event.output,
    isResolvedMerge: ({ context, event }) => mergeOutcome(context, event) === 'resolved',
    isUnresolvedMerge: ({ context, event }) => mergeOutcome(context, event) === 'unresolved',
    isCancelledMerge: ({ context, event }) => mergeOutcome(context, event) === 'cancelled',
  },
  actions: {
    launchReady: ({ context, system }) => {
      if (!isDecided(context.rule, context.tally)) portOf(system).launchReady(context.path);
    },
    disarmDeadline: cancel('deadline'),
    armDeadline: raise({ type: 'deadline.passed' }, { id: 'deadline', delay: 'groupDeadline' }),
    settleMember: assign(({ context, event, system }) =>
      'output' in event && 'path' in event.output ? counted(context, portOf(system).arrived(context.path, event.output)) : {},
    ),
    settleContest: assign(({ context, event, system }) =>
      'output' in event && 'contest' in event.output ? counted(context, portOf(system).contested(context.path, event.output)) : {},
    ),
    dismissMembers: assign(({ context, event, system }) =>
      counted(context, portOf(system).endMembers(context.path, 'skipped', dismissal(context, event))),
    ),
    cancelMembers: assign(({ context, event, system }) =>
      counted(context, portOf(system).endMembers(context.path, 'cancelled', event.type === 'cancel' ? event.reason : 'cancelled')),
    ),
    openMerge: ({ context, system }) => portOf(system).openMerge(context.path),
    countAgain: assign(({ context, event }) => {
      if (event.type !== 'members.rerun') return {};
      const { remaining, completed } = context.tally;
      return { tally: { ...context.tally, remaining: remaining + event.count, completed: completed - event.count } };
    }),
    openAgain: assign(({ context, event }) =>
      event.type === 'members.reopened'
        ? {
            tally: reopened(context.tally, event),
            openSyncPoints: context.openSyncPoints + event.syncPoints,
            fellBack: context.fellBack || event.inSequence === true,
          }
        : {},
    ),
    closeMerge: assign(({ context, event, system }) => {
      if (!('output' in event && 'contest' in event.output)) return {};
      const { contest } = event.output;
      const error = portOf(system).merged(context.path, event.output);
      return { unresolved: error === null ? null : { contest, error } };
    }),
    startOver: assign(({ context, event, system }) => {
      portOf(system).startOver(context.path);
      return {
        tally: emptyTally(context.tally.members),
        openSyncPoints: context.syncPoints.length,
        unresolved: null,
        fellBack: true,
        mending: event.type === 'members.restart',
      };
    }),
    reportMending: assign(({ context, system }) => {
      portOf(system).mended(context.path, groupVerdict(context.rule, context.tally));
      return { mending: false };
    }),
    openCompensation: ({ context, system }) => portOf(system).openCompensation(context.path),
    cancelCompensation: ({ context, event, system }) =>
      portOf(system).cancelCompensation(context.path, event.type === 'cancel' ? event.reason : 'cancelled'),
  },
  delays: {
    groupDeadline: ({ context }) => context.rule.deadlineMs ?? 0,
  },
}).createMachine({
  id: 'group',
  options: { maxIterations: 100 },
  context: ({ input }) => ({
    path: input.path,
    rule: input.rule,
    tally: emptyTally(input.members, input.kept, input.leftOut),
    merges: input.merges === true,
    syncPoints: input.syncPoints ?? NO_SYNC_POINTS,
    openSyncPoints: input.syncPoints?.length ?? 0,
    fellBack: false,
    mending: false,
    unresolved: null,
  }),
  output: ({ event }) => event.output as message.GroupSettled,
  initial: 'launching',
  states: {
    launching: {
      entry: 'launchReady',
      always: [{ guard: 'hasDeadline', target: 'collecting', actions: 'armDeadline' }, { target: 'collecting' }],
      on: { cancel: { target: 'cancelling', actions: 'cancelMembers' } },
    },
    collecting: {
      always: [
        { guard: 'everyMemberSettled', target: 'closing' },
        { guard: 'isDecided', target: 'dismissing', actions: 'dismissMembers' },
        { guard: 'onlySyncPointsRemain', target: 'synchronising' },
      ],
      on: {
        'xstate.done.actor.*': [
          { guard: 'isConflict', actions: ['settleContest', 'launchReady'] },
          { actions: ['settleMember', 'launchReady'] },
        ],
        'slot.granted': { actions: 'launchReady' },
        'members.rerun': { actions: 'countAgain' },
        'members.reopened': { actions: ['openAgain', 'launchReady'] },
        'deadline.passed': { target: 'dismissing', actions: 'dismissMembers' },
        cancel: { target: 'cancelling', actions: 'cancelMembers' },
      },
    },
    synchronising: {
      always: [
        { guard: 'everyMemberSettled', target: 'closing' },
        { guard: 'isDecided', target: 'dismissing', actions: 'dismissMembers' },
      ],
      on: {
        'xstate.done.actor.*': [
          { guard: 'isConflict', actions: ['settleContest', 'launchReady'] },
          { actions: ['settleMember', 'launchReady'] },
        ],
        'slot.granted': { actions: 'launchReady' },
        'members.rerun': { target: 'collecting', actions: 'countAgain' },
        'members.reopened': { target: 'collecting', actions: ['openAgain', 'launchReady'] },
        'deadline.passed': { target: 'dismissing', actions: 'dismissMembers' },
        cancel: { target: 'cancelling', actions: 'cancelMembers' },
      },
    },
    closing: {
      always: [
        { guard: 'isMending', target: 'merging', actions: 'reportMending' },
        { guard: 'isMendingInVain', target: 'closing', actions: 'reportMending' },
        { guard: 'fallsBack', target: 'fallingBack', actions: 'startOver' },
        { guard: 'compensates', target: 'compensating' },
        { guard: 'hasWritesToMerge', target: 'merging', actions: 'openMerge' },
        { target: 'joined' },
      ],
      on: { cancel: {} },
    },
    merging: {
      on: {
        'xstate.done.actor.*': [
          { guard: 'isResolvedMerge', target: 'joined', actions: 'closeMerge' },
          { guard: 'isUnresolvedMerge', target: 'closing', actions: 'closeMerge' },
          { guard: 'isCancelledMerge', target: 'cancelled', actions: 'closeMerge' },
          // A conflict over one member that was left may end as late as here.
          { guard: 'isConflict' },
          { actions: 'settleMember' },
        ],
        'members.rerun': { actions: 'countAgain' },
        'members.restart': { target: 'fallingBack', actions: 'startOver' },
        cancel: { target: 'cancelling', actions: 'cancelMembers' },
      },
    },
    fallingBack: {
      entry: ['launchReady', 'disarmDeadline'],
      always: [{ guard: 'hasDeadline', target: 'collecting', actions: 'armDeadline' }, { target: 'collecting' }],
      on: { cancel: { target: 'cancelling', actions: 'cancelMembers' } },
    },
    compensating: {
      entry: 'openCompensation',
      on: {
        // A conflict that was left may end as late as here, and so may a feedback loop.
        'xstate.done.actor.*': [{ guard: 'isConflict' }, { guard: 'isLoop' }, { target: 'joined' }],
        cancel: { actions: 'cancelCompensation' },
      },
    },
    joined: { type: 'final', output: ({ context }) => verdictOf(context) },
    dismissing: {
      always: { guard: 'everyMemberSettled', target: 'closing' },
      on: {
        'xstate.done.actor.*': [{ guard: 'isConflict', actions: 'settleContest' }, { actions: 'settleMember' }],
        'slot.granted': {},
        cancel: { target: 'cancelling' },
      },
    },
    cancelling: {
      always: { guard: 'everyMemberSettled', target: 'cancelled' },
      on: {
        'xstate.done.actor.*': [{ guard: 'isConflict', actions: 'settleContest' }, { actions: 'settleMember' }],
        'slot.granted': {},
        cancel: {},
      },
    },
    cancelled: { type: 'final', output: CANCELLED },
  },
});
