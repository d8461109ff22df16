/**
 * The dispatcher: hands tasks to agents and their answers back.
 *
 * At most `maxConcurrentTasks` agents work at once; further tasks wait in the order of their start. A cancelled task keeps its
 * place until its agent has really stopped, because its work still uses the machine, but no longer than `abandonAfterMs`.
 *
 * Laws
 * 1. Every started task is reported exactly once, unless it was cancelled or the dispatcher stopped; then never.
 * 2. Never more than `maxConcurrentTasks` agents at work; waiting tasks begin in the order of their start.
 * 3. `report` is never called from inside `start`; `queued` is, and `started` follows it once before the agent is asked.
 * 4. Whatever an agent throws, and whatever a callback of the host throws, stays in here.
 */
import type { Agent } from '../protocol/agent.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type { Task, TaskReport } from '../protocol/task.ts';
import { checkedReport, reportOfThrown } from './agent-report.ts';
import type { Crew } from './crew.ts';
import { Flight } from './flight.ts';
import { NotPlainJson, readPlainJson } from './plain-json.ts';
import { reportsAreTrusted } from './trusted-report.ts';
import { unavailable } from './unavailable.ts';
import { WaitingLine } from './waiting-line.ts';

export interface DispatcherOptions {
  readonly crew: Pick<Crew, 'find' | 'personas' | 'stepTypes' | 'actorOf'>;
  /** How many agents may work at once. Default 5, the number of the phase model; Infinity for no limit. */
  readonly maxConcurrentTasks?: number;
  readonly now: () => number;
  /** Waits that many ms of the host's time; rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The end of an attempt. */
  readonly report: (task: Task, report: TaskReport) => void;
  /** The task must wait for a place. */
  readonly queued: (task: Task) => void;
  /** A task that had to wait is given to its agent now. */
  readonly started: (task: Task) => void;
  /** Chatter of an agent at work. */
  readonly progress: (task: Task, note: Json) => void;
  /** What an agent answered although its task had been cancelled. That it stopped when it was told to is no answer. */
  readonly late?: (task: Task, report: TaskReport) => void;
  /** A callback of the host itself threw. */
  readonly fault?: (task: Task, thrown: unknown) => void;
  /** How long a cancelled task may keep its place, in ms of the host's time. Default 10,000: longer than a child process gets to end. */
  readonly abandonAfterMs?: number;
}

