/**
 * The runs of a store in this process: the store, a runtime for each crew, and an ear for other commands. One crew may differ from
 * run to run, the store is one.
 */
import { type Crew, createRuntime, hasEnded, type JournalStore, type RunHandle, type Runtime } from '../../index.ts';
import type { ControlRequest } from '../control/control-messages.ts';
import { type ControlServer, serveControl } from '../control/control-server.ts';
import type { Desk } from '../terminal/desk.ts';
import { absentCrew } from './absent-crew.ts';
import { openForWriting } from './open-store.ts';

/** How long agents may take to end when the house is left in good order. */
const GRACE_MS = 5_000;

export class House {
  readonly store: JournalStore;
  readonly #crews: Crew[] = [];
  readonly #runtimes: Runtime[] = [];
  readonly #ids = new Set<string>();
  #control: ControlServer | null = null;
  #closing: Promise<void> | null = null;

  private constructor(store: JournalStore) {
    this.store = store;
  }

  /** Opens the store for writing and begins to listen. Rejects with STORE_…. */
  static async open(desk: Desk): Promise<House> {
    const house = new House(await openForWriting(desk));
    await house.#listen(desk.store);
    return house;
  }

  async #listen(directory: string): Promise<void> {
    this.#control = await serveControl(
      directory,
      (request) => this.obey(request),
      (run) => this.#runtimes.flatMap((runtime) => runtime.stopping().filter((each) => each.run === run)),
    );
  }

  /** A runtime over the store. The crew is closed with the house. */
  async employ(crew: Crew, maxConcurrentTasks?: number): Promise<Runtime> {
    const runtime = await createRuntime({ store: this.store, crew, ...(maxConcurrentTasks === undefined ? {} : { maxConcurrentTasks }) });
    this.#crews.push(crew);
    this.#runtimes.push(runtime);
    return runtime;
  }

  /** Notes that a run is run here, so that other commands can speak to it. */
  announce(run: RunHandle): void {
    this.#ids.add(run.id);
  }

  /** Does what another command asks; resolves with the runs that are run here. */
  async obey(request: Exclude<ControlRequest, { do: 'stopping' }>): Promise<readonly string[]> {
    if (request.do !== 'list') {
      const live = this.#live(request.run);
      if (live !== null) await act(live, request);
      else await this.visit(request.run, (run) => act(run, request));
    }
    return [...this.#ids].filter((id) => this.#live(id) !== null);
  }

  /** Takes a run up only to do something to it, and leaves it again; nobody works on it meanwhile. Rejects with RUN_NOT_FOUND, RUN_ENDED, …. */
  async visit<T>(run: string, what: (run: RunHandle) => Promise<T>): Promise<T> {
    const crew = absentCrew();
    const runtime = await createRuntime({ store: this.store, crew });
    try {
      return await what(await runtime.resume(run));
    } finally {
      await runtime.stop({ graceMs: 0 });
      await crew.close();
    }
  }

  /** Stops all work in good order: what has not ended is saved and can be resumed. */
  async stop(): Promise<void> {
    await Promise.all(this.#runtimes.map((runtime) => runtime.stop({ graceMs: GRACE_MS })));
  }

  /** Stops, and gives the store back. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#control?.close();
    await this.stop();
    await Promise.all(this.#crews.map((crew) => crew.close()));
    await this.store.close();
  }

  #live(id: string): RunHandle | null {
    for (const runtime of this.#runtimes) {
      const run = runtime.run(id);
      if (run !== null) return run;
    }
    return null;
  }
}

/**
 * Does to a run what a request asks for. Resolves when it is durable; for a `cancel` after which nothing is left to do, when the run has
 * ended, and for one that waits, when nothing of it is at work any more.
 */
async function act(run: RunHandle, request: Exclude<ControlRequest, { do: 'list' | 'stopping' }>): Promise<void> {
  switch (request.do) {
    case 'cancel':
      await run.cancel(request.reason, { force: request.force === true });
      if (request.wait === true || hasEnded(run.state().status)) await run.result();
      if (request.wait === true) await run.stopped();
      return;
    case 'pause':
      return run.pause();
    case 'unpause':
      return run.resume();
    case 'answer':
      await run.answer(request.step, request.answer);
      return;
    case 'delegate':
      await run.delegate(request.step, request.delegation);
      return;
    case 'signal':
      return run.signal(request.name, request.payload);
  }
}
