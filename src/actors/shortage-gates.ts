/**
 * Gates before the queue for resources, for as long as there is a shortage: tasks that are alike, of one pool and asking for the same amount of
 * what is short, are let into the queue so many at once, or one by one at intervals. The others wait here, in the order of their turns, and
 * are in nobody's way.
 *
 * A gate stands while somebody waits at it or, let in, waits for what is short; when the limit is changed it is gone. A timer runs only while
 * somebody waits for an interval to pass.
 */
import type { Amounts, LimitKind, ResourceLimits } from '../policy/resource-amounts.ts';
import { inTaskOrder } from '../policy/task-order.ts';
import type { Flight } from './flight.ts';
import type { LeaseAccount } from './resources/lease-ask.ts';

/** Who stands before a gate, and how many it lets in. */
export interface GateTerms {
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

/** What gates go by. */
export interface GateHost {
  readonly now: () => number;
  readonly alarm: (due: number, ring: () => void) => () => void;
  readonly limits: (account: string) => ResourceLimits;
  /** Of those alike: how many have what they asked for, and how many wait for it. */
  readonly alike: (terms: GateTerms) => { readonly held: number; readonly waiting: number };
  /** It stands in line again. */
  readonly letThrough: (flight: Flight) => void;
}

interface Gate {
  readonly terms: GateTerms;
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

/** The gates of a house. */
export class ShortageGates {
  readonly #host: GateHost;
  readonly #gates = new Set<Gate>();

  constructor(host: GateHost) {
    this.#host = host;
  }

  /** Whether there are any. */
  get stand(): boolean {
    return this.#gates.size > 0;
  }

  /** Puts a gate up; one that stands there already stays. */
  putUp(terms: GateTerms): void {
    const { lane, account, kind, amount } = terms;
    const isThere = [...this.#gates].some(
      ({ terms: other }) => other.lane === lane && other.account === account && other.kind === kind && other.amount === amount,
    );
    if (isThere) return;
    const { waiting } = this.#host.alike(terms);
    this.#gates.add({ terms, queue: [], passing: new Set(), lastAt: this.#host.now(), waiting, disarm: null });
  }

  /** Whether a task must wait at a gate before it asks for what it needs. */
  holds(flight: Flight, accounts: readonly LeaseAccount[], amounts: Amounts): boolean {
    for (const gate of [...this.#gates]) {
      const { lane, account, kind, amount } = gate.terms;
      if (flight.lane !== lane || askedOf(amounts, kind) !== amount || !accounts.some(({ name }) => name === account)) continue;
      if (gate.passing.delete(flight) || this.#isOver(gate)) continue;
      if (gate.queue.length > 0 || !this.#hasRoom(gate)) {
        gate.queue.push(flight);
        this.#look(gate);
        return true;
      }
      gate.lastAt = this.#host.now();
    }
    return false;
  }

  /** A task has ended, or is not wanted any more. */
  left(flight: Flight): void {
    for (const { queue, passing } of this.#gates) {
      passing.delete(flight);
      const place = queue.indexOf(flight);
      if (place >= 0) queue.splice(place, 1);
    }
  }

  /** Somebody was granted what it asked for, or gave it back, or a limit was changed. */
  moved(): void {
    for (const gate of [...this.#gates]) this.#look(gate);
  }

  stop(): void {
    for (const { disarm } of this.#gates) disarm?.();
    this.#gates.clear();
  }

  #look(gate: Gate): void {
    if (this.#isOver(gate)) return;
    const { queue, terms } = gate;
    const { waiting } = this.#host.alike(terms);
    if (waiting < gate.waiting) gate.lastAt = this.#host.now();
    gate.waiting = waiting;
    while (queue.length > 0 && this.#hasRoom(gate)) this.#letThrough(gate, first(queue));
    if (queue.length === 0 && gate.passing.size === 0 && waiting === 0 && this.#isTime(gate)) this.#remove(gate);
    else if (queue.length > 0 && !this.#isTime(gate)) this.#arm(gate);
  }

  /** One whose limit is another now is of no use: everybody goes on. */
  #isOver(gate: Gate): boolean {
    const { account, kind, limit } = gate.terms;
    if (this.#host.limits(account)[kind] === limit) return false;
    this.#remove(gate);
    for (const flight of gate.queue.splice(0)) this.#host.letThrough(flight);
    return true;
  }

  #letThrough(gate: Gate, flight: Flight | null): void {
    if (flight === null) return;
    gate.passing.add(flight);
    gate.lastAt = this.#host.now();
    this.#host.letThrough(flight);
  }

  #hasRoom(gate: Gate): boolean {
    const { held, waiting } = this.#host.alike(gate.terms);
    const { lets } = gate.terms;
    if ('atOnce' in lets) return held + waiting + gate.passing.size < lets.atOnce;
    return waiting + gate.passing.size === 0 && this.#isTime(gate);
  }

  #isTime({ terms: { lets }, lastAt }: Gate): boolean {
    return 'atOnce' in lets || this.#host.now() >= lastAt + lets.everyMs;
  }

  #arm(gate: Gate): void {
    const { lets } = gate.terms;
    if (gate.disarm !== null || 'atOnce' in lets) return;
    gate.disarm = this.#host.alarm(gate.lastAt + lets.everyMs, () => {
      gate.disarm = null;
      if (this.#gates.has(gate)) this.#look(gate);
    });
  }

  #remove(gate: Gate): void {
    gate.disarm?.();
    gate.disarm = null;
    this.#gates.delete(gate);
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
