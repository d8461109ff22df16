/** How a ledger stands, for people to look at. */
import type { Shortage } from '../../policy/lease-decision.ts';
import { inUse } from '../../policy/resource-account.ts';
import type { Amounts, ResourceLimits } from '../../policy/resource-amounts.ts';
import type { NamedLock } from '../../policy/resource-locks.ts';
import type { Books } from './books.ts';
import type { LiveLease } from './lease.ts';

/** One account. Amounts in their units, tokens in tokens. */
export interface AccountStanding {
  readonly name: string;
  readonly limits: ResourceLimits;
  readonly reserved: Amounts;
  readonly spent: number;
  /** Reserved by a process that died, and counted as spent. */
  readonly inDoubt: number;
  /** Tokens per minute that count now. */
  readonly tokensPerMinute: number;
}

/** One lease that is held, or waited for. Moments are ms since the epoch. */
export interface LeaseStanding {
  readonly lease: string;
  readonly owner: string;
  readonly since: number;
  readonly amounts: Amounts;
  readonly locks: readonly NamedLock[];
}

/** Plain JSON. */
export interface LedgerStanding {
  readonly accounts: readonly AccountStanding[];
  /** `since`: the grant. */
  readonly held: readonly LeaseStanding[];
  /** `since`: when it was first asked for. In the order of their turns. */
  readonly waiting: readonly (LeaseStanding & { readonly why: Shortage | null })[];
}

/** What stands, with those who wait in their order. */
export function standingOf(books: Books, held: Iterable<LiveLease>, waiting: Iterable<LiveLease>): LedgerStanding {
  return {
    accounts: Array.from(books.accounts, ([name, account]) => ({
      name,
      limits: account.limits,
      reserved: account.reserved,
      spent: account.spent,
      inDoubt: account.inDoubt,
      tokensPerMinute: inUse(account, 'tokensPerMinute', books.now),
    })),
    held: Array.from(held, (live) => leaseStanding(live, live.heldSince)),
    waiting: Array.from(waiting, (live) => ({ ...leaseStanding(live, live.request.turn.since), why: live.shortage() })),
  };
}

function leaseStanding({ request: { lease, owner, amounts, locks } }: LiveLease, since: number): LeaseStanding {
  return { lease, owner, since, amounts, locks };
}
