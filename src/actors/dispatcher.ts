/**
 * The dispatcher: hands tasks to agents and their answers back.
 *
 * At most `maxConcurrentTasks` agents work at once; further tasks wait in the order of their start. A cancelled task keeps its
 * place until its agent has really stopped, because its work still uses the machine; how long that may take is the business of its
 * `cancellation`. What undoes something waits until nobody of its run is being stopped: what is taken away must not still be built.
 *
 * Laws
 * 1. Every started task is reported exactly once, unless it was cancelled or stopping cut it off; then never.
 * 2. Never more than `maxConcurrentTasks` agents at work, abandoned ones aside; waiting tasks begin in the order of their start.
 * 3. `report` is never called from inside `start`; `queued` is, and `started` follows it once before the agent is asked.
 * 4. Whatever an agent throws, and whatever a callback of the host throws, stays in here.
 * 5. Once agents are told to stop because the dispatcher stops, nothing is reported any more, neither to `report` nor to `late`:
 *    what an agent says because it was told to stop is no result, and a run that took it for one would not do the work again.
 *
 * No actor is made for a task: the statechart of the agent is told that one was assigned and that it was settled. From start to
 * report that costs about 1.5 µs with a function that does nothing, and about 4 µs with one that reads its signal.
 */
import { MAX_CONCURRENT_TASKS } from '../policy/task-limit.ts';
import type { Agent } from '../protocol/agent.ts';
import type { CoordinationMessage } from '../protocol/coordination.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Task, TaskReport } from '../protocol/task.ts';
import { checkedReport, reportOfThrown } from './agent-report.ts';
import { type Cancellation, type Stopping, startCancellation } from './cancellation.ts';
import type { Crew } from './crew.ts';
import { DispatcherHost, type HostCallbacks } from './dispatcher-host.ts';
import { Flight } from './flight.ts';
import { reportsAreTrusted } from './trusted-report.ts';
import { unavailable } from './unavailable.ts';
import { WaitingLine } from './waiting-line.ts';
import { withinWritable } from './written-keys.ts';

/** A host's callbacks, its crew, and the limits. */
export interface DispatcherOptions extends HostCallbacks {
  readonly crew: Pick<Crew, 'find' | 'personas' | 'stepTypes' | 'actorOf'>;
  /** How many agents may work at once. Default 5 (`MAX_CONCURRENT_TASKS`); Infinity for no limit. */
  readonly maxConcurrentTasks?: number;
  /**
   * How long an agent that was told to stop may take, unless it says itself (`graceMs`), and how long stopping waits for such agents, in ms
   * of the host's time. Then a program is killed, and a function is abandoned: its place is free, its result is late. Default 10,000.
   */
  readonly abandonAfterMs?: number;
}

/** Hands tasks to agents. Made by `createDispatcher`. */
export interface Dispatcher {
  /** Hands a task to its agent, or queues it. A task whose key is in flight already is not started twice; after `stop` nothing starts. */
  start(task: Task): void;
  /** Stops working on the task of this key (`run/step#attempt`): it will not be reported. False when there is none in flight. */
  cancel(key: string, reason: string): boolean;
  /** Waits no longer for the agents of a run that were told to stop. */
  force(run: string): void;
  /** Which attempts are being stopped, and how far that is. */
  stopping(): readonly Stopping[];
  /** Resolves when no agent of a run is being stopped any more. */
  stopped(run: string): Promise<void>;
  /** Gives a message to the agent at work on the task of this key. False when nobody is at work on it here. */
  deliver(key: string, message: CoordinationMessage): boolean;
  /** Tasks that hold a place: agents at work, and cancelled ones winding down. */
  inFlight(): number;
  /** Tasks waiting for a place. */
  waiting(): number;
  /**
   * Stops, in three parts. Nothing begins any more, and waiting tasks are withdrawn without a word. Agents at work are left alone for up to
   * `graceMs` of the host's time, and what they answer is reported as ever. Then the rest is told to stop, nothing of it is reported any
   * more, and once it has really ended, or `abandonAfterMs` later, the places are free. With a grace of 0 nobody is waited for.
   * Stopping again with less patience cuts the first one short. Resolves always.
   */
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

const STOPS = 'the house stops';

class LocalDispatcher implements Dispatcher {
  readonly #crew: DispatcherOptions['crew'];
  readonly #host: DispatcherHost;
  readonly #places: number;
  readonly #abandonAfterMs: number;
  /** By task key: everything that will still be reported. */
  readonly #flights = new Map<string, Flight>();
  /** With how far its stopping is, where somebody but the end of the dispatcher has asked for it. */
  readonly #windingDown = new Map<Flight, Cancellation | null>();
  readonly #heldBack = new Set<Flight>();
  readonly #line = new WaitingLine();
  #taken = 0;
  #calling = false;
  #stopped = false;
  /** Agents have been told to stop because the dispatcher stops: nothing they say counts. */
  #silent = false;
  /** Called whenever a task has left. */
  readonly #watchers = new Set<() => void>();

  constructor(options: DispatcherOptions) {
    const { crew, maxConcurrentTasks = MAX_CONCURRENT_TASKS, abandonAfterMs = 10_000 } = options;
    if (!(maxConcurrentTasks >= 1) || (!Number.isInteger(maxConcurrentTasks) && maxConcurrentTasks !== Number.POSITIVE_INFINITY)) {
      throw new TroupeError('DEFINITION_INVALID', `maxConcurrentTasks must be a whole number of at least 1, not ${maxConcurrentTasks}`);
    }
    this.#crew = crew;
    this.#host = new DispatcherHost(options);
    this.#places = maxConcurrentTasks;
    this.#abandonAfterMs = abandonAfterMs;
  }

