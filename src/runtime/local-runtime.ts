/** The local host: journal on disk or in memory, real timers, the house in this process. */
import { nanoid } from 'nanoid';
import { type Crew, createCrew } from '../actors/crew.ts';
import { createDispatcher, type Dispatcher } from '../actors/dispatcher.ts';
import { hashDefinition } from '../definition/definition-hash.ts';
import type { Workflow } from '../definition/workflow.ts';
import { blueprintOf } from '../planning/blueprint.ts';
import { TroupeError } from '../protocol/errors.ts';
import { FACT_FORMAT, type Fact, type RunStarted } from '../protocol/facts.ts';
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { hasEnded } from '../protocol/outcomes.ts';
import type { Task, TaskReport } from '../protocol/task.ts';
import type { Inspector } from './actor-system.ts';
import { bindStepTypes } from './bind-step-types.ts';
import { type HostTime, wallTime } from './host-time.ts';
import { HostedRun, type Hosting } from './hosted-run.ts';
import { foldRun, summarizeRun, viewRun } from './recovery.ts';
import { Run } from './run.ts';
import { handleOf, type RunHandle } from './run-handle.ts';
import { type RunView, summaryOf } from './run-view.ts';
import type { Runtime, RuntimeOptions, StartOptions } from './runtime-contract.ts';

/** The phase model's number of tasks at work at once. */
const MAX_CONCURRENT_TASKS = 5;

export class LocalRuntime implements Runtime, Hosting {
  readonly store: JournalStore;
  readonly time: HostTime;
  readonly #ownsStore: boolean;
  readonly #ownsCrew: boolean;
  readonly #crew: Crew;
  readonly #inspector: Inspector | null;
  readonly #maxConcurrentTasks: number;
  readonly #dispatcher: Dispatcher;
  readonly #hosted = new Map<string, { readonly run: HostedRun; readonly handle: RunHandle; readonly startedAt: number }>();
  readonly #starting = new Set<string>();
  readonly #definitions = new Map<string, Workflow>();
  #stopping: Promise<void> | null = null;
  #intakeClosed = false;

