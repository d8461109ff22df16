/**
 * What a ledger leaves behind: the tokens that are spent and those that are reserved.
 *
 * The document is kept before a reservation against a limited budget is told to anybody. What a process had reserved when it died is
 * therefore known to the next one, and counts as used there. What was really used is kept with the next document; until then the
 * reservation stands for it, which is never less, or else it is kept at once. Memory, places and locks are the process's own: they need no
 * record, because nothing holds them after its death.
 */
import type { RaisedLimits } from '../../policy/raised-limits.ts';
import type { EndedRate } from '../../policy/resource-account.ts';
import type { ResourceLimits } from '../../policy/resource-amounts.ts';

/** Tokens that a lease has reserved, on each of its accounts; `rate` in tokens per minute. */
export interface Reservation {
  readonly accounts: readonly string[];
  readonly tokens: number;
  readonly rate: number;
  /** Of a lease whose process has died: until when its `rate` counts, ms since the epoch. Absent: no other process has come upon it yet. */
  readonly until?: number;
}

/** Plain JSON. */
export interface LedgerDocument {
  readonly format: 1;
  /** By name: tokens spent, and the rates of calls that ended within the last minute. Accounts that spent nothing are left out. */
  readonly accounts: Readonly<Record<string, { readonly spent: number; readonly ended: readonly EndedRate[] }>>;
  /** By lease. */
  readonly reserved: Readonly<Record<string, Reservation>>;
  /** By account: its limits as they were said last. Absent: nothing was limited. */
  readonly limits?: Readonly<Record<string, ResourceLimits>>;
  /** By account: limits that somebody has changed. Absent: nobody has. */
  readonly raised?: Readonly<Record<string, RaisedLimits>>;
}

/** Where the document is kept. */
export interface LedgerKeeper {
  /** The document as it was kept last; null when there is none. */
  load(): LedgerDocument | null;
  /** Returns when the document is durable, in place of the one before it; throws when it may not be. */
  keep(document: LedgerDocument): void;
}
