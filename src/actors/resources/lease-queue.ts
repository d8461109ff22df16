/**
 * Those who wait for resources.
 *
 * Whoever waits for exactly the same as others stands in a lane with them, and only the first of each lane is judged. So a change costs as much
 * as there are different needs, however many wait, and what is decided is what would be decided if everybody were judged in turn.
 */
import { decideLease, type LeaseRequest, type LeaseVerdict } from '../../policy/lease-decision.ts';
import { hasAged } from '../../policy/lease-turn.ts';
import type { Books } from './books.ts';
import { KnownShortages } from './known-shortages.ts';
import { LaneTurns } from './lane-turns.ts';
import type { LiveLease } from './lease.ts';
import { isBefore, LeaseLane, sharedLane } from './lease-lane.ts';

/** A verdict after which nobody waits any more. */
export type Refusal = Extract<LeaseVerdict, { verdict: 'never' | 'die' }>;

/** What became of those who waited: who stays is not named. */
export interface Judgement {
  /** Reserved in the books, in the order of their turns. */
  readonly granted: readonly LiveLease[];
  readonly refused: readonly (readonly [LiveLease, Refusal])[];
}

/** The queue of a ledger. */
export class LeaseQueue {
  readonly #books: Books;
  readonly #shared = new Map<string, LeaseLane>();
  /** Lanes of one: of those who hold something, have a deadline, or go on with what a former process began. */
  readonly #alone = new Map<LiveLease, LeaseLane>();
  /** By owner: who of its own waits in a lane with others; one at most. */
  readonly #amongOthers = new Map<string, { readonly live: LiveLease; readonly lane: LeaseLane }>();
  #joined = 0;

  constructor(books: Books) {
    this.#books = books;
  }

  /** Everybody, in the order of their turns. Whoever was not judged, because somebody before it lacks the same, lacks it as well. */
  [Symbol.iterator](): Iterator<LiveLease> {
    const all = this.#lanes().flatMap((lane) => lane.all);
    return all.sort((a, b) => (isBefore(a, b) ? -1 : 1))[Symbol.iterator]();
  }

  join(live: LiveLease): void {
    live.joined = ++this.#joined;
    this.#stand(live);
  }

  leave(live: LiveLease): void {
    const { owner } = live.request;
    const among = this.#amongOthers.get(owner);
    if (among?.live !== live) {
      this.#alone.get(live)?.remove(live);
      this.#alone.delete(live);
      return;
    }
    this.#amongOthers.delete(owner);
    among.lane.remove(live);
    if (among.lane.first === null) this.#shared.delete(among.lane.key);
  }

