/**
 * Calls against a budget of tokens, made by a house that dies and comes back. Beside what the ledger counts there is what was really used:
 * nobody tells the ledger what calls had used when their house died.
 */
import { expect } from 'vitest';
import type { Lease } from '../../../src/actors/resources/lease.ts';
import type { LedgerDocument } from '../../../src/actors/resources/ledger-document.ts';
import { house, Shelf, steppedTime } from './house.ts';

/** A call: what it reserves, what it uses, and the share of its reservation that it has used when it is killed. */
export interface Call {
  readonly reserve: number;
  readonly use: number;
  readonly part: number;
}

/** A shelf in a house that dies at its n-th moment: before a record, after it, or between two moves. What a dead house does leaves no trace. */
class MortalShelf extends Shelf {
  #left = Number.POSITIVE_INFINITY;
  isDead = false;
  moments = 0;

  live(moments: number): void {
    this.#left = moments;
    this.isDead = false;
  }

  /** A moment at which it may die. True when it is dead. */
  moment(): boolean {
    this.moments += 1;
    if (this.#left-- <= 0) this.isDead = true;
    return this.isDead;
  }

  override keep(document: LedgerDocument): void {
    if (this.isDead || this.moment()) throw new Error('died before the record');
    super.keep(document);
    if (this.moment()) throw new Error('died after the record');
  }
}

/** What came of it. */
export interface Lives {
  /** Tokens really used. */
  readonly used: number;
  /** Indices of calls that have ended. */
  readonly done: ReadonlySet<number>;
  readonly deaths: number;
  /** Moments at which a house could have died. */
  readonly moments: number;
}

/** The plot: `deaths` has the moments each life lasts; the life after the last one does not end early. `pick` chooses who ends next. */
export interface Plot {
  readonly calls: readonly Call[];
  readonly limit: number;
  readonly places: number;
  readonly deaths: readonly number[];
  readonly pick: (among: number) => number;
  /** Whether calls survive their house and go on. */
  readonly continues: boolean;
}

/** Plays it, and expects at every grant and every restart that the budget is kept to and nothing is forgotten. */
export function play({ calls, limit, places, deaths, pick, continues }: Plot): Lives {
  const shelf = new MortalShelf();
  const time = steppedTime();
  const done = new Set<number>();
  const limits = { tokens: limit, concurrency: places };
  let used = 0;
  for (let life = 0; ; life++) {
    shelf.live(deaths[life] ?? Number.POSITIVE_INFINITY);
    const { ledger, account } = house(shelf, time);
    const before = account();
    if (before !== undefined) expect(before.spent + before.inDoubt).toBeGreaterThanOrEqual(used);
    const inFlight = new Map<number, Lease>();
    const begin = (n: number, lease: Lease): void => {
      if (shelf.isDead || lease.state() !== 'held') return;
      inFlight.set(n, lease);
      const reserved = [...inFlight.keys()].reduce((sum, each) => sum + (calls[each]?.reserve ?? 0), 0);
      expect(used + reserved).toBeLessThanOrEqual(limit);
      expect(inFlight.size).toBeLessThanOrEqual(places);
    };
    calls.forEach(({ reserve }, n) => {
      if (done.has(n) || shelf.moment()) return;
      const request = {
        lease: `r/s${n}#1`,
        owner: `${n}`,
        accounts: [{ name: 'runtime', limits }],
        amounts: { tokens: reserve, concurrency: 1 },
      };
      const lease = ledger.ask({ ...request, continues }, (heard) => begin(n, heard));
      begin(n, lease);
    });
    while (inFlight.size > 0 && !shelf.moment()) {
      const [n, lease] = [...inFlight][pick(inFlight.size)] ?? [0, null];
      const { use = 0, reserve = 0 } = calls[n] ?? {};
      inFlight.delete(n);
      used += use;
      lease?.settle({ tokens: use });
      // Use beyond the reservation that died before it was told is the one thing that nobody can know.
      if (shelf.isDead) used -= continues ? use : Math.max(0, use - reserve);
      else done.add(n);
    }
    if (!shelf.isDead) {
      expect(ledger.standing()).toMatchObject({ held: [], waiting: [] });
      return { used, done, deaths: life, moments: shelf.moments };
    }
    if (!continues) for (const n of inFlight.keys()) used += Math.floor((calls[n]?.reserve ?? 0) * (calls[n]?.part ?? 0));
  }
}
