/**
 * The ledger: grants resources to those who ask for them, keeps the queue of those who must wait, and the books.
 *
 * It asks `decideLease` about everybody who waits, in the order of their turns, whenever anything changes: somebody asks, settles, leaves,
 * a limit is changed, or a moment comes at which time frees something or a deadline is lost. It holds nothing back that can be granted.
 *
 * Laws
 * 1. What was granted is given back exactly once, however its owner ends: `settle`, `release` and `ownerGone` in any order, again and again.
 * 2. What is reserved against a limited budget of tokens is on record before its owner hears of the grant; so is use beyond a reservation,
 *    or its lease stays `settling`. After a crash nothing that may have been used is forgotten.
 * 3. At each grant, spent, in doubt and reserved together are within the limit. Afterwards a budget is passed at most by what calls in
 *    flight use beyond their reservations.
 * 4. What a lease is told at once is not heard again; whatever `heard` throws stays in here, and from inside it everything may be asked.
 * 5. Time is the host's; without waiting requests that time could help, no alarm is set.
 */
import type { LeaseRequest } from '../../policy/lease-decision.ts';
import { checkedAmounts, type ResourceLimits } from '../../policy/resource-amounts.ts';
import { Books } from './books.ts';
import { type Lease, LiveLease, type Settlement } from './lease.ts';
import { type LeaseAsk, requestOf } from './lease-ask.ts';
import { LeaseQueue } from './lease-queue.ts';
import type { Ledger, LedgerOptions } from './ledger-contract.ts';
import { LedgerRecord } from './ledger-record.ts';
import { type LedgerStanding, standingOf } from './ledger-standing.ts';

/** A record that could not be kept is tried again after so many ms, or with the next one. */
const RECORD_AGAIN_MS = 1000;

/** Opens a ledger with what was kept of the one before. Throws what the keeper throws. */
export function createLedger(options: LedgerOptions): Ledger {
  return new LiveLedger(options);
}

class LiveLedger implements Ledger {
  readonly #time: LedgerOptions['time'];
  readonly #fault: (thrown: unknown) => void;
  readonly #books: Books;
  readonly #record: LedgerRecord;
  /** By name: leases that have not ended, with whom to tell. */
  readonly #leases = new Map<string, { readonly live: LiveLease; readonly lease: Lease; readonly heard: (lease: Lease) => void }>();
  readonly #queue: LeaseQueue;
  /** Settled, but not on record. */
  #unrecorded: LiveLease[] = [];
  #asked = 0;
  #alarm: { readonly due: number; readonly disarm: () => void } | null = null;
  #isClosed = false;
  readonly #news: (() => void)[] = [];
  #depth = 0;

  readonly holders: Ledger['holders'] = (why) => this.#books.holders(why);
  readonly limits: Ledger['limits'] = (account) => this.#books.accounts.get(account)?.limits ?? {};

  constructor({ time, keeper, fault }: LedgerOptions) {
    this.#time = time;
    this.#fault = fault ?? (() => {});
    this.#books = new Books(keeper?.load() ?? null, time.now());
    this.#queue = new LeaseQueue(this.#books);
    this.#record = new LedgerRecord(this.#books, keeper ?? null);
    if (this.#books.hasNewDoubts) this.#record.changed();
  }

  ask(ask: LeaseAsk, heard: (lease: Lease) => void = () => {}): Lease {
    const known = this.#leases.get(ask.lease);
    if (known !== undefined && known.live.state() !== 'settling') return known.lease;
    const request = requestOf(ask, this.#time.now(), ++this.#asked);
    return this.#move(() => {
      // Whoever waits is judged too when limits change, and when its moment has come already.
      let isChanged = this.#alarm !== null && this.#alarm.due <= this.#books.now;
      for (const { name, limits } of ask.accounts) if (this.open(name, limits)) isChanged = true;
      const live = this.#liveLease(request, ask.continues === true);
      const lease = this.#handle(live);
      this.#leases.set(request.lease, { live, lease, heard });
      if (isChanged) this.#queue.join(live);
      this.#judge(isChanged ? this.#queue.judge() : this.#queue.judgeNew(live));
      return lease;
    });
  }

  exchange(name: string, parts: readonly LeaseAsk[]): readonly Lease[] {
    const whole = this.#leases.get(name)?.live;
    if (whole?.state() !== 'held') return [];
    return this.#move(() => {
      this.#books.giveBack(whole.request);
      whole.end('cancel');
      this.#leases.delete(name);
      this.#record.changed();
      return parts.map((part) => {
        const live = new LiveLease(requestOf(part, this.#books.now, ++this.#asked));
        this.#books.reserve(live.request);
        live.grant(this.#books.now);
        const lease = this.#handle(live);
        this.#leases.set(lease.id, { live, lease, heard: () => {} });
        return lease;
      });
    });
  }

  open(name: string, limits?: ResourceLimits): boolean {
    const isNew = !this.#books.accounts.has(name);
    const isChanged = this.#books.open(name, limits);
    // What is limited is on record with whatever else is.
    if (limits !== undefined && (isNew || isChanged)) this.#record.changed();
    return isChanged;
  }

  ownerGone(owner: string): void {
    this.#move(() => {
      for (const { live } of [...this.#leases.values()]) {
        if (live.request.owner !== owner) continue;
        if (live.state() === 'held') this.#book(live, live.request.amounts.tokens ?? 0);
        live.end('owner.gone');
        this.#queue.leave(live);
        this.#leave(live, live.state() === 'expired');
      }
      this.#judge();
    });
  }

