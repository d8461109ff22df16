/**
 * Turnstiles before the queue for resources, for as long as there is a shortage: tasks that are alike, of one pool and asking for the same amount of
 * what is short, are let into the queue so many at once, or one by one at intervals. The others wait here, in the order of their turns, and
 * are in nobody's way.
 *
 * A turnstile stands while somebody waits at it or, let in, waits for what is short; when the limit is changed it is gone. A timer runs only while
 * somebody waits for an interval to pass.
 */
import type { Amounts, LimitKind, ResourceLimits } from '../../policy/resource-amounts.ts';
import { inTaskOrder } from '../../policy/task-order.ts';
import type { LeaseAccount } from '../resources/lease-ask.ts';
import type { Flight } from './flight.ts';

/** Who stands before a turnstile, and how many it lets in. */
export interface TurnstileTerms {
  /** What they ask for of the house, in one word. */
  readonly lane: string;
  readonly account: string;
  readonly kind: LimitKind;
  /** So much each of them asks for. */
  readonly amount: number;
  /** The limit that is short. */
  readonly limit: number;
  readonly lets: { readonly atOnce: number } | { readonly everyMs: number };
}

/** What turnstiles go by. */
export interface TurnstileHost {
  readonly now: () => number;
  readonly alarm: (due: number, ring: () => void) => () => void;
  readonly limits: (account: string) => ResourceLimits;
  /** Of those alike: how many have what they asked for, and how many wait for it. */
  readonly alike: (terms: TurnstileTerms) => { readonly held: number; readonly waiting: number };
  /** It stands in line again. */
  readonly letThrough: (flight: Flight) => void;
}

interface Turnstile {
  readonly terms: TurnstileTerms;
  readonly queue: Flight[];
  /** Let through, and not yet asking. */
  readonly passing: Set<Flight>;
  /** When somebody was let through, or granted what it waited for, last, ms. */
  lastAt: number;
  /** Of those alike, how many waited in the queue when it was looked at last. */
  waiting: number;
  disarm: (() => void) | null;
}

/** How much of a kind is asked for. */
export const askedOf = (amounts: Amounts, kind: LimitKind): number => amounts[kind === 'tokensPerMinute' ? 'tokens' : kind] ?? 0;

/** The turnstiles of a house. */
export class Turnstiles {
  readonly #host: TurnstileHost;
  readonly #turnstiles = new Set<Turnstile>();

  constructor(host: TurnstileHost) {
    this.#host = host;
  }

  /** Whether there are any. */
  get stand(): boolean {
    return this.#turnstiles.size > 0;
  }

  /** Puts a turnstile up; one that stands there already stays. */
  putUp(terms: TurnstileTerms): void {
    const { lane, account, kind, amount } = terms;
    const isThere = [...this.#turnstiles].some(
      ({ terms: other }) => other.lane === lane && other.account === account && other.kind === kind && other.amount === amount,
    );
    if (isThere) return;
    const { waiting } = this.#host.alike(terms);
    this.#turnstiles.add({ terms, queue: [], passing: new Set(), lastAt: this.#host.now(), waiting, disarm: null });
  }

  /** Whether a task must wait at a turnstile before it asks for what it needs. */
  holds(flight: Flight, accounts: readonly LeaseAccount[], amounts: Amounts): boolean {
    for (const turnstile of [...this.#turnstiles]) {
      const { lane, account, kind, amount } = turnstile.terms;
      if (flight.lane !== lane || askedOf(amounts, kind) !== amount || !accounts.some(({ name }) => name === account)) continue;
      if (turnstile.passing.delete(flight) || this.#isOver(turnstile)) continue;
      if (turnstile.queue.length > 0 || !this.#hasRoom(turnstile)) {
        turnstile.queue.push(flight);
        this.#look(turnstile);
        return true;
      }
      turnstile.lastAt = this.#host.now();
    }
    return false;
  }

  /** A task has ended, or is not wanted any more. */
  left(flight: Flight): void {
    for (const { queue, passing } of this.#turnstiles) {
      passing.delete(flight);
      const place = queue.indexOf(flight);
      if (place >= 0) queue.splice(place, 1);
    }
  }

  /** Somebody was granted what it asked for, or gave it back, or a limit was changed. */
  moved(): void {
    for (const turnstile of [...this.#turnstiles]) this.#look(turnstile);
  }

  stop(): void {
    for (const { disarm } of this.#turnstiles) disarm?.();
    this.#turnstiles.clear();
  }

  #look(turnstile: Turnstile): void {
    if (this.#isOver(turnstile)) return;
    const { queue, terms } = turnstile;
    const { waiting } = this.#host.alike(terms);
    if (waiting < turnstile.waiting) turnstile.lastAt = this.#host.now();
    turnstile.waiting = waiting;
    while (queue.length > 0 && this.#hasRoom(turnstile)) this.#letThrough(turnstile, first(queue));
    if (queue.length === 0 && turnstile.passing.size === 0 && waiting === 0 && this.#isTime(turnstile)) this.#remove(turnstile);
    else if (queue.length > 0 && !this.#isTime(turnstile)) this.#arm(turnstile);
  }

  /** One whose limit is another now is of no use: everybody goes on. */
  #isOver(turnstile: Turnstile): boolean {
    const { account, kind, limit } = turnstile.terms;
    if (this.#host.limits(account)[kind] === limit) return false;
    this.#remove(turnstile);
    for (const flight of turnstile.queue.splice(0)) this.#host.letThrough(flight);
    return true;
  }

  #letThrough(turnstile: Turnstile, flight: Flight | null): void {
    if (flight === null) return;
    turnstile.passing.add(flight);
    turnstile.lastAt = this.#host.now();
    this.#host.letThrough(flight);
  }

  #hasRoom(turnstile: Turnstile): boolean {
    const { held, waiting } = this.#host.alike(turnstile.terms);
    const { lets } = turnstile.terms;
    if ('atOnce' in lets) return held + waiting + turnstile.passing.size < lets.atOnce;
    return waiting + turnstile.passing.size === 0 && this.#isTime(turnstile);
  }

  #isTime({ terms: { lets }, lastAt }: Turnstile): boolean {
    return 'atOnce' in lets || this.#host.now() >= lastAt + lets.everyMs;
  }

  #arm(turnstile: Turnstile): void {
    const { lets } = turnstile.terms;
    if (turnstile.disarm !== null || 'atOnce' in lets) return;
    turnstile.disarm = this.#host.alarm(turnstile.lastAt + lets.everyMs, () => {
      turnstile.disarm = null;
      if (this.#turnstiles.has(turnstile)) this.#look(turnstile);
    });
  }

  #remove(turnstile: Turnstile): void {
    turnstile.disarm?.();
    turnstile.disarm = null;
    this.#turnstiles.delete(turnstile);
  }
}

/** Takes the one out whose turn it is. */
function first(queue: Flight[]): Flight | null {
  let best = 0;
  for (const [place, { turn }] of queue.entries()) {
    const other = queue[best]?.turn;
    if (turn !== null && other !== null && other !== undefined && inTaskOrder(turn, other) < 0) best = place;
  }
  return queue.splice(best, 1)[0] ?? null;
}
