/**
 * A run in the hands of a host: facts in, one durable batch each, then the effects out.
 *
 * The order is the promise: compute in memory, append the fact with the intents it caused, and only when that is durable release
 * effects, answer callers and tell observers. Facts may be taken in while earlier batches are still on their way; batches become durable
 * in order, so effects are released in order. When an append fails for a reason that passes (a full disk), the in-memory run is discarded
 * and folded again from what is durable, and the facts that were not recorded are delivered again in their order: none is lost. When it
 * fails for good, or the run itself breaks, the run leaves this host; it is resumable from its journal.
 */
import type { Effect, Intent } from '../protocol/effects.ts';
import { errorData } from '../protocol/errors.ts';
import type { Fact } from '../protocol/facts.ts';
import { taskKey } from '../protocol/ids.ts';
import type { Task } from '../protocol/task.ts';
import { ambiguousAttempts } from './ambiguous.ts';
import { eventsOf, type Mark, markOf } from './announce.ts';
import { Backlog, type Unrecorded } from './backlog.ts';
import { againInOrder } from './begin-again.ts';
import { deferred } from './deferred.ts';
import { Departure } from './departure.ts';
import { FormerAttempts } from './former-attempts.ts';
import type { Hosting } from './hosting.ts';
import { intentOf } from './intent.ts';
import { givenSoFar } from './message-delivery.ts';
import type { Run } from './run.ts';
import { RunAlarm } from './run-alarm.ts';
import type { RunEvent, RunResult } from './run-event.ts';
import { RunObservers } from './run-observers.ts';
import type { RunOrigin } from './run-origin.ts';
import { undoingOfRun } from './sagas.ts';
import { withDemand } from './task-demand.ts';
import { onlyWaits } from './waiting-summary.ts';

type Waiter = Pick<Unrecorded, 'resolve' | 'reject'>;

const NOBODY: Waiter = { resolve() {}, reject() {} };

export class HostedRun {
  readonly origin: RunOrigin;
  readonly observers: RunObservers;
  readonly #departure = new Departure();
  #run: Run | null;
  /** The number of the next batch. */
  #next: number;
  readonly #hosting: Hosting;
  /** The number of the first batch here. */
  readonly #takenUpAt: number;
  /** How many messages came from outside. */
  #outside = 0;
  #pending = 0;
  #whenIdle: (() => void)[] | null = null;
  #backlog: Backlog | null = null;
  readonly #alarm: RunAlarm;
  readonly #former: FormerAttempts;

  /** `run` is null for one that begins passivated; it must then be told until when it waits. */
  constructor(origin: RunOrigin, run: Run | null, next: number, hosting: Hosting) {
    this.origin = origin;
    this.#run = run;
    this.#next = next;
    this.#takenUpAt = next;
    this.observers = new RunObservers(next);
    this.#hosting = hosting;
    this.#alarm = new RunAlarm(hosting.time);
    this.#former = new FormerAttempts(origin.id, hosting);
  }

  get id(): string {
    return this.origin.id;
  }

