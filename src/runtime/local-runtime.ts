/** The local host: journal on disk or in memory, real timers, the house in this process. */
import type { Stopping } from '../actors/dispatch/cancellation.ts';
import type { Dispatcher } from '../actors/dispatch/dispatcher-contract.ts';
import type { Workflow } from '../definition/workflow.ts';
import { blueprintOf } from '../planning/draw-blueprint.ts';
import { launchPlanOf } from '../planning/launch-plan.ts';
import { TroupeError } from '../protocol/errors.ts';
import { FACT_FORMAT, type Fact, type RunStarted } from '../protocol/facts.ts';
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import type { Task } from '../protocol/task.ts';
import type { Inspector } from './actor-system.ts';
import { adoptDefinition } from './adopted-definition.ts';
import { type CoordinationListener, CoordinationListeners, coordinationObserver } from './coordination-listeners.ts';
import type { CoordinationPattern } from './coordination-pattern.ts';
import { type ForkOptions, forkedRun } from './forked-run.ts';
import { type HostTime, wallTime } from './host-time.ts';
import { HostedRun } from './hosted-run.ts';
import { summaryIn, writeDown } from './hosted-summary.ts';
import type { Hosting } from './hosting.ts';
import { type House, openHouse } from './house.ts';
import { houseFacts } from './house-facts.ts';
import type { HouseShortages } from './house-shortages.ts';
import { type InboxItem, readInbox } from './inbox.ts';
import { checkInput, drawnId, oversightMode, places, plainMap, runId } from './intake.ts';
import { LaterFacts } from './later-facts.ts';
import { type DeadLetters, LetterDesk } from './letter-desk.ts';
import { PASSIVATE_AFTER_MS, Passivation } from './passivation.ts';
import { definitionOf, foldRun, foldRunNow, sharedDefinition, viewRun } from './recovery.ts';
import { type ResumeOptions, resumedRun } from './resumed-run.ts';
import { type RetryOptions, retriedRun } from './retried-run.ts';
import { Run } from './run.ts';
import type { Beginnings, RunBeginning } from './run-beginning.ts';
import { HostedRunHandle, type RunHandle } from './run-handle.ts';
import type { RunOrigin } from './run-origin.ts';
import { runExists, runUnderWay } from './run-refusals.ts';
import type { RunView } from './run-view.ts';
import type { Runtime, RuntimeOptions, StartOptions } from './runtime-contract.ts';
import { type WaitingSummary, waitIn } from './waiting-summary.ts';

export class LocalRuntime implements Runtime, Hosting {
  readonly store: JournalStore;
  readonly time: HostTime;
  readonly #ownsStore: boolean;
  readonly #house: House;
  readonly #inspector: Inspector | null;
  readonly house: Dispatcher;
  readonly common: House['common'];
  readonly shortagesHere: HouseShortages;
  readonly deadLetters: DeadLetters = new LetterDesk(this);
  readonly #hosted = new Map<string, { readonly run: HostedRun; readonly handle: RunHandle }>();
  readonly #passivation: Passivation;
  readonly #listeners = new CoordinationListeners();
  readonly #later: LaterFacts;
  /** Runs on their way in, by id. */
  readonly #opening = new Map<string, Promise<RunHandle>>();
  /** Definitions known to be in the store, by hash. */
  readonly #kept = new Set<string>();
  readonly agents: Runtime['agents'] = () => this.#house.agents();
  readonly instruct: Runtime['instruct'] = (agent, order) => this.#house.instruct(agent, order);
  readonly resources: Runtime['resources'] = () => this.#house.resources();
  readonly limit: Runtime['limit'] = (account, limits) => this.#house.limit(account, limits);
  readonly recall: Hosting['recall'] = (task, reason) => this.#house.recall(task, reason);
  readonly services: Runtime['services'] = () => this.#house.services.views();
  readonly resetService: Runtime['resetService'] = (service) => this.#house.services.reset(service);
  readonly shortages: Runtime['shortages'] = () => this.shortagesHere.open();
  readonly answerShortage: Runtime['answerShortage'] = (id, answer) => this.shortagesHere.answer(id, answer);
  #stopping: Promise<void> | null = null;
  #intakeClosed = false;

