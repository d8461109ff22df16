/**
 * Who works outside of virtual time: attempts that are performed and do not sleep. When everything that takes no time has happened,
 * they wait for something real (a file, a process, the network), and until they have it time must not jump past their deadlines.
 * An attempt that sleeps counts as one that only sleeps, whatever else it does.
 */
import type { Crew } from '../actors/crew.ts';
import { markTrusted, reportsAreTrusted } from '../actors/trusted-report.ts';
import type { Agent, PerformContext } from '../protocol/agent.ts';
import type { Json } from '../protocol/json.ts';
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
    return {
      ...crew,
      find: (task) => {
        const agent = crew.find(task);
        return agent === null ? null : watched(agent);
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
    const watched: Agent = { id: agent.id, perform: (task, context) => this.#perform(agent, task, context) };
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

/** The context of an attempt that tells when the attempt sleeps. Reads through, so that a signal nobody reads is never made. */
class WatchedContext implements PerformContext {
  readonly #context: PerformContext;
  readonly #moved: (attempt: WatchedContext, works: boolean) => void;
  #sleeps = 0;
  #ended = false;

  constructor(context: PerformContext, moved: (attempt: WatchedContext, works: boolean) => void) {
    this.#context = context;
    this.#moved = moved;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get now(): () => number {
    return this.#context.now;
  }

  get progress(): (note: Json) => void {
    return this.#context.progress;
  }

  get sleep(): (ms: number) => Promise<void> {
    return (ms) => {
      const slept = this.#context.sleep(ms);
      this.#sleeps++;
      this.#moved(this, false);
      const awake = (): void => {
        this.#sleeps--;
        this.work();
      };
      slept.then(awake, awake);
      return slept;
    };
  }

  /** It works, unless it sleeps or has ended. */
  work(): void {
    if (this.#sleeps === 0 && !this.#ended) this.#moved(this, true);
  }

  end(): void {
    this.#ended = true;
    this.#moved(this, false);
  }
}
