/**
 * Calls against a budget of tokens, made by a house that dies and comes back. Beside what the ledger counts there is what was really used:
 * nobody tells the ledger what calls had used when their house died.
 */
import { expect } from 'vitest';
import type { Lease } from '../../../src/actors/resources/lease.ts';
import type { Ledger } from '../../../src/actors/resources/ledger-contract.ts';
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
export function play(plot: Plot): Lives {
  const shelf = new MortalShelf();
  const time = steppedTime();
  const story = { used: 0, done: new Set<number>() };
  for (let life = 0; ; life++) {
    shelf.live(plot.deaths[life] ?? Number.POSITIVE_INFINITY);
    const { ledger, account } = house(shelf, time);
    const before = account();
    if (before !== undefined) expect(before.spent + before.inDoubt).toBeGreaterThanOrEqual(story.used);
    const inFlight = live(plot, story, shelf, ledger);
    if (!shelf.isDead) {
      expect(ledger.standing()).toMatchObject({ held: [], waiting: [] });
      return { ...story, deaths: life, moments: shelf.moments };
    }
    if (plot.continues) continue;
    for (const n of inFlight) story.used += Math.floor((plot.calls[n]?.reserve ?? 0) * (plot.calls[n]?.part ?? 0));
  }
}

/** One life of the house; gives those who were at work when it died. */
function live(
  { calls, limit, places, pick, continues }: Plot,
  story: { used: number; done: Set<number> },
  shelf: MortalShelf,
  ledger: Ledger,
) {
  const limits = { tokens: limit, concurrency: places };
  const inFlight = new Map<number, Lease>();
  let reserved = 0;
  const begin = (n: number, lease: Lease): void => {
    if (shelf.isDead || lease.state() !== 'held') return;
    inFlight.set(n, lease);
    reserved += calls[n]?.reserve ?? 0;
    if (story.used + reserved > limit || inFlight.size > places) expect([story.used, reserved, inFlight.size]).toEqual('within the limits');
  };
  calls.forEach(({ reserve }, n) => {
    if (story.done.has(n) || shelf.moment()) return;
    const request = {
      lease: `r/s${n}#1`,
      owner: `${n}`,
      accounts: [{ name: 'runtime', limits }],
      amounts: { tokens: reserve, concurrency: 1 },
    };
    begin(
      n,
      ledger.ask({ ...request, continues }, (lease) => begin(n, lease)),
    );
  });
  while (inFlight.size > 0 && !shelf.moment()) {
    const [n, lease] = [...inFlight][pick(inFlight.size)] ?? [0, null];
    const { use = 0, reserve = 0 } = calls[n] ?? {};
    inFlight.delete(n);
    reserved -= reserve;
    story.used += use;
    lease?.settle({ tokens: use });
    // Use beyond the reservation that died before it was told is the one thing that nobody can know.
    if (shelf.isDead) story.used -= continues ? use : Math.max(0, use - reserve);
    else story.done.add(n);
  }
  return inFlight.keys();
}