  start(task: Task): void {
    if (this.#stopped || this.#flights.has(task.key)) return;
    const agent = this.#crew.find(task);
    const flight = new Flight(task, agent, agent === null ? null : this.#crew.actorOf(agent), this.#host);
    this.#flights.set(task.key, flight);
    if (agent === null) {
      queueMicrotask(() => this.#settle(flight, unavailable(task, this.#crew)));
    } else if (task.undoes !== undefined && this.#isStopping(task.run)) {
      flight.state = 'heldBack';
      this.#heldBack.add(flight);
      this.#host.queued(task);
    } else if (this.#taken < this.#places && this.#line.length === 0 && !this.#calling) {
      this.#begin(flight, agent);
    } else {
      this.#line.join(flight);
      this.#host.queued(task);
    }
  }

  cancel(key: string, reason: string): boolean {
    const flight = this.#flights.get(key);
    if (flight === undefined) return false;
    this.#withdraw(flight, reason, true);
    return true;
  }

  force(run: string): void {
    for (const [{ task }, cancellation] of [...this.#windingDown]) if (task.run === run) cancellation?.force();
  }

  stopping(): readonly Stopping[] {
    return [...this.#windingDown.values()].flatMap((cancellation) => (cancellation === null ? [] : [cancellation.standing()]));
  }

  stopped(run: string): Promise<void> {
    return this.#pauseUntil(() => !this.#isStopping(run), null);
  }

  deliver(key: string, message: CoordinationMessage): boolean {
    const flight = this.#flights.get(key);
    flight?.receive(message);
    return flight !== undefined;
  }

  inFlight(): number {
    return this.#taken;
  }

  waiting(): number {
    return this.#line.length;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    for (const flight of [...this.#flights.values()]) if (flight.state !== 'performing') this.#withdraw(flight, STOPS);
    const patient = graceMs > 0;
    if (patient) await this.#pauseUntil(() => this.#flights.size === 0, graceMs);
    this.#silent = true;
    for (const flight of [...this.#flights.values()]) this.#withdraw(flight, STOPS);
    if (patient) await this.#pauseUntil(() => this.#windingDown.size === 0, this.#abandonAfterMs);
    for (const flight of [...this.#windingDown.keys()]) this.#abandon(flight);
  }

  #begin(flight: Flight, agent: Agent): void {
    this.#taken += 1;
    flight.state = 'performing';
    flight.actor?.assigned();
    const settle = (answer: unknown): void =>
      this.#settle(flight, withinWritable(flight.task, reportsAreTrusted(agent) ? (answer as TaskReport) : checkedReport(answer)));
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
      this.#host.report(task, report);
    } else if (flight.agent !== null && !this.#silent) {
      this.#host.late(task, report);
    }
    this.#fillPlaces();
    this.#left();
  }

  /** Gives up a flight's place, if it holds one. */
  #release(flight: Flight): void {
    if (flight.state !== 'performing' && flight.state !== 'cancelled') return;
    this.#taken -= 1;
    this.#windingDown.delete(flight);
    flight.actor?.settled();
    flight.end();
  }

  #fillPlaces(): void {
    if (this.#heldBack.size > 0) this.#letThrough();
    while (this.#taken < this.#places) {
      const next = this.#line.next();
      if (next === null || next.agent === null) return;
      this.#call(next, next.agent);
    }
  }

  /** Hearing that a task starts, the host may cancel it, or start another one, which must not slip in before it. */
  #call(flight: Flight, agent: Agent): void {
    flight.state = 'called';
    this.#calling = true;
    this.#host.started(flight.task);
    this.#calling = false;
    if (flight.state === 'called') this.#begin(flight, agent);
  }

  /** Nothing will be reported any more; an agent at work is told to stop. */
  #withdraw(flight: Flight, reason: string, seesToIt = false): void {
    this.#flights.delete(flight.task.key);
    if (flight.state !== 'performing') {
      if (flight.state === 'waiting' && flight.agent !== null) this.#line.leave();
      if (flight.state === 'heldBack') this.#heldBack.delete(flight);
      flight.state = 'gone';
      return;
    }
    flight.state = 'cancelled';
    this.#windingDown.set(flight, null);
    if (!seesToIt) flight.abort(reason);
    else {
      const cancellation = startCancellation(flight, reason, this.#host, this.#abandonAfterMs, () => this.#abandon(flight));
      if (this.#windingDown.has(flight)) this.#windingDown.set(flight, cancellation);
    }
    this.#left();
  }

  #isStopping(run: string): boolean {
    for (const { task } of this.#windingDown.keys()) if (task.run === run) return true;
    return false;
  }

  /** Those whose run has nobody left who is being stopped stand in line now. */
  #letThrough(): void {
    for (const flight of [...this.#heldBack]) {
      if (this.#isStopping(flight.task.run)) continue;
      this.#heldBack.delete(flight);
      flight.state = 'waiting';
      this.#line.join(flight);
    }
  }

  #abandon(flight: Flight): void {
    if (flight.state !== 'cancelled') return;
    this.#release(flight);
    flight.state = 'gone';
    if (!this.#stopped) this.#fillPlaces();
    this.#left();
  }

  #left(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Waits until something holds, which is looked at whenever a task has left, but no longer than `ms` of the host's time (null: as long as it takes). */
  async #pauseUntil(holds: () => boolean, ms: number | null): Promise<void> {
    if (holds()) return;
    const over = new AbortController();
    const watcher = (): void => {
      if (holds()) over.abort();
    };
    this.#watchers.add(watcher);
    if (ms === null) await new Promise((resolve) => over.signal.addEventListener('abort', resolve, { once: true }));
    else await this.#host.pause(ms, over.signal);
    this.#watchers.delete(watcher);
  }
}
