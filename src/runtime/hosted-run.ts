/**
 * A run in the hands of a host: facts in, one durable batch each, then the effects out.
 *
 * The order is the promise: compute in memory, append the fact with the intents it caused, and only when that is durable release
 * effects, answer callers and tell observers. Facts may be taken in while earlier batches are still on their way; batches become durable
 * in order, so effects are released in order. When an append fails the in-memory run is discarded and folded again from what is
 * durable; the facts that were not recorded are delivered again, none is lost.
 */
import type { Effect } from '../protocol/effects.ts';
import { type ErrorData, errorData, TroupeError } from '../protocol/errors.ts';
import type { Fact } from '../protocol/facts.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { Task } from '../protocol/task.ts';
import { eventsOf } from './announce.ts';
import type { HostTime } from './host-time.ts';
import { intentOf } from './intent.ts';
import type { Run } from './run.ts';
import type { RunEvent, RunResult } from './run-event.ts';

/** What a hosted run needs of its host. */
export interface Hosting {
  readonly store: JournalStore;
  readonly time: HostTime;
  startTask(task: Task): void;
  cancelTask(task: string, reason: string): void;
  /** Folds the run again from what is durable. Resolves with the run and the number of its batches. */
  refold(run: string): Promise<{ run: Run; next: number }>;
  /** The run has ended, or can go no further here; it is dropped from memory. */
  left(run: HostedRun): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export class HostedRun {
  readonly id: string;
  readonly result: Promise<RunResult>;
  #run: Run;
  #next: number;
  #announced: number;
  readonly #hosting: Hosting;
  /** Who is told, and from which fact on. */
  readonly #observers = new Map<(event: RunEvent) => void, number>();
  #whenAnnounced: { readonly facts: number; readonly tell: () => void }[] = [];
  readonly #settle: { resolve: (result: RunResult) => void; reject: (error: unknown) => void };
  #pending = 0;
  readonly #whenIdle: (() => void)[] = [];
  #backlog: Fact[] | null = null;
  #retryMs = FIRST_RETRY_MS;
  #alarm: { due: number; off: () => void } | null = null;
  #closed = false;

  constructor(id: string, run: Run, next: number, hosting: Hosting) {
    this.id = id;
    this.#run = run;
    this.#next = next;
    this.#announced = next;
    this.#hosting = hosting;
    let settle: HostedRun['result'] extends Promise<infer R> ? { resolve: (result: R) => void; reject: (error: unknown) => void } : never =
      {
        resolve() {},
        reject() {},
      };
    this.result = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle;
    // Whoever asks for the result sees the rejection; nobody asking must not end the process.
    this.result.catch(() => {});
  }

  /** The run as folded so far; possibly ahead of what is durable. */
  get run(): Run {
    return this.#run;
  }

  /** How many facts have been taken in. */
  get taken(): number {
    return this.#next;
  }

  /** Resolves when the first `facts` facts are durable, or the run has left this host. */
  announced(facts: number): Promise<void> {
    if (this.#announced >= facts || this.#closed) return Promise.resolve();
    return new Promise((tell) => this.#whenAnnounced.push({ facts, tell }));
  }

  /** Tells an observer of every fact that is taken in from now on, once it is durable. */
  observe(observer: (event: RunEvent) => void): () => void {
    this.#observers.set(observer, this.#next);
    return () => this.#observers.delete(observer);
  }

  /** Tells observers something that is not journalled. */
  tell(event: RunEvent): void {
    this.#tell(event, Number.POSITIVE_INFINITY);
  }

  #tell(event: RunEvent, fact: number): void {
    for (const [observer, from] of this.#observers) {
      if (fact < from) continue;
      try {
        observer(event);
      } catch {
        // An observer that throws is its owner's trouble; the run goes on.
      }
    }
  }

  #announce(): void {
    this.#announced++;
    if (this.#whenAnnounced.length === 0) return;
    for (const waiting of this.#whenAnnounced) if (waiting.facts <= this.#announced) waiting.tell();
    this.#whenAnnounced = this.#whenAnnounced.filter(({ facts }) => facts > this.#announced);
  }

  /** Takes a fact in. Resolves when it is durable and its effects are released; rejects when it could not be recorded here. */
  deliver(fact: Fact): Promise<void> {
    if (this.#closed) return Promise.reject(new TroupeError('RUN_ENDED', `run ${this.id} takes no more facts`));
    if (this.#backlog !== null) {
      this.#backlog.push(fact);
      return Promise.resolve();
    }
    const run = this.#run;
    const settledBefore = run.state.history.length;
    const lateBefore = run.state.lateFacts;
    let effects: Effect[];
    try {
      effects = run.deliver(fact);
    } catch (thrown) {
      this.#close(thrown);
      return Promise.reject(thrown);
    }
    const events = this.#observers.size > 0 ? eventsOf(run, fact, effects, settledBefore, lateBefore) : [];
    this.#pending++;
    const n = this.#next++;
    return this.#hosting.store.append(this.id, { n, fact, intents: effects.map(intentOf) }).then(
      () => {
        this.#retryMs = FIRST_RETRY_MS;
        this.#announce();
        this.#release(effects, fact);
        for (const event of events) this.#tell(event, n);
        this.#settled();
      },
      (thrown) => {
        this.#unrecorded(fact, thrown);
        this.#settled();
      },
    );
  }

  /** Resolves when nothing is on its way to the store. */
  idle(): Promise<void> {
    return this.#pending === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Leaves the run as it is on disk: no more facts, no more alarms. */
  leave(reason: unknown): void {
    this.#close(reason);
  }

  #release(effects: readonly Effect[], fact: Fact): void {
    if (this.#closed) return;
    for (const effect of effects) {
      if (effect.type === 'task.start') this.#hosting.startTask(effect.task);
      else if (effect.type === 'task.cancel') this.#hosting.cancelTask(`${this.id}/${effect.step}#${effect.attempt}`, effect.reason);
      else this.#end(effect);
    }
    if (fact.type === 'run.recovered') this.#startAgain(fact.interrupted);
    this.#arm();
  }

  #startAgain(interrupted: readonly string[]): void {
    for (const id of interrupted) {
      const task = this.#run.state.inFlight.get(id);
      if (task !== undefined) this.#hosting.startTask(task);
    }
  }

  #end(effect: Extract<Effect, { type: 'run.end' }>): void {
    const { status, outputs, error, failedStep } = effect;
    const { history } = this.#run.state;
    queueMicrotask(() => {
      this.#close(null);
      this.#settle.resolve({ id: this.id, status, outputs, error, failedStep, history });
    });
  }

  #arm(): void {
    const due = this.#run.nextDue();
    if (due === (this.#alarm?.due ?? null)) return;
    this.#alarm?.off();
    if (due === null) {
      this.#alarm = null;
      return;
    }
    const ring = () => {
      this.#alarm = null;
      void this.deliver({ type: 'timer.due', at: Math.max(due, this.#hosting.time.now()) }).catch(() => {});
    };
    this.#alarm = { due, off: this.#hosting.time.alarm(due, ring) };
  }

  #settled(): void {
    if (--this.#pending > 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
    if (this.#backlog !== null && !this.#closed) this.#tryAgainLater();
  }

  #unrecorded(fact: Fact, thrown: unknown): void {
    const error = errorData(thrown, 'STORE_UNWRITABLE');
    const first = this.#backlog === null;
    this.#backlog ??= [];
    this.#backlog.push(fact);
    if (first) this.tell({ type: 'run.trouble', run: this.id, at: this.#hosting.time.now(), error });
    if (!isPassing(error)) this.#close(thrown);
  }

  #tryAgainLater(): void {
    const { time } = this.#hosting;
    this.#alarm?.off();
    this.#alarm = { due: Number.NaN, off: time.alarm(time.now() + this.#retryMs, () => void this.#tryAgain()) };
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  async #tryAgain(): Promise<void> {
    this.#alarm = null;
    try {
      const { run, next } = await this.#hosting.refold(this.id);
      if (this.#closed) return;
      const backlog = this.#backlog ?? [];
      this.#backlog = null;
      this.#run = run;
      this.#next = next;
      for (const fact of backlog) void this.deliver(fact).catch(() => {});
    } catch (thrown) {
      this.#close(thrown);
    }
  }

  #close(reason: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm?.off();
    this.#alarm = null;
    for (const { tell } of this.#whenAnnounced.splice(0)) tell();
    if (reason !== null) this.#settle.reject(reason);
    this.#hosting.left(this);
  }
}

/** Trouble that passes by itself or by a person's hand, while the run waits. */
function isPassing(error: ErrorData): boolean {
  return error.code === 'STORE_FULL';
}
