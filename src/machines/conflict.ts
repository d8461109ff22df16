/**
 * A conflict: members have written to the shared context what does not go together, and it has to be settled.
 *
 * It governs which way of settling is tried when: the rungs of a ladder, from what costs nothing to what costs a person's time. It never
 * merges, asks or runs anything itself; the run tries a rung and tells how that went.
 *
 * In:  rung.settled (the rung that was tried has settled it, or has not), cancel, deadline.passed (its own timer).
 * Out: tryRung and leaveRung through the port; its settlement (as its output).
 *
 * Laws: 1. Each rung is tried at most once, in the order of the ladder, and the next only when the one before was in vain.
 *       2. Only the rung under way is listened to: late news of an earlier one changes nothing.
 *       3. What was given up (a deadline, a cancel) is left: the run is told that it is of no use any more.
 *       4. The settlement names the rung that settled it, and of every rung before it why it did not.
 *       5. Every state answers `cancel`.
 * Failure: a rung in vain leads to the next; a ladder at its end leaves the conflict unresolved, and its group decides what that means.
 * Waits without a deadline: `merging`, `rerunning` and `fallingBack` are bounded by the run and by the steps that run again; `guiding` and
 * `escalated` only where no timeout was given (somebody decided so).
 */
import { assign, cancel, raise, setup } from 'xstate';
import { formatDuration } from '../definition/duration.ts';
import type { ConflictRung } from '../definition/joining.ts';
import type * as message from '../protocol/messages.ts';
import { portOf } from './run-port.ts';

/** What the actor of a conflict starts from. */
export interface ConflictInput {
  /** Names the conflict to the run. */
  readonly contest: string;
  /** Ways of settling it, in the order in which they are tried; a rung that is named twice is tried once. */
  readonly ladder: readonly ConflictRung[];
  /** Milliseconds that the merge persona, and later the person, may take; null for no limit. */
  readonly timeoutMs: number | null;
}

/** A conflict being settled. The rung under way is the one of the ladder that follows those tried. */
export interface ConflictContext extends ConflictInput {
  /** Rungs that were in vain, and why. */
  readonly tried: message.ConflictSettled['tried'];
}

/** What a conflict is told. */
export type ConflictEvent = message.RungSettled | message.Cancel | { readonly type: 'deadline.passed' };

const rungUnderWay = (context: ConflictContext) => context.ladder[context.tried.length];

const isNews = (context: ConflictContext, event: ConflictEvent) => event.type === 'rung.settled' && event.rung === rungUnderWay(context);

const tooSlow = (context: ConflictContext) => `it took longer than ${formatDuration(context.timeoutMs ?? 0)}`;

function inVain(context: ConflictContext, reason: string): Partial<ConflictContext> {
  const rung = rungUnderWay(context);
  return rung === undefined ? {} : { tried: [...context.tried, [rung, reason]] };
}