  constructor(options: RuntimeOptions, store: JournalStore, ownsStore: boolean) {
    this.store = store;
    this.time = options.time ?? wallTime();
    this.#ownsStore = ownsStore;
    this.#ownsCrew = !isCrew(options.crew);
    this.#crew = isCrew(options.crew) ? options.crew : createCrew(options.crew ?? {});
    this.#inspector = options.inspector ?? null;
    this.#maxConcurrentTasks = options.maxConcurrentTasks ?? MAX_CONCURRENT_TASKS;
    this.#dispatcher = createDispatcher({
      crew: this.#crew,
      maxConcurrentTasks: this.#maxConcurrentTasks,
      now: () => this.time.now(),
      sleep: (ms, signal) => this.time.sleep(ms, signal),
      report: (task, report) => this.#report(task, report),
      late: (task, report) => this.#report(task, report),
      queued: ({ run, step, attempt }) => this.#take(run, { type: 'task.queued', at: this.time.now(), step, attempt }),
      started: ({ run, step, attempt }) => this.#take(run, { type: 'task.started', at: this.time.now(), step, attempt }),
      progress: ({ run, step, attempt }, note) =>
        this.#hosted.get(run)?.run.tell({ type: 'task.progress', run, at: this.time.now(), step, attempt, note }),
    });
  }

  async start(workflow: Workflow, options: StartOptions = {}): Promise<RunHandle> {
    this.#refuseWhenStopped();
    if (!Array.isArray(workflow?.steps)) throw notAWorkflow();
    const id = options.id ?? nanoid();
    const definition = bindStepTypes(workflow, this.#crew.stepTypes());
    const hash = hashDefinition(definition);
    const started: RunStarted = {
      type: 'run.started',
      at: this.time.now(),
      format: FACT_FORMAT,
      workflow: workflow.name,
      definition: hash,
      input: options.input ?? {},
      variables: options.variables ?? {},
      seed: options.seed ?? Math.floor(Math.random() * 2 ** 31),
      maxConcurrency: options.maxConcurrency ?? (workflow.compat === 'engine' ? 1 : this.#maxConcurrentTasks),
    };
    if (this.#hosted.has(id) || this.#starting.has(id) || (options.id !== undefined && (await this.store.has(id)))) throw runExists(id);
    this.#starting.add(id);
    try {
      if (!this.#definitions.has(hash)) {
        await this.store.putDefinition(hash, definition as unknown as JsonObject);
        this.#definitions.set(hash, definition);
      }
      const hosted = new HostedRun(
        id,
        new Run(id, blueprintOf(this.#definitions.get(hash) ?? definition), started, this.#inspector),
        0,
        this,
      );
      const handle = this.#host(hosted, started.at);
      const recorded = hosted.deliver(started);
      await recorded;
      return handle;
    } finally {
      this.#starting.delete(id);
    }
  }

  async resume(run: string): Promise<RunHandle> {
    this.#refuseWhenStopped();
    const live = this.#hosted.get(run);
    if (live !== undefined) return live.handle;
    const folded = await this.#fold(run);
    if (folded.run.ended !== null) {
      throw new TroupeError('RUN_ENDED', `run ${run} has ended (${folded.run.status})`, { hint: `troupe show ${run} tells how it went` });
    }
    const again = this.#hosted.get(run);
    if (again !== undefined) return again.handle;
    const hosted = new HostedRun(run, folded.run, folded.next, this);
    const handle = this.#host(hosted, folded.started.at);
    await hosted.deliver({ type: 'run.recovered', at: this.time.now(), interrupted: [...folded.run.state.inFlight.keys()] });
    return handle;
  }

  async resumeAll(): Promise<{ resumed: RunHandle[]; failed: { id: string; error: unknown }[] }> {
    const resumed: RunHandle[] = [];
    const failed: { id: string; error: unknown }[] = [];
    for (const id of await this.store.runs()) {
      const summary = await this.store.getSummary(id);
      if (this.#hosted.has(id) || (summary !== null && hasEnded(summary.status))) continue;
      try {
        resumed.push(await this.resume(id));
      } catch (error) {
        if (!(error instanceof TroupeError && error.code === 'RUN_ENDED')) failed.push({ id, error });
      }
    }
    return { resumed, failed };
  }

  run(id: string): RunHandle | null {
    return this.#hosted.get(id)?.handle ?? null;
  }

  async list(): Promise<RunSummary[]> {
    const summaries: RunSummary[] = [];
    for (const id of await this.store.runs()) {
      const live = this.#hosted.get(id);
      summaries.push(
        live === undefined ? await summarizeRun(this.store, id, this.time.now()) : summaryOf(live.run.run, live.startedAt, this.time.now()),
      );
    }
    return summaries;
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
    await this.#dispatcher.stop(graceMs);
    const hosted = [...this.#hosted.values()];
    await Promise.all(hosted.map(({ run }) => run.idle()));
    for (const { run } of hosted)
      run.leave(
        new TroupeError('RUNTIME_STOPPED', `the runtime stopped before run ${run.id} had ended`, {
          hint: `troupe resume ${run.id} goes on with it`,
        }),
      );
    if (this.#ownsCrew) await this.#crew.close();
    if (this.#ownsStore) await this.store.close();
  }

  // What a hosted run needs of its host.

  startTask(task: Task): void {
    if (!this.#intakeClosed) this.#dispatcher.start(task);
  }

  cancelTask(key: string, reason: string): void {
    this.#dispatcher.cancel(key, reason);
  }

  refold(run: string): Promise<{ run: Run; next: number }> {
    return this.#fold(run);
  }

  left(run: HostedRun): void {
    const kept = this.#hosted.get(run.id);
    if (kept?.run !== run) return;
    this.#hosted.delete(run.id);
    this.store.putSummary(summaryOf(run.run, kept.startedAt, this.time.now()));
  }

  #host(hosted: HostedRun, startedAt: number): RunHandle {
    const handle = handleOf(hosted, startedAt, this);
    this.#hosted.set(hosted.id, { run: hosted, handle, startedAt });
    return handle;
  }

  async #fold(run: string): Promise<{ run: Run; next: number; started: RunStarted }> {
    const folded = await foldRun(this.store, run, this.#definitions, this.#inspector);
    return { run: folded.run, next: folded.batches.length, started: folded.started };
  }

  #report(task: Task, report: TaskReport): void {
    const about = { at: this.time.now(), step: task.step, attempt: task.attempt };
    if (report.ok)
      this.#take(task.run, {
        type: 'task.completed',
        ...about,
        output: report.output,
        ...(report.variables === undefined ? {} : { variables: report.variables }),
      });
    else this.#take(task.run, { type: 'task.failed', ...about, error: report.error, thrown: report.thrown });
  }

  #take(run: string, fact: Fact): void {
    // A run that has left this host is resumable from its journal; what comes for it now is lost to nobody.
    this.#hosted
      .get(run)
      ?.run.deliver(fact)
      .catch(() => {});
  }

  #refuseWhenStopped(): void {
    if (this.#intakeClosed) throw new TroupeError('RUNTIME_STOPPED', 'the runtime has been stopped', { hint: 'create another one' });
  }
}

function isCrew(crew: RuntimeOptions['crew']): crew is Crew {
  return crew !== undefined && 'find' in crew;
}

function runExists(id: string): TroupeError {
  return new TroupeError('RUN_EXISTS', `there is a run named "${id}" already`, { hint: 'choose another id, or resume that run' });
}

function notAWorkflow(): TroupeError {
  return new TroupeError('DEFINITION_INVALID', 'what was to be started is no workflow', {
    hint: 'loadWorkflow gives null for a file that cannot be read as one: look at its diagnostics',
  });
}
