/**
 * A lease: what one owner asks of the resources, has, and gives back.
 *
 * It governs the life of one request: that it is granted at most once, that what was granted is given back exactly once, however its life
 * ends, and that nobody has two answers. It never judges: whether there is enough is a question about all leases at once, which the ledger
 * puts to `decideLease` whenever anything changes; the lease is told the verdict. It holds no amounts either: the ledger books them when
 * the lease enters and leaves `held`.
 *
 * In:  request.judged (with the verdict), call.settled (with the tokens really used, null when nobody knows), settlement.booked (what was
 *      used is on record), owner.gone (nobody is left who could settle), cancel (the owner no longer wants it).
 * Out: its state is looked at, and its end is its output.
 *
 * Laws: 1. It follows the verdict: granted it is held, delayed it waits, refused it has ended with the reason.
 *       2. It is held at most once; leaving `held` happens once and is final.
 *       3. What is told after that changes nothing: the first settlement counts.
 *       4. What a call has used and nobody told counts as what was reserved for it, so that a budget is kept to whatever happened.
 *       5. A request that was never granted has used nothing.
 *       6. Every state answers `cancel`.
 * Failure: a settlement that cannot be recorded stays `settling`, with its amounts given back, until a record succeeds.
 * Waits without a deadline of its own: `asking` (judged at once), `waiting` (the ledger refuses it when its deadline cannot be met any more),
 * `held` (bounded by the call), `settling` (bounded by the store).
 */
import { assign, setup } from 'xstate';
import type { LeaseRequest, LeaseVerdict, Shortage } from '../policy/lease-decision.ts';
import { refusalError } from '../policy/lease-refusal.ts';
import type { ErrorData } from '../protocol/errors.ts';

/** What the actor of a lease starts from. */
export interface LeaseInput {
  readonly request: LeaseRequest;
}

/** A lease under way. */
export interface LeaseContext {
  readonly request: LeaseRequest;
  /** What it waits for; null while it does not wait. */
  readonly why: Shortage | null;
  readonly refusal: ErrorData | null;
  /** Tokens that count as used, 0 until then. */
  readonly counted: number;
}

/** What a lease is told. */
export type LeaseEvent =
  | { readonly type: 'request.judged'; readonly verdict: LeaseVerdict }
  | { readonly type: 'call.settled'; readonly tokens: number | null }
  | { readonly type: 'settlement.booked' }
  | { readonly type: 'owner.gone' }
  | { readonly type: 'cancel' };

/** How a lease ended. `counted`: tokens that count as used. */
export interface LeaseEnd {
  readonly lease: string;
  readonly end: 'released' | 'refused' | 'expired';
  readonly counted: number;
}

const reservedTokens = (context: LeaseContext): number => context.request.amounts.tokens ?? 0;

/** The statechart of a lease. */
export const resourceLeaseMachine = setup({
  types: {} as { context: LeaseContext; events: LeaseEvent; input: LeaseInput; output: LeaseEnd },
  guards: {
    isGranted: ({ event }) => event.type === 'request.judged' && event.verdict.verdict === 'grant',
    mustWait: ({ event }) => event.type === 'request.judged' && event.verdict.verdict === 'wait',
  },
  actions: {
    recordGrant: assign({ why: null }),
    recordShortage: assign(({ event }) =>
      event.type === 'request.judged' && event.verdict.verdict === 'wait' ? { why: event.verdict.why } : {},
    ),
    recordRefusal: assign(({ context, event }) =>
      event.type === 'request.judged' && (event.verdict.verdict === 'never' || event.verdict.verdict === 'die')
        ? { why: event.verdict.why, refusal: refusalError(event.verdict, context.request) }
        : {},
    ),
    recordUse: assign(({ context, event }) => ({ counted: event.type === 'call.settled' ? (event.tokens ?? reservedTokens(context)) : 0 })),
    countReserved: assign(({ context }) => ({ counted: reservedTokens(context) })),
  },
}).createMachine({
  id: 'resource-lease',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ request: input.request, why: null, refusal: null, counted: 0 }),
  output: ({ event }) => event.output as LeaseEnd,
  initial: 'asking',
  states: {
    asking: {
      on: {
        'request.judged': [
          { guard: 'isGranted', target: 'held', actions: 'recordGrant' },
          { guard: 'mustWait', target: 'waiting', actions: 'recordShortage' },
          { target: 'refused', actions: 'recordRefusal' },
        ],
        'owner.gone': 'expired',
        cancel: 'released',
      },
    },
    waiting: {
      on: {
        'request.judged': [
          { guard: 'isGranted', target: 'held', actions: 'recordGrant' },
          { guard: 'mustWait', actions: 'recordShortage' },
          { target: 'refused', actions: 'recordRefusal' },
        ],
        'owner.gone': 'expired',
        cancel: 'released',
      },
    },
    held: {
      on: {
        'call.settled': { target: 'settling', actions: 'recordUse' },
        'owner.gone': { target: 'expired', actions: 'countReserved' },
        cancel: { target: 'released', actions: 'countReserved' },
      },
    },
    settling: {
      on: {
        'settlement.booked': 'released',
        'owner.gone': 'released',
        cancel: 'released',
      },
    },
    released: { type: 'final', output: ({ context }) => ({ lease: context.request.lease, end: 'released', counted: context.counted }) },
    refused: { type: 'final', output: ({ context }) => ({ lease: context.request.lease, end: 'refused', counted: context.counted }) },
    expired: { type: 'final', output: ({ context }) => ({ lease: context.request.lease, end: 'expired', counted: context.counted }) },
  },
});