/** The statechart of a conflict. */
export const conflictMachine = setup({
  types: {} as { context: ConflictContext; events: ConflictEvent; input: ConflictInput; output: message.ConflictSettled },
  guards: {
    automaticIsNext: ({ context }) => rungUnderWay(context) === 'automatic',
    guidedIsNext: ({ context }) => rungUnderWay(context) === 'guided',
    guidedIsNextInTime: ({ context }) => rungUnderWay(context) === 'guided' && context.timeoutMs !== null,
    rerunIsNext: ({ context }) => rungUnderWay(context) === 'rerun',
    sequentialIsNext: ({ context }) => rungUnderWay(context) === 'sequential',
    personIsNext: ({ context }) => rungUnderWay(context) === 'person',
    personIsNextInTime: ({ context }) => rungUnderWay(context) === 'person' && context.timeoutMs !== null,
    hasSettledIt: ({ context, event }) => isNews(context, event) && event.type === 'rung.settled' && event.settled,
    wasInVain: ({ context, event }) => isNews(context, event),
  },
  actions: {
    tryRung: ({ context, system }) => {
      const rung = rungUnderWay(context);
      if (rung !== undefined) portOf(system).tryRung(context.contest, rung);
    },
    leaveRung: ({ context, event, system }) => {
      const rung = rungUnderWay(context);
      if (rung !== undefined) portOf(system).leaveRung(context.contest, rung, event.type === 'cancel' ? event.reason : tooSlow(context));
    },
    recordTried: assign(({ context, event }) =>
      event.type === 'rung.settled' ? inVain(context, event.reason ?? 'it did not say why') : {},
    ),
    recordTimeout: assign(({ context }) => inVain(context, tooSlow(context))),
    armDeadline: raise({ type: 'deadline.passed' }, { id: 'deadline', delay: 'rungDeadline' }),
    disarmDeadline: cancel('deadline'),
  },
  delays: {
    rungDeadline: ({ context }) => context.timeoutMs ?? 0,
  },
}).createMachine({
  id: 'conflict',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ ...input, ladder: [...new Set(input.ladder)], tried: [] }),
  output: ({ event }) => event.output as message.ConflictSettled,
  initial: 'choosing',
  states: {
    choosing: {
      always: [
        { guard: 'automaticIsNext', target: 'merging' },
        { guard: 'guidedIsNextInTime', target: 'guiding', actions: 'armDeadline' },
        { guard: 'guidedIsNext', target: 'guiding' },
        { guard: 'rerunIsNext', target: 'rerunning' },
        { guard: 'sequentialIsNext', target: 'fallingBack' },
        { guard: 'personIsNextInTime', target: 'escalated', actions: 'armDeadline' },
        { guard: 'personIsNext', target: 'escalated' },
        { target: 'unresolved' },
      ],
    },
    merging: {
      entry: 'tryRung',
      on: {
        'rung.settled': [
          { guard: 'hasSettledIt', target: 'resolved' },
          { guard: 'wasInVain', target: 'choosing', actions: 'recordTried' },
        ],
        cancel: { target: 'cancelled', actions: 'leaveRung' },
      },
    },
    guiding: {
      entry: 'tryRung',
      on: {
        'rung.settled': [
          { guard: 'hasSettledIt', target: 'resolved' },
          { guard: 'wasInVain', target: 'choosing', actions: ['recordTried', 'disarmDeadline'] },
        ],
        'deadline.passed': { target: 'choosing', actions: ['leaveRung', 'recordTimeout'] },
        cancel: { target: 'cancelled', actions: 'leaveRung' },
      },
    },
    rerunning: {
      entry: 'tryRung',
      on: {
        'rung.settled': [
          { guard: 'hasSettledIt', target: 'resolved' },
          { guard: 'wasInVain', target: 'choosing', actions: 'recordTried' },
        ],
        cancel: { target: 'cancelled', actions: 'leaveRung' },
      },
    },
    fallingBack: {
      entry: 'tryRung',
      on: {
        'rung.settled': [
          { guard: 'hasSettledIt', target: 'resolved' },
          { guard: 'wasInVain', target: 'choosing', actions: 'recordTried' },
        ],
        cancel: { target: 'cancelled', actions: 'leaveRung' },
      },
    },
    escalated: {
      entry: 'tryRung',
      on: {
        'rung.settled': [
          { guard: 'hasSettledIt', target: 'resolved' },
          { guard: 'wasInVain', target: 'choosing', actions: ['recordTried', 'disarmDeadline'] },
        ],
        'deadline.passed': { target: 'choosing', actions: ['leaveRung', 'recordTimeout'] },
        cancel: { target: 'cancelled', actions: 'leaveRung' },
      },
    },
    resolved: {
      type: 'final',
      output: ({ context }) => ({
        contest: context.contest,
        outcome: 'resolved',
        rung: context.ladder[context.tried.length] ?? null,
        tried: context.tried,
      }),
    },
    unresolved: {
      type: 'final',
      output: ({ context }) => ({ contest: context.contest, outcome: 'unresolved', rung: null, tried: context.tried }),
    },
    cancelled: {
      type: 'final',
      output: ({ context }) => ({ contest: context.contest, outcome: 'cancelled', rung: null, tried: context.tried }),
    },
  },
});
