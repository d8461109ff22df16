/**
 * An account: what may be had at one level (the runtime, a run, a group, a step), what is reserved of it, and what is spent.
 *
 * Tokens are reserved before a call and settled after it. A call counts against the tokens per minute from its grant until a minute after
 * its end, at the rate at which it uses them (`tokenRate`: a call shorter than a minute counts whole), so that no minute contains
 * more than the limit wherever in its time a short call has used them.
 */
import { TOKEN_WINDOW_MS } from '../definition/token-rate.ts';
import { type Amounts, added, addedAmounts, type LimitKind, type ResourceLimits } from './resource-amounts.ts';

/** Tokens per minute of a call that has ended; they count until `until`, ms since the epoch. Plain JSON. */
export interface EndedRate {
  readonly until: number;
  readonly rate: number;
}

/** One account. Plain JSON. */
export interface Account {
  readonly limits: ResourceLimits;
  /** By those who hold a lease now; `tokens` are reserved, not yet spent. */
  readonly reserved: Amounts;
  /** Tokens per minute of the same. */
  readonly rate: number;
  /** Tokens. They never come back. */
  readonly spent: number;
  /** Tokens reserved by calls of a process that has died: nobody can say what they used, so they count as spent. */
  readonly inDoubt: number;
  /** The earliest end first. */
  readonly ended: readonly EndedRate[];
}

/** An account from which nothing was ever taken. */
export const newAccount = (limits: ResourceLimits = {}): Account => ({ limits, reserved: {}, rate: 0, spent: 0, inDoubt: 0, ended: [] });

/** What one lease takes from every account on its way: amounts, and the tokens per minute that they come to. */
export interface Claim {
  readonly amounts: Amounts;
  readonly rate: number;
}

/** How much of a limited kind a claim takes. */
export const claimed = ({ amounts, rate }: Claim, kind: LimitKind): number => (kind === 'tokensPerMinute' ? rate : (amounts[kind] ?? 0));

/** What nobody can give back any more, of a limited kind. */
export const usedUp = (account: Account, kind: LimitKind): number => (kind === 'tokens' ? added(account.spent, account.inDoubt) : 0);

const inMinute = (account: Account, now: number): number =>
  account.ended.reduce((sum, { until, rate }) => (until > now ? added(sum, rate) : sum), 0);

/** How much of a limited kind cannot be had now. `now`: ms since the epoch. */
export function inUse(account: Account, kind: LimitKind, now: number): number {
  if (kind === 'tokensPerMinute') return added(account.rate, inMinute(account, now));
  return added(account.reserved[kind] ?? 0, usedUp(account, kind));
}

/**
 * When so many tokens per minute are free if nothing else is granted and nobody gives anything back, ms since the epoch; null when time
 * alone does not free them.
 */
export function rateFreeAt(account: Account, rate: number, now: number): number | null {
  const limit = account.limits.tokensPerMinute;
  if (limit === undefined) return now;
  let use = inUse(account, 'tokensPerMinute', now);
  if (added(use, rate) <= limit) return now;
  for (const ended of account.ended) {
    if (ended.until <= now) continue;
    use = added(use, -ended.rate);
    if (added(use, rate) <= limit) return ended.until;
  }
  return null;
}

/** With a claim taken from it. */
export const reservedOn = (account: Account, claim: Claim): Account => ({
  ...account,
  reserved: addedAmounts(account.reserved, claim.amounts),
  rate: added(account.rate, claim.rate),
});

/** With a claim given back as if it had never been. */
export const givenBackTo = (account: Account, claim: Claim): Account => ({
  ...account,
  reserved: addedAmounts(account.reserved, claim.amounts, -1),
  rate: added(account.rate, -claim.rate),
});

/** With a claim given back and what was really used spent. `rate`: tokens per minute of that. */
export function settledOn(account: Account, claim: Claim, used: { readonly tokens: number; readonly rate: number }, now: number): Account {
  const back = givenBackTo(account, claim);
  return { ...back, spent: added(back.spent, used.tokens), ended: withEnded(back, used.rate, now) };
}

/** The rates that still count, and one more that ends now. */
function withEnded(account: Account, rate: number, now: number): readonly EndedRate[] {
  const counting = account.ended.filter(({ until }) => until > now);
  return rate > 0 && account.limits.tokensPerMinute !== undefined ? [...counting, { until: now + TOKEN_WINDOW_MS, rate }] : counting;
}
