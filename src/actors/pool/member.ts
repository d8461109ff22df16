/** An agent of a runtime's pools: what is known of it, what it has in hand, and whether it takes tasks. */
import type { AgentOffer } from '../../policy/agent-match.ts';
import { type AgentRecord, NEW_AGENT } from '../../policy/agent-score.ts';
import { movingAverage } from '../../policy/moving-average.ts';
import type { Agent } from '../../protocol/agent.ts';
import { type AgentActor, STARTING } from './agent-actor.ts';
import type { Breaker } from './breaker.ts';

/** How a task in the hands of an agent has ended. `failed`: by the agent's own word; `left`: it was taken away, which says nothing about the agent. */
export type TaskEnd = 'completed' | 'failed' | 'broke' | 'left';

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
  #breaker: Breaker | null;
  #capabilities: readonly string[] | null = null;
  #capacity = Number.POSITIVE_INFINITY;
  #terms: Agent['breaker'];
  #record: AgentRecord;
  readonly #now: () => number;
  /** When the tasks in hand were begun, ms, by their keys. */
  readonly #hand = new Map<string, number>();
  #kept = 0;
  #listeners: readonly ((isAnother: boolean) => void)[] = [];

  constructor({ agent, actor, breaker, record = NEW_AGENT, now }: MemberParts) {
    this.agent = agent;
    this.actor = actor;
    this.#breaker = breaker;
    this.#record = record;
    this.#now = now;
    this.#read();
  }

  get id(): string {
    return this.agent.id;
  }

  get breaker(): Breaker | null {
    return this.#breaker;
  }

  /** null: it has not said. */
  get capabilities(): readonly string[] | null {
    return this.#capabilities;
  }

  /** Tasks it may have in hand at once. */
  get capacity(): number {
    return this.#capacity;
  }

  get record(): AgentRecord {
    return this.#record;
  }

  /** Tasks in its hands, whoever gave them to it, and places of its that are kept for somebody. */
  get inFlight(): number {
    return Math.max(this.#hand.size, this.actor?.inHand() ?? 0) + this.#kept;
  }

  /** Keeps a place of its for somebody (1), or no longer (-1). */
  keep(change: 1 | -1): void {
    this.#kept += change;
    this.moved();
  }

  /** Keys of the tasks in its hands, the oldest first. */
  get tasks(): readonly string[] {
    return [...this.#hand.keys()];
  }

  /** Why it takes nothing now, whoever asks; null: it takes tasks. */
  get away(): string | null {
    return this.actor?.refusal() ?? this.#breaker?.refusal() ?? null;
  }

  /** It takes nothing now, and not in a moment either, as one that is getting ready does. */
  get isGone(): boolean {
    const { away } = this;
    return away !== null && away !== STARTING;
  }

  /** Calls back whenever what it offers has changed; with true when what it can do may have. Returns what ends that. */
  onChange(listener: (isAnother: boolean) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    };
  }

  /** Its actor or its circuit breaker has moved. */
  moved(isAnother = false): void {
    for (const listener of this.#listeners) listener(isAnother);
  }

  /**
   * Looks again at what its agent says of itself: one that has only just been made ready may know more. `renewed` makes the circuit breaker
   * that stands before it from now on, where that is another matter than before.
   */
  look(renewed: (before: Breaker | null) => Breaker | null): void {
    const terms = this.#terms;
    if (!this.#read()) return;
    if (terms !== this.#terms) this.#breaker = renewed(this.#breaker);
    this.moved(true);
  }

  /** It is given a task: its place is taken until that has ended. */
  reserve(key: string): void {
    this.#hand.set(key, this.#now());
    this.actor?.assigned();
    this.#breaker?.began(key);
    this.moved();
  }

  /** A task has ended. Told twice, or of a task it does not have, changes nothing: false. */
  release(key: string, end: TaskEnd): boolean {
    const began = this.#hand.get(key);
    if (began === undefined) return false;
    this.#hand.delete(key);
    this.actor?.settled();
    if (end === 'left') this.#breaker?.left(key);
    else this.#learn(end, key, began);
    this.moved();
    return true;
  }

  offer(): AgentOffer {
    const { id, capabilities, record, inFlight, capacity, away } = this;
    return { id, capabilities, record, inFlight, capacity, away };
  }

  /** Whether anything has changed. */
  #read(): boolean {
    const { capabilities = null, capacity = Number.POSITIVE_INFINITY, breaker } = this.agent;
    const isSame = capabilities === this.#capabilities && capacity === this.#capacity && breaker === this.#terms;
    this.#capabilities = capabilities;
    this.#capacity = capacity;
    this.#terms = breaker;
    return !isSame;
  }

  /** Its circuit breaker takes one that answers for alive, whatever it answers; how well it does is another matter. */
  #learn(end: Exclude<TaskEnd, 'left'>, key: string, began: number): void {
    if (end === 'broke') this.#breaker?.failed(key);
    else this.#breaker?.succeeded(key);
    const { completed, failed, averageMs } = this.#record;
    if (end !== 'completed') {
      this.#record = { ...this.#record, failed: failed + 1 };
      return;
    }
    const now = this.#now();
    this.#record = { completed: completed + 1, failed, averageMs: movingAverage(averageMs, now - began), lastCompletedAt: now };
  }
}
