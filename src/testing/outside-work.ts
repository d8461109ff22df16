/**
 * Who works outside of virtual time: attempts that are performed and do not wait within it, for a time, an answer, a message or a sync
 * point. When everything that takes no time has happened, they wait for something real (a file, a process, the network), and until they
 * have it time must not jump past their deadlines. An attempt that waits counts as one that only waits, whatever else it does.
 */
import { traitsOf } from '../actors/agent-traits.ts';
import { ContextView } from '../actors/context-view.ts';
import type { Crew } from '../actors/crews/crew.ts';
import type { AgentActor } from '../actors/pool/agent-actor.ts';
import { markTrusted, reportsAreTrusted } from '../actors/trusted-report.ts';
import type { Agent, PerformContext } from '../protocol/agent.ts';
import type { Task, TaskReport } from '../protocol/task.ts';

/** The attempts of a crew that work outside of virtual time. */
export class OutsideWork {
  readonly #atWork = new Set<WatchedContext>();
  /** Of agents whom tasks were looked up for: one that gets ready does so outside of virtual time, too. */
  readonly #actors = new Set<AgentActor>();
  #whenChanged: (() => void) | null = null;

  /** The same crew, watched. */
  watch(crew: Crew): Crew {
    const watchedBy = new Map<Agent, Agent>();
    const originalOf = new Map<Agent, Agent>();
    const watched = (agent: Agent): Agent => {
      const known = watchedBy.get(agent);
      if (known !== undefined) return known;
      const made = this.#watched(agent);
      watchedBy.set(agent, made);
      originalOf.set(made, agent);
      return made;
    };
    const casts = new WeakMap<readonly Agent[], readonly Agent[]>();
    return {
      ...crew,
      candidates(task) {
        const cast = crew.candidates(task);
        const known = casts.get(cast) ?? cast.map(watched);
        casts.set(cast, known);
        return known;
      },
      actorOf: (agent) => {
        const original = originalOf.get(agent) ?? agent;
        const actor = crew.actorOf(original);
        if (actor !== null && !this.#actors.has(actor)) this.#await(actor, () => Object.assign(agent, saidBy(original)));
        return actor;
      },
    };
  }

  /** True while somebody works outside of virtual time whose answer is still wanted. */
  isGoingOn(): boolean {
    for (const attempt of this.#atWork) if (attempt.signal.aborted) this.#atWork.delete(attempt);
    return this.#atWork.size > 0 || this.#isStarting();
  }

  /** Resolves with true as soon as somebody begins, ends or goes to sleep, and with false after `ms` real milliseconds without that. */
  changed(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#whenChanged = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** Ends the wait for a change. */
  wake(): void {
    this.#whenChanged?.();
    this.#whenChanged = null;
  }

  /** Nobody who works now is waited for any more. */
  giveUp(): void {
    this.#atWork.clear();
    this.#actors.clear();
  }

  #isStarting(): boolean {
    for (const actor of this.#actors) if (actor.standing().state === 'starting') return true;
    return false;
  }

  /** What an agent says of itself may be known only once it is ready. */
  #await(actor: AgentActor, ready: () => void): void {
    this.#actors.add(actor);
    actor.wanted();
    actor.watch(() => {
      ready();
      this.wake();
    });
  }

  #watched(agent: Agent): Agent {
    const watched: Agent = {
      ...saidBy(agent),
      id: agent.id,
      perform: (task, context) => this.#perform(agent, task, context),
    };
    return reportsAreTrusted(agent) ? markTrusted(watched) : watched;
  }

  #perform(agent: Agent, task: Task, context: PerformContext): Promise<TaskReport> {
    const attempt = new WatchedContext(context, this.#moved);
    const ended = (): void => attempt.end();
    attempt.work();
    try {
      const report = Promise.resolve(agent.perform(task, attempt));
      report.then(ended, ended);
      return report;
    } catch (thrown) {
      ended();
      throw thrown;
    }
  }

  readonly #moved = (attempt: WatchedContext, works: boolean): void => {
    if (works) this.#atWork.add(attempt);
    else this.#atWork.delete(attempt);
    this.wake();
  };
}

/** All that matters to whoever hands out tasks; whether it lives is asked of the agent itself. */
function saidBy(agent: Agent): Partial<Agent> {
  const { start: _, beat: __, beatEveryMs: ___, close: ____, ...said } = traitsOf(agent);
  return said;
}

/**
 * The context of an attempt that tells when the attempt only waits: for a time, for an answer, for others to arrive, for a message. What is
 * waited for comes about in virtual time.
 */
class WatchedContext extends ContextView {
  readonly #moved: (attempt: WatchedContext, works: boolean) => void;
  #waits = 0;
  #ended = false;

  constructor(context: PerformContext, moved: (attempt: WatchedContext, works: boolean) => void) {
    super(context);
    this.#moved = moved;
  }

  override get sleep(): PerformContext['sleep'] {
    return (ms) => this.#wait(this.context.sleep(ms));
  }

  override get ask(): PerformContext['ask'] {
    return (to, body, options) => this.#wait(this.context.ask(to, body, options));
  }

  override get arrive(): PerformContext['arrive'] {
    return (syncPoint) => this.#wait(this.context.arrive(syncPoint));
  }

  override get messages(): PerformContext['messages'] {
    return () => {
      const messages = this.context.messages();
      return {
        next: () => this.#wait(messages.next()),
        return: () => messages.return?.() ?? Promise.resolve({ value: undefined, done: true }),
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    };
  }

  /** It works, unless it waits or has ended. */
  work(): void {
    if (this.#waits === 0 && !this.#ended) this.#moved(this, true);
  }

  end(): void {
    this.#ended = true;
    this.#moved(this, false);
  }

  #wait<T>(waited: Promise<T>): Promise<T> {
    this.#waits++;
    this.#moved(this, false);
    const awake = (): void => {
      this.#waits--;
      this.work();
    };
    waited.then(awake, awake);
    return waited;
  }
}