  /**
   * Judges one who joins while nothing else has changed: nobody else can be granted more than before. One who is to wait, waits; but when a
   * holder waits, a grant is news for it.
   */
  judgeNew(live: LiveLease): Judgement {
    const judged = judgement();
    live.joined = ++this.#joined;
    const first = this.#laneOf(live)?.first ?? null;
    const why = first === null || !isBefore(first, live) ? null : first.why;
    if (first !== null && why !== null) live.wait({ verdict: 'wait', why, until: first.until });
    else if (!this.#judgeOne(live, judged)) {
      this.#standsAlone(live);
      if (judged.granted.length > 0 && this.#aHolderWaits()) this.#judgeAll(judged);
      return judged;
    }
    this.#stand(live);
    return judged;
  }

  /**
   * Judges everybody, and reserves for those who are granted what they ask. Where a grant has come between holders that wait they are judged
   * once more, because they may have to give way.
   */
  judge(): Judgement {
    const judged = judgement();
    this.#judgeAll(judged);
    return judged;
  }

  /** When time makes a difference to somebody, ms since the epoch; null: never. */
  nextMoment(): number | null {
    let next = Number.POSITIVE_INFINITY;
    for (const { first } of this.#lanes()) {
      if (first === null) continue;
      const { latestStart } = first.request.turn;
      next = Math.min(next, first.until ?? next, latestStart === null ? next : latestStart + 1);
    }
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  #judgeAll(judged: Draft): void {
    let isAgain: boolean;
    do {
      const before = judged.granted.length;
      isAgain = false;
      const lacking = new KnownShortages();
      const turns = new LaneTurns(this.#lanes());
      for (let lane = turns.next(); lane !== null; lane = turns.next()) {
        const { first } = lane;
        if (first === null) continue;
        if (lacking.covers(first, this.#books) || this.#judgeOne(first, judged)) lacking.note(first);
        else {
          this.leave(first);
          isAgain = this.#standsAlone(first);
          if (isAgain) break;
          turns.again(lane);
        }
      }
      isAgain ||= judged.granted.length > before && this.#aHolderWaits();
    } while (isAgain);
  }

  /** True when it is to wait. */
  #judgeOne(live: LiveLease, { granted, refused }: Draft): boolean {
    const books = this.#books;
    const verdict = decideLease(books, live.asked, { [Symbol.iterator]: () => this.#ahead(live)[Symbol.iterator]() });
    if (verdict.verdict === 'wait') {
      live.wait(verdict);
      return true;
    }
    if (verdict.verdict === 'grant') {
      if (live.continues) books.endDoubt(live.request.lease, false);
      books.reserve(live.request);
      granted.push(live);
    } else {
      refused.push([live, verdict]);
    }
    return false;
  }

  /** What those ask for who may not be passed and have their turn before somebody; those who ask for the same as one. */
  #ahead(live: LiveLease): LeaseRequest[] {
    const { now } = this.#books;
    const isHolder = this.#books.holdsSomething(live.request.owner);
    const ahead: { readonly first: LiveLease; readonly request: LeaseRequest }[] = [];
    for (const lane of this.#shared.values()) {
      const { first } = lane;
      const request = lane.agedBefore(live, now, isHolder);
      if (first !== null && request !== null) ahead.push({ first, request });
    }
    for (const other of this.#alone.keys()) {
      if (other !== live && isBefore(other, live) && this.#mayNotBePassed(other)) ahead.push({ first: other, request: other.asked });
    }
    return ahead.sort((a, b) => (isBefore(a.first, b.first) ? -1 : 1)).map(({ request }) => request);
  }

  /** A holder that waits keeps others waiting: were it passed by those who give way to it and come back, none of them would get on. */
  #mayNotBePassed({ request: { turn, owner } }: LiveLease): boolean {
    return hasAged(turn, this.#books.now) || this.#books.holdsSomething(owner);
  }

  #aHolderWaits(): boolean {
    for (const { request } of this.#alone.keys()) if (this.#books.holdsSomething(request.owner)) return true;
    return false;
  }

  /** Where it would stand beside others; null: nowhere, or there is nobody yet. */
  #laneOf(live: LiveLease): LeaseLane | null {
    const key = this.#sharedLane(live);
    return key === null ? null : (this.#shared.get(key) ?? null);
  }

  #sharedLane(live: LiveLease): string | null {
    const { owner } = live.request;
    return this.#books.holdsSomething(owner) || this.#amongOthers.has(owner) ? null : sharedLane(live);
  }

  #stand(live: LiveLease): void {
    const key = this.#sharedLane(live);
    if (key === null) {
      this.#standAlone(live);
      return;
    }
    let lane = this.#shared.get(key);
    if (lane === undefined) {
      lane = new LeaseLane(key);
      this.#shared.set(key, lane);
    }
    lane.add(live);
    this.#amongOthers.set(live.request.owner, { live, lane });
  }

  #standAlone(live: LiveLease): void {
    const lane = new LeaseLane('');
    lane.add(live);
    this.#alone.set(live, lane);
  }

  /** What else somebody waits for who holds something now is another matter than what others wait for. True when there is something. */
  #standsAlone({ request: { owner } }: LiveLease): boolean {
    const among = this.#amongOthers.get(owner);
    if (among === undefined || !this.#books.holdsSomething(owner)) return false;
    this.leave(among.live);
    this.#standAlone(among.live);
    return true;
  }

  #lanes(): LeaseLane[] {
    return [...this.#shared.values(), ...this.#alone.values()];
  }
}

interface Draft extends Judgement {
  readonly granted: LiveLease[];
  readonly refused: (readonly [LiveLease, Refusal])[];
}

const judgement = (): Draft => ({ granted: [], refused: [] });
