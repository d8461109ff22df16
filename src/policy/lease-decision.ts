/**
 * Whether a request for resources is granted.
 *
 * All or nothing: a request gets everything it asks for at once, from every account on its way, or it gets nothing and holds nothing.
 * Whoever holds nothing may wait. Whoever holds something already and asks for more would make others wait for what it holds while it waits
 * itself; it may wait only for those who are all younger, and is refused otherwise (wait-die: Rosenkrantz, Stearns and Lewis 1978).
 * Everybody who holds something and waits is therefore older than everybody it waits for, so that nobody ever waits for itself. Those who
 * wait are judged again whenever anything changes.
 *
 * Who has waited long, and who waits while it holds something, is not passed by those who would take what it asks for, even where that is free
 * now. Holders that are older pass it: they are few, and it may be waiting for them.
 */

import { isOlder } from './lease-turn.ts';
import { type Account, type Claim, claimed, inUse, rateFreeAt, usedUp } from './resource-account.ts';
import { added, LIMIT_KINDS, type LimitKind } from './resource-amounts.ts';
import { inLockOrder, locksAgree, type NamedLock } from './resource-locks.ts';
import { canBeInTime, type TaskTurn } from './task-order.ts';

/** A request for resources. Plain JSON. */
export interface LeaseRequest extends Claim {
  /** Names the lease, once. */
  readonly lease: string;
  /** Whose it is: what one owner holds is never in its own way. */
  readonly owner: string;
  /** When it was first asked for, and how pressing it is; the same when it is asked for again after a refusal. */
  readonly turn: TaskTurn;
  /** Names of the accounts that it is taken from, the outermost first. */
  readonly accounts: readonly string[];
  readonly locks: readonly NamedLock[];
}

/** What is looked at: the accounts by name, what is granted by lease, and whether an owner has been granted anything. */
export interface ResourceStanding {
  /** ms since the epoch. */
  readonly now: number;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly held: ReadonlyMap<string, LeaseRequest>;
  holdsSomething(owner: string): boolean;
  /** Of what is granted: what one owner holds, and whoever has a lock of this name; each in the order of the grants. */
  heldBy(owner: string): Iterable<LeaseRequest>;
  holdersOf(lock: string): Iterable<LeaseRequest>;
}

/** What is missing. Plain JSON; moments are ms since the epoch. */
export type Shortage =
  | {
      readonly kind: LimitKind;
      readonly account: string;
      readonly needed: number;
      /** What could be had now; below 0 when more was used than reserved. */
      readonly free: number;
      readonly limit: number;
      /** When time frees enough of it; null when somebody must give something back. */
      readonly until: number | null;
    }
  | {
      readonly kind: 'lock';
      readonly lock: string;
      readonly mode: NamedLock['mode'];
      readonly holders: readonly string[];
      readonly until: null;
    }
  | { readonly kind: 'turn'; readonly behind: string; readonly until: null }
  | { readonly kind: 'deadline'; readonly latestStart: number; readonly until: number }
  /** What was granted could not be written down; it is tried again. */
  | { readonly kind: 'record'; readonly reason: string; readonly until: number };

/**
 * The answer to a request. `wait`: not now; `until` is the earliest moment at which time alone makes a difference, ms since the epoch, or null.
 * `never`: it cannot be granted, whoever gives back whatever. `die`: not while its owner holds what it holds; it may be asked for again
 * after that was given back.
 */
export type LeaseVerdict =
  | { readonly verdict: 'grant' }
  | { readonly verdict: 'wait'; readonly why: Shortage; readonly until: number | null }
  | { readonly verdict: 'never'; readonly why: Shortage }
  /** `isOwn`: together with what its owner holds it is more than there is, whoever gives back whatever. */
  | { readonly verdict: 'die'; readonly why: Shortage; readonly isOwn?: true };

type Missing = { readonly shortage: Shortage; readonly inTheWay: (holder: LeaseRequest) => boolean; readonly ownIsTooMuch: boolean };

/**
 * Judges a request. `ahead`: the requests that may not be passed (they have waited long, `hasAged`, or their owners hold something) and have
 * their turn before it, in their order; several who ask for the same may stand there as one that asks for the sum. They are asked for only when
 * nothing else is missing.
 */
