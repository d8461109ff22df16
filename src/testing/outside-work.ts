/**
 * Who works outside of virtual time: attempts that are performed and do not wait within it, for a time, an answer, a message or a sync
 * point. When everything that takes no time has happened, they wait for something real (a file, a process, the network), and until they
 * have it time must not jump past their deadlines. An attempt that waits counts as one that only waits, whatever else it does.
 */
import { ContextView } from '../actors/context-view.ts';
import type { Crew } from '../actors/crew.ts';
import { markTrusted, reportsAreTrusted } from '../actors/trusted-report.ts';
import type { Agent, PerformContext } from '../protocol/agent.ts';
import type { Task, TaskReport } from '../protocol/task.ts';

/** The attempts of a crew that work outside of virtual time. */
export class OutsideWork {
  readonly #atWork = new Set<WatchedContext>();
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
      actorOf: (agent) => crew.actorOf(originalOf.get(agent) ?? agent),
    };
  }

  /** True while somebody works outside of virtual time whose answer is still wanted. */
  isGoingOn(): boolean {
    for (const attempt of this.#atWork) if (attempt.signal.aborted) this.#atWork.delete(attempt);
    return this.#atWork.size > 0;
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
  }

  #watched(agent: Agent): Agent {
    const { id, capabilities, capacity } = agent;
    const watched: Agent = {
      id,
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(capacity === undefined ? {} : { capacity }),
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