  constructor(options: RuntimeOptions, store: JournalStore, ownsStore: boolean) {
    this.store = store;
    this.time = options.time ?? wallTime();
    this.#ownsStore = ownsStore;
    this.#inspector = options.inspector ?? null;
    const afterMs = store.readNow === undefined ? Number.POSITIVE_INFINITY : (options.passivateAfterMs ?? PASSIVATE_AFTER_MS);
    this.#passivation = new Passivation(this.time, afterMs, (run) => this.#passivate(run));
    this.#later = new LaterFacts(this.time, (run, fact) => this.#hosted.get(run)?.run.take(fact));
    this.#house = openHouse(options, store, this.time, {
      ...houseFacts({ time: this.time, later: this.#later, take: (run, fact) => this.#take(run, fact) }),
      workflowOf: (run) => this.#hosted.get(run)?.run.origin.workflow.name ?? null,
      progress: ({ run, step, attempt }, note) =>
        this.#hosted.get(run)?.run.observers.tell({ type: 'task.progress', run, at: this.time.now(), step, attempt, note }),
    });
    this.common = this.#house.common;
    this.house = this.#house.dispatcher;
    this.shortagesHere = this.#house.shortages;
  }

  async start(workflow: Workflow, options: StartOptions = {}): Promise<RunHandle> {
    this.#refuseWhenStopped();
    const id = runId(options.id ?? drawnId());
    const { workflow: own, hash } = adoptDefinition(workflow, this.#house.crew.stepTypes());
    const definition = sharedDefinition(this.store, hash, own);
    const plan = options.plan === undefined ? null : launchPlanOf(options.plan);
    const usual = plan === null ? this.#house.maxConcurrentTasks : (plan.places ?? Number.POSITIVE_INFINITY);
    const roles = this.#house.crew.roles?.() ?? null;
    const started: RunStarted = {
      type: 'run.started',
      at: this.time.now(),
      format: FACT_FORMAT,
      workflow: definition.name,
      definition: hash,
      input: plainMap(options.input, 'input'),
      variables: plainMap(options.variables, 'variables'),
      seed: options.seed ?? Math.floor(Math.random() * 2 ** 31),
      maxConcurrency: places(options.maxConcurrency ?? (definition.compat === 'engine' ? 1 : usual), 'maxConcurrency'),
      ...(plan === null ? {} : { order: plan.order }),
      ...(options.oversight === undefined ? {} : { oversight: oversightMode(options.oversight) }),
      ...(roles === null ? {} : { roles }),
    };
    checkInput(definition, { ...started.input, ...started.variables });
    return this.#open(id, async () => {
      if (options.id !== undefined && (await this.store.has(id))) throw runExists(id);
      if (!this.#kept.has(hash)) await this.store.putDefinition(hash, definition as unknown as JsonObject);
      this.#kept.add(hash);
      this.#refuseWhenStopped();
      const run = new Run(id, blueprintOf(definition), started, this.#inspector);
      return [new HostedRun({ id, startedAt: started.at, definition: hash, workflow: definition }, run, 0, this), started];
    });
  }

  async resume(run: string, options: ResumeOptions = {}): Promise<RunHandle> {
    this.#refuseWhenStopped();
    const live = this.#hosted.get(run)?.handle ?? this.#opening.get(run);
    if (live !== undefined && options.adopt === undefined) return live;
    return this.#begin(run, () => resumedRun(this.#beginnings, run, options), runUnderWay);
  }

  async retry(run: string, options: RetryOptions = {}): Promise<RunHandle> {
    return this.#begin(run, () => retriedRun(this.#beginnings, run, options), runUnderWay);
  }

  async fork(run: string, options: ForkOptions = {}): Promise<RunHandle> {
    const id = runId(options.id ?? drawnId());
    return this.#begin(id, () => forkedRun(this.#beginnings, run, id, options));
  }

  #begin(id: string, beginning: () => Promise<RunBeginning>, refusal = runExists): Promise<RunHandle> {
    this.#refuseWhenStopped();
    const make = async (): Promise<[HostedRun, ...Fact[]]> => {
      const { origin, run, next, first } = await beginning();
      if (next === 0 && (await this.store.has(id))) throw runExists(id);
      this.#refuseWhenStopped();
      return [new HostedRun(origin, run, next, this), ...first];
    };
    return this.#open(id, make, refusal);
  }

