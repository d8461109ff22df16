/** What is asked of a ledger, and how it is counted. */
import { tokenRate } from '../../definition/token-rate.ts';
import type { LeaseRequest } from '../../policy/lease-decision.ts';
import { type Amounts, checkedAmounts, type ResourceLimits } from '../../policy/resource-amounts.ts';
import { inLockOrder, type NamedLock } from '../../policy/resource-locks.ts';
import type { TaskTurn } from '../../policy/task-order.ts';
import type { Priority } from '../../protocol/coordination.ts';

/** An account on the way of a request. */
export interface LeaseAccount {
  /** `runtime`, `run/r1`, `run/r1/build`: what is below an account is forgotten with it. */
  readonly name: string;
  /** As they are now; whoever says other limits changes them for everybody. Absent: none, the account only counts. */
  readonly limits?: ResourceLimits;
}

/** A request for resources. What it does not name, it does not need. */
export interface LeaseAsk {
  /** Names the lease; a task's key does. The same name while one is there is the same lease. */
  readonly lease: string;
  /** Whose it is. Leases of one owner are not in each other's way. */
  readonly owner: string;
  /** The outermost first. */
  readonly accounts: readonly LeaseAccount[];
  readonly amounts?: Amounts;
  readonly locks?: readonly NamedLock[];
  /** How long the call is expected to take, ms: its tokens are counted evenly over it. Default 0: all within a minute. */
  readonly expectedMs?: number;
  /** Over how long its tokens are counted, ms, where that is not how long it is expected to take. */
  readonly spreadMs?: number;
  /** Default `medium`. */
  readonly priority?: Priority;
  /** By when the call must have ended, ms since the epoch; null or absent: no matter when. */
  readonly deadlineAt?: number | null;
  /** That of the refused lease, when the same is asked for again. */
  readonly turn?: TaskTurn;
  /**
   * True when a call that a former process began goes on, under the same name: what was reserved for it then is taken over. Otherwise the
   * call is made anew, and what the former one may have used stays spent.
   */
  readonly continues?: boolean;
}

/** A request as it is judged. `place`: counts those who ask. Throws TroupeError DEFINITION_INVALID for amounts that cannot be. */
export function requestOf(ask: LeaseAsk, now: number, place: number): LeaseRequest {
  const { lease, owner, accounts, amounts = {}, locks = [], expectedMs = 0, deadlineAt = null, priority = 'medium' } = ask;
  checkedAmounts(amounts, `the request ${lease}`);
  for (const { name, limits } of accounts) if (limits !== undefined) checkedAmounts(limits, `the account ${name}`);
  return {
    lease,
    owner,
    turn: ask.turn ?? { priority, since: now, latestStart: deadlineAt === null ? null : deadlineAt - expectedMs, place },
    accounts: accounts.map(({ name }) => name),
    amounts,
    rate: amounts.tokens === undefined ? 0 : tokenRate(amounts.tokens, ask.spreadMs ?? expectedMs),
    locks: inLockOrder(locks),
  };
}
