/** The books of a ledger: accounts, what is granted, and what a former process had reserved. They decide nothing. */
import { TOKEN_WINDOW_MS, tokenRate } from '../../definition/token-rate.ts';
import type { LeaseRequest, ResourceStanding, Shortage } from '../../policy/lease-decision.ts';
import { limitsRaised, type RaisedLimits, raisedTo, sameLimits } from '../../policy/raised-limits.ts';
import { type Account, claimed, givenBackTo, newAccount, reservedOn, settledOn } from '../../policy/resource-account.ts';
import { added, type ResourceLimits } from '../../policy/resource-amounts.ts';
import { Holdings } from './holdings.ts';
import type { LedgerDocument, Reservation } from './ledger-document.ts';

/** What stands, and how it changes. Moments are ms since the epoch. */
export class Books implements ResourceStanding {
  readonly accounts = new Map<string, Account>();
  readonly #holdings = new Holdings();
  /** By owner: how many leases it has that others may wait for. */
  readonly #leasesOf = new Map<string, number>();
  readonly #inDoubt = new Map<string, Required<Reservation>>();
  #hasNewDoubts = false;
  /** By account: its limits as whoever asks says them, as they were said in a former process, and what somebody has changed of them. */
  readonly #said = new Map<string, ResourceLimits>();
  readonly #saidBefore = new Map<string, ResourceLimits>();
  readonly #raised = new Map<string, RaisedLimits>();
  /** Accounts that are over, but for leases that are still held. */
  readonly #over = new Set<string>();
  #now: number;

  constructor(document: LedgerDocument | null, now: number) {
    this.#now = now;
    for (const [name, { spent, ended }] of Object.entries(document?.accounts ?? {})) {
      this.accounts.set(name, { ...newAccount(), spent, ended });
    }
    for (const [name, limits] of Object.entries(document?.limits ?? {})) this.#saidBefore.set(name, limits);
    for (const [name, raised] of Object.entries(document?.raised ?? {})) this.#raised.set(name, raised);
    for (const [lease, reservation] of Object.entries(document?.reserved ?? {})) this.#doubt(lease, reservation);
  }

  /** True when a former process died with something in hand, and no other one has come upon that yet. */
  get hasNewDoubts(): boolean {
    return this.#hasNewDoubts;
  }

  get held(): ReadonlyMap<string, LeaseRequest> {
    return this.#holdings.all;
  }

  heldBy(owner: string): Iterable<LeaseRequest> {
    return this.#holdings.ofOwner(owner);
  }

  holdersOf(lock: string): Iterable<LeaseRequest> {
    return this.#holdings.ofLock(lock);
  }

  get now(): number {
    return this.#now;
  }

