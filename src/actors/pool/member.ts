/** An agent of a runtime's pools: what is known of it, what it has in hand, and whether it takes tasks. */
import type { AgentOffer } from '../../policy/agent-match.ts';
import { type AgentRecord, NEW_AGENT } from '../../policy/agent-score.ts';
import { movingAverage } from '../../policy/moving-average.ts';
import type { Agent } from '../../protocol/agent.ts';
import type { AgentActor } from './agent-actor.ts';
import type { Breaker } from './breaker.ts';

/** How a task in the hands of an agent has ended. `left`: it was taken away, which says nothing about the agent. */
export type TaskEnd = 'completed' | 'failed' | 'left';

/** What a member is made of. */
export interface MemberParts {
  readonly agent: Agent;
  readonly actor: AgentActor | null;
  readonly breaker: Breaker | null;
  readonly record?: AgentRecord;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** An agent, and its place among those who play the same parts. */
export class Member {
  readonly agent: Agent;
  readonly actor: AgentActor | null;
  readonly breaker: Breaker | null;
  /** null: it has not said. */
  readonly capabilities: readonly string[] | null;
  /** Tasks it may have in hand at once. */
  readonly capacity: number;
  #record: AgentRecord;
  readonly #now: () => number;
  /** When the tasks in hand were begun, ms, by their keys. */
  readonly #hand = new Map<string, number>();
  readonly #listeners: (() => void)[] = [];

  constructor({ agent, actor, breaker, record = NEW_AGENT, now }: MemberParts) {
    this.agent = agent;
    this.actor = actor;
    this.breaker = breaker;
    this.capabilities = agent.capabilities ?? null;
    this.capacity = agent.capacity ?? Number.POSITIVE_INFINITY;
    this.#record = record;
    this.#now = now;
  }

  get id(): string {
    return this.agent.id;
  }

  get record(): AgentRecord {
    return this.#record;
  }

  get inFlight(): number {
    return this.#hand.size;
  }

  /** Keys of the tasks in its hands, the oldest first. */
  get tasks(): readonly string[] {
    return [...this.#hand.keys()];
  }

  /** Why it takes nothing now, whoever asks; null: it takes tasks. */
  get away(): string | null {
    return this.actor?.refusal() ?? this.breaker?.refusal() ?? null;
  }

  /** Calls back whenever what it offers has changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Its actor or its circuit breaker has moved. */
  moved(): void {
    for (const listener of this.#listeners) listener();
  }

  /** It is given a task: its place is taken until that has ended. */
  reserve(key: string): void {
    this.#hand.set(key, this.#now());
    this.actor?.assigned();
    this.breaker?.began(key);
    this.moved();
  }

  /** A task has ended. Told twice, or of a task it does not have, changes nothing: false. */
  release(key: string, end: TaskEnd): boolean {
    const began = this.#hand.get(key);
    if (began === undefined) return false;
    this.#hand.delete(key);
    this.actor?.settled();
    if (end === 'left') this.breaker?.left(key);
    else this.#learn(end, key, began);
    this.moved();
    return true;
  }

  offer(): AgentOffer {
    const { id, capabilities, record, inFlight, capacity, away } = this;
    return { id, capabilities, record, inFlight, capacity, away };
  }

  #learn(end: 'completed' | 'failed', key: string, began: number): void {
    const { completed, failed, averageMs } = this.#record;
    if (end === 'failed') {
      this.#record = { ...this.#record, failed: failed + 1 };
      this.breaker?.failed(key);
      return;
    }
    const now = this.#now();
    this.#record = { completed: completed + 1, failed, averageMs: movingAverage(averageMs, now - began), lastCompletedAt: now };
    this.breaker?.succeeded(key);
  }
}