  /** The run as folded so far; possibly ahead of what is durable. One that is passivated is folded again: throws STORE_… and REPLAY_DIVERGED. */
  get run(): Run {
    if (this.#run !== null) return this.#run;
    this.#run = this.#hosting.wake(this.origin);
    if (this.isResting) this.#hosting.rests(this.id);
    return this.#run;
  }

  /** The run where it is in memory, to be looked at; null where it is passivated. */
  get awake(): Run | null {
    return this.#run;
  }

  /** Whether the run only waits, and everything it did is durable and told. */
  get isResting(): boolean {
    return this.#pending === 0 && !this.#isBehind && !this.#departure.hasLeft && (this.#run === null || onlyWaits(this.#run));
  }

  /** Drops a resting run from memory. Its alarm stays, and so does everybody who listens. */
  passivate(): void {
    if (this.isResting) this.#run = null;
  }

  /** Waits until `due`, ms, for what a passivated run waits for. */
  waitUntil(due: number | null): void {
    this.#arm(due);
  }

  /** How many facts have been taken in. */
  get taken(): number {
    return this.#next;
  }

  get result(): Promise<RunResult> {
    return this.#departure.result;
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
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle = [...(this.#whenIdle ?? []), resolve];
    });
  }

  /** Leaves the run as it is on disk: no more facts, no more alarms. */
  leave(reason: unknown): void {
    this.#leave(reason);
  }

  #deliver(fact: Fact, waiter: Waiter): void {
    if (this.#departure.hasLeft) waiter.reject(this.#departure.refusal(this.id));
    else if (this.#isBehind) this.#behind().add({ n: Number.POSITIVE_INFINITY, fact, ...waiter });
    else this.#record(fact, waiter);
  }

  #record(fact: Fact, waiter: Waiter): void {
    let run: Run;
    let before: Mark;
    let effects: Effect[];
    let intents: Intent[];
    try {
      run = this.run;
      before = markOf(run);
      this.#former.note(run, fact);
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
        this.#backlog?.passed();
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
    if (this.#departure.hasLeft) return;
    for (const effect of effects) {
      if (effect.type === 'task.start') this.#hosting.startTask(this.#demanding(effect.task));
      else if (effect.type === 'task.cancel') this.#former.withdraw(effect);
      else if (effect.type === 'message.deliver')
        this.#hosting.house.deliver(taskKey(this.id, effect.step, effect.attempt), effect.message);
      else this.#end(effect);
    }
    if (fact.type === 'run.cancel_requested' && fact.force === true) this.#hosting.house.force(this.id);
    if (fact.type === 'run.recovered' || fact.type === 'run.resumed') this.#startAgain(fact);
    this.#arm(this.run.nextDue());
  }

  /**
   * Starts attempts that are in flight and with nobody: after a crash, unless the run is paused, and when such a pause is over. They are
   * given again what they had been given.
   */
  #startAgain(fact: Fact): void {
    const { state, status } = this.run;
    if (status === 'paused') return;
    const escalated = fact.type === 'run.recovered' ? ambiguousAttempts(this.run, fact) : [];
    for (const each of escalated) this.take(this.#former.failed(each, this.#hosting.time.now()));
    for (const task of againInOrder(state, (each) => this.#demanding(each))) this.#hosting.startTask(task);
    for (const { step, attempt, message } of givenSoFar(state.exchange))
      this.#hosting.house.deliver(taskKey(this.id, step, attempt), message);
  }

  #demanding(task: Task): Task {
    return this.#run === null ? task : withDemand(task, this.#run.state, this.origin.startedAt);
  }

  #end(effect: Extract<Effect, { type: 'run.end' }>): void {
    const { status, outputs, error, failedStep } = effect;
    const { state } = this.run;
    const undoing = undoingOfRun(state);
    queueMicrotask(() => {
      this.#leave(null, { id: this.id, status, outputs, error, failedStep, history: state.history, ...undoing });
    });
  }

  #arm(due: number | null): void {
    this.#alarm.at(due, (now) => this.take({ type: 'timer.due', at: now }));
  }

  #settled(): void {
    if (--this.#pending > 0) return;
    for (const tell of this.#whenIdle ?? []) tell();
    this.#whenIdle = null;
    if (this.#isBehind && !this.#departure.hasLeft) this.#alarm.in(this.#behind().nextPauseMs(), () => void this.#tryAgain());
    else if (this.isResting) this.#hosting.rests(this.id);
  }

  #unrecorded(fact: Unrecorded, thrown: unknown): void {
    const error = errorData(thrown, 'STORE_UNWRITABLE');
    if (this.#departure.hasLeft) {
      fact.reject(thrown);
      return;
    }
    // A run that could not even be started has nothing to come back to.
    // While facts wait, those after them are refused for being out of order.
    const passes = error.code === 'STORE_FULL' || (this.#isBehind && error.code === 'INTERNAL');
    if (!passes || this.observers.announced === 0) {
      this.#leave(thrown);
      fact.reject(thrown);
      return;
    }
    if (!this.#isBehind) this.observers.tell({ type: 'run.trouble', run: this.id, at: this.#hosting.time.now(), error });
    this.#behind().add(fact);
  }

  async #tryAgain(): Promise<void> {
    try {
      const { run, next } = await this.#hosting.refold(this.id);
      if (this.#departure.hasLeft) return;
      this.#run = run;
      this.#next = next;
      for (const { fact, resolve, reject } of this.#behind().take()) this.#deliver(fact, { resolve, reject });
    } catch (thrown) {
      this.#leave(thrown);
    }
  }

  /** Facts wait for room on the disk. */
  get #isBehind(): boolean {
    return this.#backlog?.open === true;
  }

  #behind(): Backlog {
    this.#backlog ??= new Backlog();
    return this.#backlog;
  }

  #leave(reason: unknown, result: RunResult | null = null): void {
    if (this.#departure.hasLeft) return;
    this.#departure.leave(reason, result);
    this.#alarm.off();
    this.observers.close();
    for (const { reject } of this.#backlog?.take() ?? []) reject(this.#departure.refusal(this.id));
    if (result === null) {
      for (const key of this.#run?.state.inFlight.keys() ?? [])
        this.#hosting.house.cancel(`${this.id}/${key}`, 'its run has left this host', true);
    }
    this.#hosting.left(this.id);
  }
}
