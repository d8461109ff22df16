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

const { success, speed, recency, load, affinity } = AGENT_WEIGHTS;

/** The members of one pool, in the order in which they were registered. */
export class Scoreboard {
  readonly #members: Member[] = [];
  readonly #places = new Map<string, number>();
  /** Whether it takes a task now. */
  readonly #free: boolean[] = [];
  /** Success, load, and the halves for what is not known. */
  readonly #fixed: number[] = [];
  /** Average duration, ms; infinite where none is known. */
  readonly #averages: number[] = [];
  /** 2^(last success ÷ half-life), from the base on; 0 where there is none. */
  readonly #lately: number[] = [];
  #base = 0;
  /** By what is asked for: who can do it. */
  readonly #able = new Map<string, readonly boolean[]>();

  add(member: Member): void {
    const place = this.#members.push(member) - 1;
    this.#places.set(member.id, place);
    this.#able.clear();
    this.#write(place, member);
    member.onChange((isAnother) => {
      if (isAnother) this.#able.clear();
      this.#write(place, member);
    });
  }

  /** The best of the members who can do it and are free, at `now`, ms since the epoch; null when there is none. */
  best(wish: AgentWish, now: number): Member | null {
    if (Math.abs(now - this.#base) > REACH * RECENCY_HALF_LIFE_MS) this.#moveBase(now);
    const able = wish.capabilities.length === 0 ? null : this.#whoCan(wish.capabilities);
    const fastest = this.#fastest(able);
    const decay = recency * 2 ** ((this.#base - now) / RECENCY_HALF_LIFE_MS);
    const preferred = this.#place(wish.preferred);
    if (this.#free[preferred] === true && (able === null || able[preferred] === true)) return this.#members[preferred] ?? null;
    const former = this.#place(wish.former);
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < this.#free.length; place++) {
      if (this.#free[place] !== true || (able !== null && able[place] !== true)) continue;
      let total = (this.#fixed[place] ?? 0) + speedOf(this.#averages[place] ?? 0, fastest);
      total += Math.min(recency, decay * (this.#lately[place] ?? 0));
      if (place === former) total += affinity * affinityOf(this.#members[place]?.id ?? '', wish);
      if (total <= most + EQUAL) continue;
      most = total;
      best = place;
    }
    return this.#members[best] ?? null;
  }

  #place(id: string | null): number {
    return id === null ? -1 : (this.#places.get(id) ?? -1);
  }

  #fastest(able: readonly boolean[] | null): number {
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < this.#averages.length; place++) {
      const average = this.#averages[place] ?? least;
      if (average < least && this.#free[place] === true && (able === null || able[place] === true)) least = average;
    }
    return least;
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
    this.#free[place] = inFlight < capacity && member.away === null;
    this.#fixed[place] =
      success * parts.success +
      load * parts.load +
      (averageMs === null ? speed * parts.speed : 0) +
      (lastCompletedAt === null ? recency * parts.recency : 0);
    this.#averages[place] = averageMs ?? Number.POSITIVE_INFINITY;
    this.#lately[place] = lastCompletedAt === null ? 0 : 2 ** ((lastCompletedAt - this.#base) / RECENCY_HALF_LIFE_MS);
  }

  #moveBase(now: number): void {
    this.#base = now;
    for (const [place, member] of this.#members.entries()) this.#write(place, member);
  }
}

const speedOf = (average: number, fastest: number): number => {
  if (average === Number.POSITIVE_INFINITY) return 0;
  return average > 0 ? (speed * fastest) / average : speed;
};