  limit(account: string, limits: ResourceLimits): void {
    checkedAmounts(limits, `the account ${account}`);
    this.#move(() => {
      this.#books.raise(account, limits);
      this.#record.changed();
      this.#judge();
      this.#record.keep();
    });
  }

  forget(account: string): void {
    this.#move(() => {
      if (!this.#books.forget(account)) return;
      this.#record.changed();
      this.#judge();
    });
  }

  standing(): LedgerStanding {
    this.#books.advance(this.#time.now());
    const held = Array.from(this.#leases.values(), ({ live }) => live).filter((live) => live.state() === 'held');
    return standingOf(this.#books, held, this.#queue);
  }

  keep(): void {
    this.#record.keep();
    this.#move(() => this.#allBooked());
  }

  close(): void {
    this.#isClosed = true;
    this.#look(null);
    this.keep();
  }

  /** Whatever happens, happens at one moment; who is to hear of it, hears of it afterwards. */
  #move<Result>(change: () => Result): Result {
    this.#depth += 1;
    try {
      this.#books.advance(this.#time.now());
      return change();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#tell();
    }
  }

  #tell(): void {
    this.#depth += 1;
    for (let news = this.#news.shift(); news !== undefined; news = this.#news.shift()) {
      try {
        news();
      } catch (thrown) {
        this.#fault(thrown);
      }
    }
    this.#depth -= 1;
  }

  /** What a former process had reserved for a call that goes on is taken over; for one that is made anew it stays spent. */
  #liveLease(request: LeaseRequest, continues: boolean): LiveLease {
    const before = this.#books.inDoubt(request.lease);
    if (before === null || !continues) {
      this.#books.endDoubt(request.lease, true);
      return new LiveLease(request);
    }
    const { tokens, rate } = before;
    const booked = { ...request, amounts: { ...request.amounts, tokens }, rate };
    return new LiveLease(booked, { ...booked, amounts: { ...booked.amounts, tokens: 0 }, rate: 0 });
  }

  #handle(live: LiveLease): Lease {
    return live.handle({ settle: ({ tokens } = {}) => this.#settle(live, tokens), release: () => this.#release(live) });
  }

  /** Judges everybody who waits, and tells what came of it. */
  #judge({ granted, refused } = this.#queue.judge()): void {
    if (granted.some(({ request }) => (request.amounts.tokens ?? 0) > 0)) this.#record.changed();
    for (const [live, verdict] of refused) {
      const waited = live.state() === 'waiting';
      live.judge(verdict);
      this.#leave(live, waited);
    }
    this.#grant(granted);
    const again = this.#unrecorded.length === 0 ? null : this.#books.now + RECORD_AGAIN_MS;
    const next = this.#queue.nextMoment();
    this.#look(next === null || again === null ? (next ?? again) : Math.min(next, again));
  }

  /** A grant is told once it is on record, where it must be. */
  #grant(granted: readonly LiveLease[]): void {
    const budgeted = granted.filter((live) => !live.continues && this.#books.isBudgeted(live.request));
    const problem = budgeted.length === 0 ? null : this.#kept();
    for (const live of granted) {
      if (problem !== null && budgeted.includes(live)) {
        const why = { kind: 'record', reason: problem, until: this.#books.now + RECORD_AGAIN_MS } as const;
        this.#books.giveBack(live.request);
        live.wait({ verdict: 'wait', why, until: why.until });
        this.#queue.join(live);
        continue;
      }
      const waited = live.state() === 'waiting';
      live.grant(this.#books.now);
      const known = this.#leases.get(live.request.lease);
      if (waited && known !== undefined) this.#news.push(() => known.heard(known.lease));
    }
  }

  /** Keeps the record; what went wrong in words, or null. */
  #kept(): string | null {
    try {
      this.#record.keep();
      this.#allBooked();
      return null;
    } catch (thrown) {
      this.#fault(thrown);
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  #allBooked(): void {
    for (const live of this.#unrecorded.splice(0)) {
      live.booked();
      this.#leave(live, false);
    }
  }

  #settle(live: LiveLease, tokens: number | undefined): Settlement {
    if (live.state() !== 'held') return { counted: 0, over: 0 };
    return this.#move(() => {
      const settlement = live.settle(tokens !== undefined && tokens >= 0 && Number.isFinite(tokens) ? tokens : null);
      this.#book(live, settlement.counted);
      this.#unrecorded.push(live);
      const mustKeep = settlement.over > 0 && this.#books.isBudgeted(live.request, settlement.counted);
      if (!mustKeep || this.#kept() === null) {
        live.booked();
        this.#leave(live, false);
        this.#unrecorded = this.#unrecorded.filter((other) => other !== live);
      }
      this.#judge();
      return settlement;
    });
  }

  #release(live: LiveLease): void {
    if (live.state() === 'held') this.#settle(live, 0);
    if (live.state() !== 'waiting') return;
    this.#move(() => {
      live.end('cancel');
      this.#queue.leave(live);
      this.#leave(live, false);
      this.#judge();
    });
  }

  #book(live: LiveLease, tokens: number): void {
    this.#books.settle(live.request, tokens, this.#books.now - live.heldSince);
    if (tokens > 0 || (live.request.amounts.tokens ?? 0) > 0) this.#record.changed();
  }

  #leave(live: LiveLease, tell: boolean): void {
    const known = this.#leases.get(live.request.lease);
    if (known?.live !== live) return;
    this.#leases.delete(live.request.lease);
    if (tell) this.#news.push(() => known.heard(known.lease));
  }

  #look(due: number | null): void {
    if (this.#alarm?.due === due) return;
    this.#alarm?.disarm();
    this.#alarm = null;
    if (due === null || this.#isClosed) return;
    const ring = (): void => {
      this.#alarm = null;
      this.#move(() => {
        if (this.#unrecorded.length > 0) this.#kept();
        this.#judge();
      });
    };
    this.#alarm = { due, disarm: this.#time.alarm(due, ring) };
  }
}
