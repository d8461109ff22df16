/**
 * A run in the hands of a host: facts in, one durable batch each, then the effects out.
 *
 * The order is the promise: compute in memory, append the fact with the intents it caused, and only when that is durable release
 * effects, answer callers and tell observers. Facts may be taken in while earlier batches are still on their way; batches become durable
 * in order, so effects are released in order. When an append fails for a reason that passes (a full disk), the in-memory run is discarded
 * and folded again from what is durable, and the facts that were not recorded are delivered again in their order: none is lost. When it
 * fails for good, or the run itself breaks, the run leaves this host; it is resumable from its journal.
 */
import type { CoordinationMessage } from '../protocol/coordination.ts';
import type { Effect, Intent } from '../protocol/effects.ts';
import { errorData, TroupeError } from '../protocol/errors.ts';
import type { Fact } from '../protocol/facts.ts';
import { taskKey } from '../protocol/ids.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { Task } from '../protocol/task.ts';
import { ambiguousAttempts } from './ambiguous.ts';
import { eventsOf, markOf } from './announce.ts';
import { Backlog, type Unrecorded } from './backlog.ts';
import { deferred } from './deferred.ts';
import type { HostTime } from './host-time.ts';
import { intentOf } from './intent.ts';
import { givenSoFar } from './message-delivery.ts';
import type { Run } from './run.ts';
import type { RunEvent, RunResult } from './run-event.ts';
import { RunObservers } from './run-observers.ts';

/** What a hosted run needs of its host. */
export interface Hosting {
  readonly store: JournalStore;
  readonly time: HostTime;
  startTask(task: Task): void;
  cancelTask(task: string, reason: string): void;
  /** Gives a message to the agent at work on the task of this key. */
  deliverMessage(task: string, message: CoordinationMessage): void;
  /** Folds the run again from what is durable. Resolves with the run and the number of its batches. */
  refold(run: string): Promise<{ run: Run; next: number }>;
  /** The run has ended, or can go no further here; it is dropped from memory. */
  left(run: HostedRun): void;
}

type Waiter = Pick<Unrecorded, 'resolve' | 'reject'>;

const NOBODY: Waiter = { resolve() {}, reject() {} };

const ended = (run: string) => new TroupeError('RUN_ENDED', `run ${run} has ended`, { hint: `troupe show ${run} tells how it went` });

export class HostedRun {
  readonly id: string;
  readonly observers: RunObservers;
  readonly #result = deferred<RunResult>();
  #run: Run;
  /** The number of the next batch. */
  #next: number;
  readonly #hosting: Hosting;
  /** The number of the first batch here. */
  readonly #takenUpAt: number;
  /** How many messages came from outside. */
  #outside = 0;
  #pending = 0;
  readonly #whenIdle: (() => void)[] = [];
  readonly #backlog = new Backlog();
  #alarm: { due: number | null; off: () => void } | null = null;
  #left: { readonly reason: unknown } | null = null;

  constructor(id: string, run: Run, next: number, hosting: Hosting) {
    this.id = id;
    this.#run = run;
    this.#next = next;
    this.#takenUpAt = next;
    this.observers = new RunObservers(next);
    this.#hosting = hosting;
  }

  /** The run as folded so far; possibly ahead of what is durable. */
  get run(): Run {
    return this.#run;
  }

  /** How many facts have been taken in. */
  get taken(): number {
    return this.#next;
  }

  get result(): Promise<RunResult> {
    return this.#result.promise;
  }

