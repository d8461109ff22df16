/** A pool: the agents that play one part, a persona or a step type. */
import { type AgentMatch, type AgentWish, canDo, matchAgents, refusalOf } from '../../policy/agent-match.ts';
import type { AgentChosen } from '../../protocol/facts.ts';
import type { Task } from '../../protocol/task.ts';
import type { Member } from './member.ts';
import { Scoreboard } from './scoreboard.ts';

/** The part that is asked for, for people: `persona "coder"`. */
export const partName = ({ type, persona }: Pick<Task, 'type' | 'persona'>): string =>
  persona === null ? `step type "${type}"` : `persona "${persona}"`;

/** What a task finds in its pool. */
export type PoolAnswer =
  | { readonly kind: 'found'; readonly member: Member }
  /** Somebody could do it, but nobody has room or is there now. */
  | { readonly kind: 'later' }
  /** Nobody of the pool will ever do. */
  | { readonly kind: 'never'; readonly match: AgentMatch };

/** Of larger pools not everybody is looked at again to say why somebody was chosen. */
const LOOKED_AT = 20;
/** So many are told of each sort. */
const TOLD = 5;

const LATER: PoolAnswer = { kind: 'later' };

/** The agents of one part, in the order in which they were registered. */
export class Pool {
  /** The part that it was first asked for, for people; whoever plays everything is asked for other parts, too. */
  readonly name: string;
  /** In one word, for no other pool the same. */
  readonly lane: string;
  readonly #members: Member[] = [];
  /** There where there is a choice. */
  #scoreboard: Scoreboard | null = null;

  constructor(name: string, lane = name) {
    this.name = name;
    this.lane = lane;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Whether there is more than one agent to choose from. */
  get isChoice(): boolean {
    return this.#members.length > 1;
  }

  add(member: Member): void {
    this.#members.push(member);
    if (this.#members.length === 1) return;
    if (this.#scoreboard === null) {
      this.#scoreboard = new Scoreboard();
      for (const each of this.#members) this.#scoreboard.add(each);
    } else this.#scoreboard.add(member);
  }

  /** Another pool has taken its place. */
  close(): void {
    this.#scoreboard?.close();
  }

  /** Who is given a task at `now`, ms since the epoch. */
  choose(wish: AgentWish, now: number): PoolAnswer {
    const member = this.#best(wish, now);
    if (member !== null) return { kind: 'found', member };
    const isAble = this.#members.some(({ capabilities }) => canDo(capabilities, wish.capabilities));
    return isAble ? LATER : { kind: 'never', match: this.match(wish, now) };
  }

  /** The same in full, for people: everybody's score, or why nobody looked at them. */
  match(wish: AgentWish, now: number): AgentMatch {
    return matchAgents(
      wish,
      this.members.map((member) => member.offer()),
      now,
    );
  }

  #best(wish: AgentWish, now: number): Member | null {
    if (this.#scoreboard !== null) return this.#scoreboard.best(wish, now);
    const [only] = this.#members;
    if (only === undefined || only.inFlight >= only.capacity || only.away !== null) return null;
    return canDo(only.capabilities, wish.capabilities) ? only : null;
  }

  /** Why this one of several is given a task at `now`. Of a large pool only the chosen one is looked at in full. */
  reason(member: Member, wish: AgentWish, now: number): Pick<AgentChosen, 'agent' | 'among' | 'ranked' | 'refused'> {
    const isSmall = this.#members.length <= LOOKED_AT;
    const offers = (isSmall ? this.#members : [member]).map((each) => each.offer());
    const { ranked, refused } = matchAgents(wish, offers, now);
    return {
      agent: member.id,
      among: this.#members.length,
      ranked: ranked.slice(0, TOLD).map(({ id, score }) => ({ agent: id, score: { ...score } })),
      refused: refused.slice(0, TOLD).map(({ id, why }) => ({ agent: id, why })),
    };
  }

  /** Whether all of those who could do it are away, and not only busy. */
  isDeserted({ capabilities }: AgentWish): boolean {
    return this.#members.every((member) => member.isGone || !canDo(member.capabilities, capabilities));
  }

  /** Why none of those who could do it takes it now; not all of a large pool are named. */
  waitsFor(wish: AgentWish): string {
    const refusals = this.members.flatMap((member) => refusalOf(member.offer(), wish) ?? []).filter(({ kind }) => kind !== 'unfit');
    const more = refusals.length > TOLD ? `; and ${refusals.length - TOLD} more` : '';
    const named = refusals.slice(0, TOLD).map(({ id, why }) => `${id}: ${why}`);
    return named.length === 0 ? `nobody plays ${this.name}` : named.join('; ') + more;
  }
}