  get #beginnings(): Beginnings {
    const adopt = (workflow: Workflow) => adoptDefinition(workflow, this.#house.crew.stepTypes());
    return { store: this.store, time: this.time, inspector: this.#inspector, adopt };
  }

  /** Opens a run under an id that nobody else opens meanwhile, and delivers its first facts here. */
  #open(id: string, make: () => Promise<readonly [run: HostedRun, ...first: Fact[]]>, refusal = runExists): Promise<RunHandle> {
    if (this.#hosted.has(id) || this.#opening.has(id)) return Promise.reject(refusal(id));
    const opening = make().then(async ([run, ...first]) => {
      const handle = new HostedRunHandle(run, this);
      this.#hosted.set(id, { run, handle });
      this.#listeners.join(run);
      for (const fact of first) await run.deliver(fact);
      return handle;
    });
    const done = opening.finally(() => this.#opening.delete(id));
    this.#opening.set(id, done);
    return done;
  }

  async resumeAll(): Promise<{ resumed: RunHandle[]; failed: { id: string; error: unknown }[] }> {
    const resumed: RunHandle[] = [];
    const failed: { id: string; error: unknown }[] = [];
    for (const id of await this.store.runs()) {
      const summary = await this.store.getSummary(id);
      if (this.#hosted.has(id) || (summary !== null && hasEnded(summary.status))) continue;
      try {
        const wait = waitIn(summary);
        const isDue = wait === null || (wait.waiting.dueAt !== null && wait.waiting.dueAt <= this.time.now());
        resumed.push(await (isDue ? this.resume(id) : this.#resumeWaiting(wait)));
      } catch (error) {
        if (!(error instanceof TroupeError && error.code === 'RUN_ENDED')) failed.push({ id, error });
      }
    }
    return { resumed, failed };
  }

  /** Takes up a run that waits, as it is written down, without folding it: nothing was interrupted, and nothing was due. */
  #resumeWaiting({ id, startedAt, waiting }: WaitingSummary): Promise<RunHandle> {
    if (this.store.readNow === undefined) return this.resume(id);
    this.#refuseWhenStopped();
    return this.#open(id, async () => {
      const workflow = await definitionOf(this.store, id, waiting.definition);
      this.#refuseWhenStopped();
      const run = new HostedRun({ id, startedAt, definition: waiting.definition, workflow }, null, waiting.batches, this);
      run.waitUntil(waiting.dueAt);
      return [run];
    });
  }

  run(id: string): RunHandle | null {
    return this.#hosted.get(id)?.handle ?? null;
  }

  coordination(pattern: CoordinationPattern, listener: CoordinationListener): () => void {
    const live = [...this.#hosted.values()].map(({ run }) => run);
    return this.#listeners.add(coordinationObserver(pattern, listener), live);
  }

  async list(): Promise<RunSummary[]> {
    const summaries: RunSummary[] = [];
    for (const id of await this.store.runs()) summaries.push(await summaryIn(this.store, id, this.#hosted.get(id)?.run, this.time.now()));
    return summaries;
  }

  stopping(): readonly Stopping[] {
    return this.house.stopping();
  }

  inbox(): Promise<InboxItem[]> {
    return readInbox(this.store, this.time.now(), (run) => this.run(run)?.state() ?? null);
  }

  view(run: string): Promise<RunView> {
    const live = this.#hosted.get(run);
    return live === undefined ? viewRun(this.store, run, this.time.now()) : Promise.resolve(live.handle.state());
  }

  stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.graceMs ?? 5_000);
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#intakeClosed = true;
    this.#passivation.stop();
    this.shortagesHere.desk.stop();
    await this.house.stop(graceMs);
    await Promise.allSettled(this.#opening.values());
    const hosted = [...this.#hosted.values()];
    await Promise.all(hosted.map(({ run }) => run.idle()));
    for (const { run } of hosted)
      run.leave(
        new TroupeError('RUNTIME_STOPPED', `the runtime stopped before run ${run.id} had ended`, {
          hint: `troupe resume ${run.id} goes on with it`,
        }),
      );
    await this.#house.close();
    if (this.#ownsStore) await this.store.close();
  }

  // What a hosted run needs of its host.

  startTask(task: Task): void {
    if (!this.#intakeClosed) this.house.start(task);
  }

  async refold(id: string): Promise<{ run: Run; next: number }> {
    const { run, batches } = await foldRun(this.store, id, this.#inspector);
    return { run, next: batches.length };
  }

  wake({ id, workflow }: RunOrigin): Run {
    return foldRunNow(this.store, id, workflow, this.#inspector);
  }

  rests(id: string): void {
    const run = this.#hosted.get(id)?.run;
    if (run !== undefined && !this.#intakeClosed) this.#passivation.rests(run, run.awake?.nextDue() ?? null);
  }

  left(id: string): void {
    const run = this.#hosted.get(id)?.run;
    if (run === undefined) return;
    this.#passivation.leaves(run);
    this.#hosted.delete(id);
    this.#listeners.leave(run);
    this.#later.forget(id);
    // One that only leaves goes on elsewhere, with what it has used up and whatever limits it was given.
    if (run.awake !== null && hasEnded(run.awake.status)) this.#house.forget(id);
    writeDown(this.store, run, this.time.now());
    if (!this.#intakeClosed) this.#house.remember();
  }

  #passivate(run: HostedRun): void {
    if (!run.isResting) return;
    writeDown(this.store, run, this.time.now());
    run.passivate();
  }

  #take(run: string, fact: Fact): void {
    this.#later.flush(run);
    this.#hosted.get(run)?.run.take(fact);
  }

  #refuseWhenStopped(): void {
    if (this.#intakeClosed) throw new TroupeError('RUNTIME_STOPPED', 'the runtime has been stopped', { hint: 'create another one' });
  }
}