export function decideLease(standing: ResourceStanding, request: LeaseRequest, ahead: Iterable<LeaseRequest> = []): LeaseVerdict {
  const beyond = beyondLimits(standing, request);
  if (beyond !== null) return { verdict: 'never', why: beyond };
  const missing = [...missingAmounts(standing, request), ...missingLocks(standing, request)];
  const until = freeAt(missing, standing.now);
  if (!canBeInTime(request.turn, until ?? standing.now)) {
    return { verdict: 'never', why: { kind: 'deadline', latestStart: request.turn.latestStart ?? 0, until: until ?? standing.now } };
  }
  const isHolder = standing.holdsSomething(request.owner);
  const [first] = missing;
  if (first !== undefined) {
    const own = missing.find(({ ownIsTooMuch }) => isHolder && ownIsTooMuch);
    if (own !== undefined) return { verdict: 'die', why: own.shortage, isOwn: true };
    const mayWait = !isHolder || missing.every((each) => allYounger(standing, request, each));
    return mayWait ? { verdict: 'wait', why: first.shortage, until } : { verdict: 'die', why: first.shortage };
  }
  const before = isHolder ? Array.from(ahead).filter(({ turn }) => isOlder(turn, request.turn)) : Array.from(ahead);
  const behind = inTheWayOf(standing, request, before);
  if (behind === null) return { verdict: 'grant' };
  const why: Shortage = { kind: 'turn', behind, until: null };
  return isHolder ? { verdict: 'die', why } : { verdict: 'wait', why, until: null };
}

/** What a request needs of the limited kinds of its accounts, the outermost account first. */
function* needs(standing: ResourceStanding, request: LeaseRequest) {
  for (const name of request.accounts) {
    const account = standing.accounts.get(name);
    if (account === undefined) continue;
    for (const kind of LIMIT_KINDS) {
      const limit = account.limits[kind];
      const needed = claimed(request, kind);
      if (limit !== undefined && needed > 0) yield { name, account, kind, limit, needed };
    }
  }
}

function beyondLimits(standing: ResourceStanding, request: LeaseRequest): Shortage | null {
  for (const { name, account, kind, limit, needed } of needs(standing, request)) {
    const free = added(limit, -usedUp(account, kind));
    if (needed > free) return { kind, account: name, needed, free, limit, until: null };
  }
  return null;
}

function missingAmounts(standing: ResourceStanding, request: LeaseRequest): Missing[] {
  const missing: Missing[] = [];
  for (const { name, account, kind, limit, needed } of needs(standing, request)) {
    const use = inUse(account, kind, standing.now);
    if (added(use, needed) <= limit) continue;
    const until = kind === 'tokensPerMinute' ? rateFreeAt(account, needed, standing.now) : null;
    const takes = (holder: LeaseRequest): boolean => until === null && holder.accounts.includes(name) && claimed(holder, kind) > 0;
    let own = 0;
    for (const holder of standing.heldBy(request.owner)) if (takes(holder)) own = added(own, claimed(holder, kind));
    missing.push({
      shortage: { kind, account: name, needed, free: added(limit, -use), limit, until },
      inTheWay: takes,
      ownIsTooMuch: added(added(own, usedUp(account, kind)), needed) > limit,
    });
  }
  return missing;
}

function missingLocks(standing: ResourceStanding, request: LeaseRequest): Missing[] {
  return inLockOrder(request.locks).flatMap((lock): Missing[] => {
    const inTheWay = (holder: LeaseRequest): boolean =>
      holder.owner !== request.owner && !holder.locks.every((other) => locksAgree(lock, other));
    const holders = Array.from(standing.holdersOf(lock.name)).filter(inTheWay);
    if (holders.length === 0) return [];
    const { name, mode } = lock;
    return [
      {
        shortage: { kind: 'lock', lock: name, mode, holders: holders.map(({ lease }) => lease), until: null },
        inTheWay,
        ownIsTooMuch: false,
      },
    ];
  });
}

/** When all that is missing is there by time alone; what only others can free is taken for free, because they may do so at any moment. */
function freeAt(missing: readonly Missing[], now: number): number | null {
  const moments = missing.flatMap(({ shortage: { until } }) => (until === null ? [] : [until]));
  return moments.length === 0 ? null : Math.max(now, ...moments);
}

const allYounger = (standing: ResourceStanding, request: LeaseRequest, { inTheWay }: Missing): boolean =>
  Array.from(standing.held.values()).every(
    (holder) => holder.owner === request.owner || !inTheWay(holder) || isOlder(request.turn, holder.turn),
  );

/** The first of those ahead who could not be granted any more, beside the others ahead, once this request was; null when all could. */
function inTheWayOf(standing: ResourceStanding, request: LeaseRequest, ahead: readonly LeaseRequest[]): string | null {
  if (ahead.length === 0) return null;
  const lock = ahead.find(
    (other) => other.owner !== request.owner && other.locks.some((theirs) => !request.locks.every((own) => locksAgree(theirs, own))),
  );
  if (lock !== undefined) return lock.lease;
  for (const { name, account, kind, limit, needed } of needs(standing, request)) {
    let use = added(inUse(account, kind, standing.now), needed);
    for (const other of ahead) {
      if (!other.accounts.includes(name)) continue;
      const theirs = claimed(other, kind);
      use = added(use, theirs);
      if (theirs > 0 && use > limit) return other.lease;
    }
  }
  return null;
}