  /** Moves on in time; time that runs backwards stands still. */
  advance(now: number): void {
    if (now > this.#now) this.#now = now;
  }

  /** Opens an account, or gives it other limits where some are said. True when limits have changed. */
  open(name: string, limits?: ResourceLimits): boolean {
    if (this.#over.size > 0) this.#over.delete(name);
    const account = this.accounts.get(name);
    const said = this.#said.get(name);
    if (account !== undefined && said !== undefined && (limits === undefined || sameLimits(limits, said))) return false;
    const says = limits ?? said ?? {};
    this.#said.set(name, says);
    return this.#limit(name, says) && account !== undefined;
  }

  /** From now on these limits hold in place of what is said of the same kinds. */
  raise(name: string, limits: ResourceLimits): void {
    const said = this.#said.get(name) ?? this.#saidBefore.get(name) ?? {};
    this.#raised.set(name, raisedTo(this.#raised.get(name) ?? {}, said, limits));
    this.#limit(name, said);
  }

  /** True when other limits hold than before. */
  #limit(name: string, said: ResourceLimits): boolean {
    const before = this.accounts.get(name);
    const { limits, raised } = limitsRaised(said, this.#raised.get(name) ?? {});
    if (Object.keys(raised).length > 0) this.#raised.set(name, raised);
    else this.#raised.delete(name);
    this.accounts.set(name, { ...(before ?? newAccount()), limits });
    return before === undefined || !sameLimits(limits, before.limits);
  }

  reserve(request: LeaseRequest): void {
    this.#holdings.add(request);
    if (keepsOthersWaiting(request)) this.#leasesOf.set(request.owner, (this.#leasesOf.get(request.owner) ?? 0) + 1);
    this.#change(request.accounts, (account) => reservedOn(account, request));
  }

  /** As if it had never been reserved. */
  giveBack(request: LeaseRequest): void {
    if (!this.#hasLeft(request)) return;
    this.#change(request.accounts, (account) => givenBackTo(account, request));
    this.#close(request);
  }

  /** Gives back what a call had, and counts what it has used in `ms`. */
  settle(request: LeaseRequest, tokens: number, ms: number): void {
    if (!this.#hasLeft(request)) return;
    const used = { tokens, rate: tokenRate(tokens, ms) };
    this.#change(request.accounts, (account) => settledOn(account, request, used, this.#now));
    this.#close(request);
  }

  #hasLeft(request: LeaseRequest): boolean {
    const { lease, owner } = request;
    if (!this.#holdings.remove(lease)) return false;
    if (!keepsOthersWaiting(request)) return true;
    const left = (this.#leasesOf.get(owner) ?? 1) - 1;
    if (left === 0) this.#leasesOf.delete(owner);
    else this.#leasesOf.set(owner, left);
    return true;
  }

  /** What a former process had reserved for this lease and nobody has settled; null when there is nothing. */
  inDoubt(lease: string): Reservation | null {
    return this.#inDoubt.get(lease) ?? null;
  }

  /** Ends the doubt: whoever asked is answered for by somebody else from now on, or, `spent`, never. */
  endDoubt(lease: string, spent: boolean): void {
    const reservation = this.#inDoubt.get(lease);
    if (reservation === undefined) return;
    this.#inDoubt.delete(lease);
    const { tokens, rate, until } = reservation;
    this.#change(reservation.accounts, (account) => ({
      ...account,
      inDoubt: added(account.inDoubt, -tokens),
      spent: added(account.spent, spent ? tokens : 0),
      // a call that goes on counts against the minute as one that is held
      ended: spent ? account.ended : without(account.ended, { until, rate }),
    }));
  }

  /**
   * Forgets an account and everything below it (`run/r1` has `run/r1/build`); what is in doubt there is spent in the accounts above. One of
   * which something is still held is forgotten with the last of that, unless it is opened again meanwhile. True when there was something.
   */
  forget(name: string): boolean {
    const isBelow = (account: string): boolean => account === name || account.startsWith(`${name}/`);
    const doubts = [...this.#inDoubt].filter(([, { accounts }]) => accounts.some(isBelow));
    for (const [lease] of doubts) this.endDoubt(lease, true);
    const known = [...this.accounts.keys()].filter(isBelow);
    for (const account of known) this.#over.add(account);
    this.#closeUnheld(known);
    return doubts.length > 0 || known.length > 0;
  }

  #close({ accounts }: LeaseRequest): void {
    if (this.#over.size > 0) this.#closeUnheld(accounts.filter((name) => this.#over.has(name)));
  }

  #closeUnheld(names: readonly string[]): void {
    if (names.length === 0) return;
    const inUse = new Set(Array.from(this.held.values()).flatMap(({ accounts }) => accounts));
    for (const name of names) if (!inUse.has(name)) this.#drop(name);
  }

  #drop(name: string): void {
    for (const book of [this.accounts, this.#said, this.#saidBefore, this.#raised, this.#over]) book.delete(name);
  }

  holdsSomething(owner: string): boolean {
    return this.#leasesOf.has(owner);
  }

  /** Owners of what is held of that which somebody lacks, in the order of their grants. */
  holders(why: Shortage): readonly string[] {
    if (!('account' in why)) return [];
    const { account, kind } = why;
    const takers = Array.from(this.held.values()).filter((held) => held.accounts.includes(account) && claimed(held, kind) > 0);
    return [...new Set(takers.map(({ owner }) => owner))];
  }

  /** True when so many tokens are taken from a limited budget: then it is kept to across the death of the process. */
  isBudgeted({ accounts, amounts }: LeaseRequest, tokens = amounts.tokens ?? 0): boolean {
    return tokens > 0 && accounts.some((name) => this.accounts.get(name)?.limits.tokens !== undefined);
  }

  document(): LedgerDocument {
    const spent = [...this.accounts].filter(([, account]) => account.spent > 0 || account.ended.length > 0);
    const held = [...this.held].flatMap(([lease, { accounts, amounts, rate }]): [string, Reservation][] =>
      amounts.tokens === undefined || amounts.tokens === 0 ? [] : [[lease, { accounts, tokens: amounts.tokens, rate }]],
    );
    const limits = [...new Map([...this.#saidBefore, ...this.#said])].filter(([, said]) => Object.keys(said).length > 0);
    return {
      format: 1,
      accounts: Object.fromEntries(spent.map(([name, account]) => [name, { spent: account.spent, ended: account.ended }])),
      reserved: Object.fromEntries([...this.#inDoubt, ...held]),
      ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }),
      ...(this.#raised.size === 0 ? {} : { raised: Object.fromEntries(this.#raised) }),
    };
  }

  /** A call of a dead process may have ended only now: it counts against the minute that begins, and once, however many processes begin. */
  #doubt(lease: string, reservation: Reservation): void {
    const { accounts, tokens, rate, until = this.#now + TOKEN_WINDOW_MS } = reservation;
    const isNew = reservation.until === undefined;
    if (isNew) this.#hasNewDoubts = true;
    this.#inDoubt.set(lease, { ...reservation, until });
    for (const name of accounts) if (!this.accounts.has(name)) this.accounts.set(name, newAccount());
    this.#change(accounts, (account) => ({
      ...account,
      inDoubt: added(account.inDoubt, tokens),
      ended: isNew ? [...account.ended, { until, rate }].sort((a, b) => a.until - b.until) : account.ended,
    }));
  }

  /** Accounts that were forgotten meanwhile have nothing to change. */
  #change(names: readonly string[], next: (account: Account) => Account): void {
    for (const name of names) {
      const account = this.accounts.get(name);
      if (account !== undefined) this.accounts.set(name, next(account));
    }
  }
}

/** The rates that count but for one. */
function without(ended: Account['ended'], { until, rate }: Account['ended'][number]): Account['ended'] {
  const place = ended.findIndex((each) => each.until === until && each.rate === rate);
  return place < 0 ? ended : ended.filter((_, other) => other !== place);
}

/** Whether anything is held with it: who is only counted keeps nobody waiting. */
const keepsOthersWaiting = ({ amounts, locks }: LeaseRequest): boolean =>
  locks.length > 0 || Object.values(amounts).some((amount) => amount > 0);
