/** A ledger that counts how often each of its leases ended after it was held. */
import type { Lease } from '../../src/actors/resources/lease.ts';
import { createLedger } from '../../src/actors/resources/ledger.ts';
import type { Ledger, LedgerOptions } from '../../src/actors/resources/ledger-contract.ts';

export class CountedLedger {
  readonly ledger: Ledger;
  readonly #all: { readonly lease: Lease; ends: number; wasHeld: boolean }[] = [];
  readonly #known = new Map<Lease, Lease>();

  constructor(time: LedgerOptions['time']) {
    const inner = createLedger({ time });
    const counted: Partial<Ledger> = {
      ask: (ask, heard) => this.#counted(inner.ask(ask, (lease) => heard?.(this.#counted(lease)))),
      exchange: (name, parts) => {
        const whole = this.#all.findLast(({ lease }) => lease.id === name);
        if (whole !== undefined) whole.ends += 1;
        return inner.exchange(name, parts).map((lease) => this.#counted(lease));
      },
    };
    this.ledger = new Proxy(inner, {
      get: (target, name) => {
        const value: unknown = Reflect.get(counted, name) ?? Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** Leases that were held, and did not end once. */
  unbalanced(): string[] {
    for (const each of this.#all) each.wasHeld ||= each.lease.state() === 'held';
    return this.#all.flatMap(({ lease, wasHeld, ends }) => (wasHeld && ends !== 1 ? [`${lease.id}: ${ends}`] : []));
  }

  #counted(inner: Lease): Lease {
    const known = this.#known.get(inner);
    const noted = this.#all.find(({ lease }) => lease === inner);
    if (noted !== undefined) noted.wasHeld ||= inner.state() === 'held';
    if (known !== undefined) return known;
    const entry = { lease: inner, ends: 0, wasHeld: inner.state() === 'held' };
    this.#all.push(entry);
    const ends = <Result>(end: () => Result): Result => {
      const before = inner.state() === 'held';
      const result = end();
      if (before && inner.state() !== 'held') entry.ends += 1;
      return result;
    };
    const outer: Lease = { ...inner, settle: (used) => ends(() => inner.settle(used)), release: () => ends(() => inner.release()) };
    this.#known.set(inner, outer);
    return outer;
  }
}