  /** Tells an observer of what happens from now on; of how members get along only if it wants `coordination`. */
  observe(observer: (event: RunEvent) => void, coordination = false): () => void {
    return this.observers.add(observer, { from: this.#next, coordination });
  }

  /** The id of the next message from outside: another one for each, on whatever host the run is. */
  outsideId(): string {
    return `outside:${this.#takenUpAt}.${this.#outside++}`;
  }

  /** Takes a fact in. Resolves when it is durable and its effects are released; rejects when it will not be recorded here. */
  deliver(fact: Fact): Promise<void> {
    const recorded = deferred<void>();
    this.#deliver(fact, recorded);
    return recorded.promise;
  }

  /** Takes a fact in that nobody waits for. What a run that has left gets is lost to nobody: it is resumable from its journal. */
  take(fact: Fact): void {
    this.#deliver(fact, NOBODY);
  }

  /** Resolves when nothing is on its way to the store. */
  idle(): Promise<void> {
    return this.#pending === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Leaves the run as it is on disk: no more facts, no more alarms. */
  leave(reason: unknown): void {
    this.#leave(reason);
  }

  #deliver(fact: Fact, waiter: Waiter): void {
    if (this.#left !== null) waiter.reject(this.#left.reason ?? ended(this.id));
    else if (this.#backlog.open) this.#backlog.add({ n: Number.POSITIVE_INFINITY, fact, ...waiter });
    else this.#record(fact, waiter);
  }

  #record(fact: Fact, waiter: Waiter): void {
    const run = this.#run;
    const before = markOf(run);
    let effects: Effect[];
    let intents: Intent[];
    try {
      effects = run.deliver(fact);
      intents = effects.map(intentOf);
    } catch (thrown) {
      this.#leave(thrown);
      waiter.reject(thrown);
      return;
    }
    const n = this.#next++;
    const { present, wantCoordination } = this.observers;
    const events = present ? eventsOf(run, { n, fact, effects, before }, wantCoordination) : [];
    this.#pending++;
    this.#append(n, fact, intents).then(
      () => {
        this.#backlog.passed();
        this.observers.announce();
        // Told before it is released: what an agent says at once comes after the news that it has begun.
        for (const event of events) this.observers.tell(event, n);
        this.#release(effects, fact);
        waiter.resolve();
        this.#settled();
      },
      (thrown) => {
        this.#unrecorded({ n, fact, ...waiter }, thrown);
        this.#settled();
      },
    );
  }

  #append(n: number, fact: Fact, intents: readonly Intent[]): Promise<void> {
    try {
      return this.#hosting.store.append(this.id, { n, fact, intents });
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  #release(effects: readonly Effect[], fact: Fact): void {
    if (this.#left !== null) return;
    for (const effect of effects) {
      if (effect.type === 'task.start') this.#hosting.startTask(effect.task);
      else if (effect.type === 'task.cancel') this.#hosting.cancelTask(taskKey(this.id, effect.step, effect.attempt), effect.reason);
      else if (effect.type === 'message.deliver')
        this.#hosting.deliverMessage(taskKey(this.id, effect.step, effect.attempt), effect.message);
      else this.#end(effect);
    }
    if (fact.type === 'run.recovered' || fact.type === 'run.resumed') this.#startAgain(fact);
    this.#arm();
  }

  /**
   * Starts attempts that are in flight and with nobody: after a crash, unless the run is paused, and when such a pause is over. They are
   * given again what they had been given.
   */
  #startAgain(fact: Fact): void {
    const { state, status } = this.#run;
    if (status === 'paused') return;
    const escalated = fact.type === 'run.recovered' ? ambiguousAttempts(this.#run, fact) : [];
    for (const { step, attempt, error } of escalated) {
      this.take({ type: 'task.failed', at: this.#hosting.time.now(), step, attempt, error, thrown: true });
    }
    for (const task of state.inFlight.values()) this.#hosting.startTask(task);
    for (const { step, attempt, message } of givenSoFar(state.exchange))
      this.#hosting.deliverMessage(taskKey(this.id, step, attempt), message);
  }

  #end(effect: Extract<Effect, { type: 'run.end' }>): void {
    const { status, outputs, error, failedStep } = effect;
    const { history } = this.#run.state;
    queueMicrotask(() => {
      this.#result.resolve({ id: this.id, status, outputs, error, failedStep, history });
      this.#leave(null);
    });
  }

  #arm(): void {
    const due = this.#run.nextDue();
    if (due === (this.#alarm?.due ?? null)) return;
    this.#disarm();
    if (due === null) return;
    const ring = () => {
      this.#alarm = null;
      this.take({ type: 'timer.due', at: Math.max(due, this.#hosting.time.now()) });
    };
    this.#alarm = { due, off: this.#hosting.time.alarm(due, ring) };
  }

  #disarm(): void {
    this.#alarm?.off();
    this.#alarm = null;
  }

  #settled(): void {
    if (--this.#pending > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
    if (!this.#backlog.open || this.#left !== null) return;
    const { time } = this.#hosting;
    this.#disarm();
    this.#alarm = { due: null, off: time.alarm(time.now() + this.#backlog.nextPauseMs(), () => void this.#tryAgain()) };
  }

  #unrecorded(fact: Unrecorded, thrown: unknown): void {
    const error = errorData(thrown, 'STORE_UNWRITABLE');
    if (this.#left !== null) {
      fact.reject(thrown);
      return;
    }
    // A run that could not even be started has nothing to come back to.
    // While facts wait, those after them are refused for being out of order.
    const passes = error.code === 'STORE_FULL' || (this.#backlog.open && error.code === 'INTERNAL');
    if (!passes || this.observers.announced === 0) {
      this.#leave(thrown);
      fact.reject(thrown);
      return;
    }
    if (!this.#backlog.open) this.observers.tell({ type: 'run.trouble', run: this.id, at: this.#hosting.time.now(), error });
    this.#backlog.add(fact);
  }

  async #tryAgain(): Promise<void> {
    this.#alarm = null;
    try {
      const { run, next } = await this.#hosting.refold(this.id);
      if (this.#left !== null) return;
      this.#run = run;
      this.#next = next;
      for (const { fact, resolve, reject } of this.#backlog.take()) this.#deliver(fact, { resolve, reject });
    } catch (thrown) {
      this.#leave(thrown);
    }
  }

  #leave(reason: unknown): void {
    if (this.#left !== null) return;
    this.#left = { reason };
    this.#disarm();
    this.observers.close();
    for (const { reject } of this.#backlog.take()) reject(reason ?? ended(this.id));
    if (reason !== null) {
      for (const key of this.#run.state.inFlight.keys()) this.#hosting.cancelTask(`${this.id}/${key}`, 'its run has left this host');
      this.#result.reject(reason);
    }
    this.#hosting.left(this);
  }
}
