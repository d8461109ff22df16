/**
 * Everybody who is given tasks here: the agents of a crew as members of pools. An agent that plays several parts is one member of several
 * pools: what it has in hand, and what is known of it, is the same wherever it is looked at.
 */
import type { BreakerStanding } from '../../machines/circuit-breaker.ts';
import type { AgentRecord } from '../../policy/agent-score.ts';
import { type BreakerSettings, breakerSettings } from '../../policy/breaker-window.ts';
import type { Agent } from '../../protocol/agent.ts';
import type { Task } from '../../protocol/task.ts';
import type { AgentActor } from './agent-actor.ts';
import { type Breaker, startBreaker } from './breaker.ts';
import type { HostSleep } from './host-clock.ts';
import { Member } from './member.ts';
import { Pool, partName } from './pool.ts';

/** What is kept of an agent. Plain JSON. */
export interface AgentHistory {
  readonly record: AgentRecord;
  readonly breaker: BreakerStanding | null;
}

/** What a roster needs. */
export interface RosterHost {
  /** ms since the epoch. */
  readonly now: () => number;
  readonly sleep: HostSleep;
  readonly actorOf: (agent: Agent) => AgentActor | null;
  /** By agent id: what is known from before. */
  readonly history: Readonly<Record<string, AgentHistory>>;
  /** How patient circuit breakers are, where an agent does not say; null: none stands before anybody who does not ask for one. */
  readonly breakers: Partial<BreakerSettings> | null;
  /** Somebody who took no tasks may take some now. */
  readonly freed: () => void;
  /** An agent has stopped answering: what it has in hand is lost. */
  readonly lost: (member: Member) => void;
}

/** So many runs are remembered by who worked for them, and so many agents that have left. */
const REMEMBERED = 1_000;

/** The members of all pools. */
export class Roster {
  readonly #host: RosterHost;
  readonly #members = new Map<Agent, Member>();
  /** By id: who was looked at last. */
  readonly #byId = new Map<string, Member>();
  readonly #pools = new WeakMap<readonly Agent[], Pool>();
  /** By part: the pool that was last made for it. Others take its place as agents come and go. */
  readonly #byPart = new Map<string, { readonly cast: readonly Agent[]; readonly pool: Pool }>();
  #pooled = 0;
  /** By run and part: who has worked for it last. */
  readonly #former = new Map<string, string>();
  readonly #silences = new Map<Member, () => void>();
  /** By id: what is known of agents that are not here any more, the last to leave at the end. */
  readonly #left = new Map<string, AgentHistory>();

  constructor(host: RosterHost) {
    this.#host = host;
  }

  /** The pool of those who play the part of a task: the same one for the same list. */
  pool(cast: readonly Agent[], { type, persona }: Pick<Task, 'type' | 'persona'>): Pool {
    const known = this.#pools.get(cast);
    if (known !== undefined) return known;
    const part = partName({ type, persona });
    const before = this.#byPart.get(part);
    if (before !== undefined) {
      this.#pools.delete(before.cast);
      before.pool.close();
    }
    const pool = new Pool(part, `${++this.#pooled}`);
    for (const agent of cast) pool.add(this.member(agent));
    this.#pools.set(cast, pool);
    this.#byPart.set(part, { cast, pool });
    return pool;
  }

  members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Who has done the last work for the same part of the same run; null: nobody. */
  former(run: string, pool: Pool): string | null {
    return this.#former.get(`${run} ${pool.name}`) ?? null;
  }

  remember(run: string, pool: Pool, agent: string): void {
    const key = `${run} ${pool.name}`;
    this.#former.delete(key);
    this.#former.set(key, agent);
    if (this.#former.size <= REMEMBERED) return;
    const [oldest] = this.#former.keys();
    if (oldest !== undefined) this.#former.delete(oldest);
  }

  /** What is worth keeping of each member. */
  history(): Record<string, AgentHistory> {
    return Object.fromEntries([...this.#left, ...this.members().map((member) => [member.id, historyOf(member)] as const)]);
  }

  /** Somebody has joined the crew or left it: those who have left, and have nothing in hand any more, are kept as what is known of them. */
  crewChanged(): void {
    for (const member of this.members()) this.#part(member);
  }

  #part(member: Member): void {
    const { agent, id, tasks } = member;
    if (member.actor === null || this.#host.actorOf(agent) === member.actor || tasks.length > 0) return;
    this.#members.delete(agent);
    this.#silences.get(member)?.();
    this.#silences.delete(member);
    const history = historyOf(member);
    member.breaker?.stop();
    // whoever has its id now has gone on from what was known of it then
    if (this.#byId.get(id) !== member) return;
    this.#byId.delete(id);
    this.#left.delete(id);
    this.#left.set(id, history);
    const [oldest] = this.#left.keys();
    if (this.#left.size > REMEMBERED && oldest !== undefined) this.#left.delete(oldest);
  }

  /** Nothing is heard of anybody any more. */
  stop(): void {
    for (const silence of this.#silences.values()) silence();
    this.#silences.clear();
    for (const { breaker } of this.#members.values()) breaker?.stop();
  }

  /** The agent as a member of pools, if it has been looked at; null: it has not. */
  known(agent: Agent): Member | null {
    return this.#members.get(agent) ?? null;
  }

  /** The agent as a member of pools. */
  member(agent: Agent): Member {
    const known = this.#members.get(agent);
    if (known !== undefined) return known;
    const { now, history, lost, freed } = this.#host;
    const former = this.#leftBehind(agent.id) ?? (Object.hasOwn(history, agent.id) ? history[agent.id] : undefined);
    const actor = this.#host.actorOf(agent);
    actor?.wanted();
    const moved = (): void => this.#moved(member);
    const breaker = this.#breaker(agent, former?.breaker ?? null, moved);
    const member = new Member({ agent, actor, breaker, now, ...(former === undefined ? {} : { record: former.record }) });
    this.#members.set(agent, member);
    this.#byId.set(agent.id, member);
    const silence = actor?.watch((news) => {
      if (news === 'taken') return member.moved();
      if (news === 'lost') lost(member);
      member.look((before) => {
        const standing = before?.standing() ?? former?.breaker ?? null;
        before?.stop();
        return this.#breaker(agent, standing, moved);
      });
      member.moved();
      this.#part(member);
      freed();
    }, 'hands');
    if (silence !== undefined) this.#silences.set(member, silence);
    return member;
  }

  /** What is known of one of this id that has left since: whoever joins in its place goes on from there. */
  #leftBehind(id: string): AgentHistory | undefined {
    const before = this.#byId.get(id);
    return before === undefined ? this.#left.get(id) : historyOf(before);
  }

  /** The circuit breaker before an agent, where it stood; null: none stands before it. */
  #breaker(agent: Agent, former: BreakerStanding | null, moved: () => void): Breaker | null {
    const { now, sleep, breakers } = this.#host;
    const settings = agent.breaker ?? breakers;
    if (settings === null || settings === false) return null;
    return startBreaker(agent.id, breakerSettings(settings), former, { now, sleep, moved });
  }

  #moved(member: Member): void {
    member.moved();
    this.#host.freed();
  }
}

const historyOf = ({ record, breaker }: Member): AgentHistory => ({ record, breaker: breaker?.standing() ?? null });
