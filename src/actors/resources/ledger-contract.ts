/** What a ledger needs from its host, and what it offers. */
import type { Shortage } from '../../policy/lease-decision.ts';
import type { ResourceLimits } from '../../policy/resource-amounts.ts';
import type { Lease } from './lease.ts';
import type { LeaseAsk } from './lease-ask.ts';
import type { LedgerKeeper } from './ledger-document.ts';
import type { LedgerStanding } from './ledger-standing.ts';

/** The time of the host, and where the ledger is kept. */
export interface LedgerOptions {
  readonly time: {
    /** Milliseconds since the epoch (virtual in simulation). */
    now(): number;
    /** Calls `ring` once at `due` or as soon after as possible; returns what takes it back. */
    alarm(due: number, ring: () => void): () => void;
  };
  /** Without it nothing outlives the process. */
  readonly keeper?: LedgerKeeper;
  /** Something failed that nobody else is told of: a callback threw, or a record could not be kept (it is tried again). */
  readonly fault?: (thrown: unknown) => void;
}

/** A live ledger. Made by `createLedger`. */
export interface Ledger {
  /**
   * Asks for resources. What can be granted is held at once; else it waits, or is refused: `state()` says. `heard` is told when a lease that
   * waited is held, refused or expired. A lease that is there already is given as it is.
   *
   * @throws TroupeError DEFINITION_INVALID for amounts or limits that are no numbers of at least 0
   */
  ask(request: LeaseAsk, heard?: (lease: Lease) => void): Lease;
  /**
   * What is held under this name becomes several leases, which take no more than that together; nobody else is judged in between. None when
   * nothing is held under it.
   */
  exchange(lease: string, parts: readonly LeaseAsk[]): readonly Lease[];
  /** Nobody is left who could settle or release what this owner has: it waits no longer, and what it held counts as used. */
  ownerGone(owner: string): void;
  /**
   * Changes limits of an account, as when a person raises a budget; who waits is judged again. They hold in place of what `ask` says of the same
   * kinds, here and in later processes, until it says something else than now. On record when this returns. Throws as `ask` does, and what the
   * keeper throws: then they hold as long as this process.
   */
  limit(account: string, limits: ResourceLimits): void;
  /** Opens an account with these limits before anybody asks of it. True when it was open with others. */
  open(account: string, limits?: ResourceLimits): boolean;
  /** The limits of an account as they hold now; none for one that nobody has opened. */
  limits(account: string): ResourceLimits;
  /** Owners of what is held of that which somebody lacks, in the order of their grants; nobody for what is no amount. */
  holders(why: Shortage): readonly string[];
  /** Forgets an account that is over, and everything below it, once nothing of it is held any more. */
  forget(account: string): void;
  standing(): LedgerStanding;
  /** Keeps what has changed since the last record. Throws what the keeper throws. */
  keep(): void;
  /** Stops watching the time, and keeps what has changed. Leases in hand may still be settled. Throws what the keeper throws. */
  close(): void;
}