export interface Dispatcher {
  /** Hands a task to its agent, or queues it. A task whose key is in flight already is not started twice; after `stop` nothing starts. */
  start(task: Task): void;
  /** Stops working on a task: it will not be reported. False when no task of this key is in flight. */
  cancel(key: string, reason: string): boolean;
  /** Tasks that hold a place: agents at work, and cancelled ones winding down. */
  inFlight(): number;
  /** Tasks waiting for a place. */
  waiting(): number;
  /** Cancels everything, waits up to `graceMs` of the host's time for the agents to stop, then abandons them. Resolves always. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Creates a dispatcher.
 *
 * @throws TroupeError DEFINITION_INVALID when `maxConcurrentTasks` is not a whole number of at least 1
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new LocalDispatcher(options);
}

class LocalDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #places: number;
  /** By task key: everything that will still be reported. */
  readonly #flights = new Map<string, Flight>();
  readonly #windingDown = new Set<Flight>();
  readonly #line = new WaitingLine();
  readonly #host = {
    now: (): number => this.#options.now(),
    sleep: (ms: number, signal: AbortSignal): Promise<void> => this.#options.sleep(ms, signal),
    note: (task: Task, note: Json): void => this.#note(task, note),
  };
  #taken = 0;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    const { maxConcurrentTasks = 5 } = options;
    if (!(maxConcurrentTasks >= 1) || (!Number.isInteger(maxConcurrentTasks) && maxConcurrentTasks !== Number.POSITIVE_INFINITY)) {
      throw new TroupeError('DEFINITION_INVALID', `maxConcurrentTasks must be a whole number of at least 1, not ${maxConcurrentTasks}`);
    }
    this.#options = options;
    this.#places = maxConcurrentTasks;
  }

  start(task: Task): void {
    if (this.#stopped || this.#flights.has(task.key)) return;
    const { crew } = this.#options;
    const agent = crew.find(task);
    const flight = new Flight(task, agent, agent === null ? null : crew.actorOf(agent), this.#host);
    this.#flights.set(task.key, flight);
    if (agent === null) {
      queueMicrotask(() => this.#settle(flight, unavailable(task, crew)));
    } else if (this.#taken < this.#places && this.#line.length === 0) {
      this.#begin(flight, agent);
    } else {
      this.#line.join(flight);
      this.#tell(this.#options.queued, task);
    }
  }

  cancel(key: string, reason: string): boolean {
    const flight = this.#flights.get(key);
    if (flight === undefined) return false;
    this.#withdraw(flight, reason);
    if (flight.state === 'cancelled') void this.#abandonLater(flight);
    return true;
  }

  inFlight(): number {
    return this.#taken;
  }

  waiting(): number {
    return this.#line.length;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    for (const flight of [...this.#flights.values()]) this.#withdraw(flight, 'the house stops');
    const left = [...this.#windingDown];
    if (left.length > 0 && graceMs > 0) {
      const allEnded = new AbortController();
      let open = left.length;
      for (const flight of left) {
        flight.onEnd(() => {
          open -= 1;
          if (open === 0) allEnded.abort();
        });
      }
      await this.#pause(graceMs, allEnded.signal);
    }
    for (const flight of left) this.#abandon(flight);
  }

  #begin(flight: Flight, agent: Agent): void {
    this.#taken += 1;
    flight.state = 'performing';
    flight.actor?.assigned();
    const settle = (answer: unknown): void =>
      this.#settle(flight, reportsAreTrusted(agent) ? (answer as TaskReport) : checkedReport(answer));
    const settleThrown = (thrown: unknown): void => this.#settle(flight, reportOfThrown(thrown));
    try {
      Promise.resolve(agent.perform(flight.task, flight)).then(settle, settleThrown);
    } catch (thrown) {
      queueMicrotask(() => settleThrown(thrown));
    }
  }

  #settle(flight: Flight, report: TaskReport): void {
    const { task } = flight;
    if (flight.state === 'ended') return;
    const wanted = flight.state === 'performing' || flight.state === 'waiting';
    this.#release(flight);
    flight.state = 'ended';
    if (wanted) {
      this.#flights.delete(task.key);
      this.#tell(this.#options.report, task, report);
    } else if (flight.agent !== null && this.#options.late !== undefined && (report.ok || report.error.code !== 'TASK_CANCELLED')) {
      this.#tell(this.#options.late, task, report);
    }
    this.#fillPlaces();
  }

  /** Gives up a flight's place, if it holds one. */
  #release(flight: Flight): void {
    if (flight.agent === null || (flight.state !== 'performing' && flight.state !== 'cancelled')) return;
    this.#taken -= 1;
    this.#windingDown.delete(flight);
    flight.actor?.settled();
    flight.end();
  }

  #fillPlaces(): void {
    while (this.#taken < this.#places) {
      const next = this.#line.next();
      if (next === null || next.agent === null) return;
      next.state = 'called';
      this.#tell(this.#options.started, next.task);
      this.#beginCalled(next, next.agent);
    }
  }

  /** Hearing that it starts, the host may have cancelled it. */
  #beginCalled(flight: Flight, agent: Agent): void {
    if (flight.state === 'called') this.#begin(flight, agent);
  }

  /** Nothing will be reported any more; an agent at work is told to stop. */
  #withdraw(flight: Flight, reason: string): void {
    this.#flights.delete(flight.task.key);
    if (flight.state !== 'performing') {
      if (flight.state === 'waiting' && flight.agent !== null) this.#line.leave();
      flight.state = 'gone';
      return;
    }
    flight.state = 'cancelled';
    this.#windingDown.add(flight);
    flight.abort(reason);
  }

  async #abandonLater(flight: Flight): Promise<void> {
    const ended = new AbortController();
    flight.onEnd(() => ended.abort());
    await this.#pause(this.#options.abandonAfterMs ?? 10_000, ended.signal);
    this.#abandon(flight);
  }

  #abandon(flight: Flight): void {
    if (flight.state !== 'cancelled') return;
    this.#release(flight);
    flight.state = 'gone';
    if (!this.#stopped) this.#fillPlaces();
  }

  /** Waits, and takes a clock that fails or is cut short for the end of the wait. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#options.sleep(ms, signal);
    } catch {
      // cut short: whoever cut it knows why
    }
  }

  #note(task: Task, note: unknown): void {
    const copy = readPlainJson(note);
    this.#tell(this.#options.progress, task, copy instanceof NotPlainJson ? `(a note that ${copy.problem})` : copy);
  }

  #tell<Args extends readonly unknown[]>(callback: (task: Task, ...args: Args) => void, task: Task, ...args: Args): void {
    try {
      callback(task, ...args);
    } catch (thrown) {
      try {
        this.#options.fault?.(task, thrown);
      } catch {
        // nobody is left to be told
      }
    }
  }
}
