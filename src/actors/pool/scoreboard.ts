/**
 * Finds the best of many agents quickly: what `matchAgents` would rank first. What an agent brings to a score is kept in columns of numbers
 * and written anew when the agent changes; a question is one pass over them, without making objects.
 */
import { type AgentWish, affinityOf, canDo } from '../../policy/agent-match.ts';
import { AGENT_WEIGHTS, agentScore, RECENCY_HALF_LIFE_MS } from '../../policy/agent-score.ts';
import type { Member } from './member.ts';

/** Sums are made in another order than those of the score itself: so close to each other they are equals. */
const EQUAL = 1e-12;

/** So many half-lives from its base a moment is written with; beyond, the base is moved. Far below what a number can hold. */
const REACH = 500;

/** What took no time at all, in ms: so little that beside it everything else takes for ever. */
const INSTANT = 1e-300;

/** Members for whom there is room at first; it doubles. */
const ROOM = 16;

const { success, speed, recency, load, affinity } = AGENT_WEIGHTS;

/** The members of one pool, in the order in which they were registered. */
export class Scoreboard {
  readonly #members: Member[] = [];
  readonly #places = new Map<string, number>();
  readonly #silences: (() => void)[] = [];
  /** Whether it takes a task now. */
  readonly #free: boolean[] = [];
  /** Success, load, and the halves for what is not known; −∞ where it takes no task now, so that nobody asks for that again. */
  #fixed = new Float64Array(ROOM);
  /** One by its average duration, per ms; 0 where none is known, or it takes no task now. */
  #rates = new Float64Array(ROOM);
  /** 2^(last success ÷ half-life), from the base on; 0 where there is none. */
  #lately = new Float64Array(ROOM);
  #base = 0;
  /** By what is asked for: who can do it. */
  readonly #able = new Map<string, readonly boolean[]>();

  add(member: Member): void {
    const place = this.#members.push(member) - 1;
    this.#places.set(member.id, place);
    this.#able.clear();
    if (place >= this.#fixed.length) {
      this.#fixed = twiceAsLong(this.#fixed);
      this.#rates = twiceAsLong(this.#rates);
      this.#lately = twiceAsLong(this.#lately);
    }
    this.#write(place, member);
    const silence = member.onChange((isAnother) => {
      if (isAnother) this.#able.clear();
      this.#write(place, member);
    });
    this.#silences.push(silence);
  }

  /** It is not asked any more: its members need not tell it how they stand. */
  close(): void {
    for (const silence of this.#silences.splice(0)) silence();
  }

  /** The best of the members who can do it and are free, at `now`, ms since the epoch; null when there is none. */
  best(wish: AgentWish, now: number): Member | null {
    if (Math.abs(now - this.#base) > REACH * RECENCY_HALF_LIFE_MS) this.#moveBase(now);
    const able = wish.capabilities.length === 0 ? null : this.#whoCan(wish.capabilities);
    const preferred = this.#place(wish.preferred);
    if (this.#free[preferred] === true && able?.[preferred] !== false) return this.#members[preferred] ?? null;
    const highest = this.#highestRate(able);
    const bySpeed = highest > 0 ? speed / highest : 0;
    const decay = recency * 2 ** ((this.#base - now) / RECENCY_HALF_LIFE_MS);
    const former = this.#place(wish.former);
    const known = former < 0 ? 0 : affinity * affinityOf(wish.former ?? '', wish);
    const [fixed, rates, lately, count] = [this.#fixed, this.#rates, this.#lately, this.#members.length];
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < count; place++) {
      if (able !== null && able[place] !== true) continue;
      const fresh = decay * (lately[place] ?? 0);
      let total = (fixed[place] ?? 0) + bySpeed * (rates[place] ?? 0) + Math.min(recency, fresh);
      if (place === former) total += known;
      if (total <= most + EQUAL) continue;
      most = total;
      best = place;
    }
    return this.#members[best] ?? null;
  }

  #place(id: string | null): number {
    return id === null ? -1 : (this.#places.get(id) ?? -1);
  }

  #highestRate(able: readonly boolean[] | null): number {
    const [rates, count] = [this.#rates, this.#members.length];
    let most = 0;
    for (let place = 0; place < count; place++) {
      const rate = rates[place] ?? 0;
      if (rate > most && (able === null || able[place] === true)) most = rate;
    }
    return most;
  }

  #whoCan(capabilities: readonly string[]): readonly boolean[] {
    const key = capabilities.join('\n');
    let able = this.#able.get(key);
    if (able === undefined) {
      able = this.#members.map((member) => canDo(member.capabilities, capabilities));
      this.#able.set(key, able);
    }
    return able;
  }

  #write(place: number, member: Member): void {
    const { record, inFlight, capacity } = member;
    const { averageMs, lastCompletedAt } = record;
    const parts = agentScore({ record, inFlight, capacity, affinity: 0, now: 0, fastestMs: null });
    const isFree = inFlight < capacity && member.away === null;
    const unknown = (averageMs === null ? speed * parts.speed : 0) + (lastCompletedAt === null ? recency * parts.recency : 0);
    this.#free[place] = isFree;
    this.#fixed[place] = isFree ? success * parts.success + load * parts.load + unknown : Number.NEGATIVE_INFINITY;
    this.#rates[place] = isFree && averageMs !== null ? 1 / Math.max(averageMs, INSTANT) : 0;
    this.#lately[place] = lastCompletedAt === null ? 0 : 2 ** ((lastCompletedAt - this.#base) / RECENCY_HALF_LIFE_MS);
  }

  #moveBase(now: number): void {
    this.#base = now;
    for (const [place, member] of this.#members.entries()) this.#write(place, member);
  }
}

function twiceAsLong(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(column.length * 2);
  longer.set(column);
  return longer;
}
