/**
 * The runs of a store in this process: the store, a runtime for each crew, and an ear for other commands. One crew may differ from
 * run to run, the store is one.
 */
import {
  type AgentOrder,
  type AgentView,
  type Crew,
  changeStoredLimits,
  createRuntime,
  dropStoredLetter,
  findDeadLetter,
  hasEnded,
  type JournalStore,
  type LetterDropping,
  type ResourceLimits,
  type ResourceView,
  type RunHandle,
  type Runtime,
  resetStoredAgent,
  resetStoredService,
  type ServiceView,
  type ShortageQuestion,
  STRATEGIES,
  TroupeError,
} from '../../index.ts';
import type { ControlRequest, RunRequest } from '../control/control-messages.ts';
import { type ControlServer, serveControl } from '../control/control-server.ts';
import type { Desk } from '../terminal/desk.ts';
import { absentCrew } from './absent-crew.ts';
import { crewAtLaunch } from './crew-choice.ts';
import { answersKeptShortage } from './kept-shortage.ts';
import { openForWriting } from './open-store.ts';

/** How long agents may take to end when the house is left in good order. */
const GRACE_MS = 5_000;

/** The account of everything that is used here. */
const HOUSE = 'runtime';

export class House {
  readonly store: JournalStore;
  readonly #desk: Desk;
  readonly #limits: ResourceLimits | null;
  readonly #crews: Crew[] = [];
  readonly #runtimes: Runtime[] = [];
  readonly #ids = new Set<string>();
  #control: ControlServer | null = null;
  #closing: Promise<void> | null = null;

  private constructor(desk: Desk, store: JournalStore, limits: ResourceLimits | null) {
    this.#desk = desk;
    this.#limits = limits;
    this.store = store;
  }

  /** Opens the store for writing and begins to listen. `limits`: what there is for whoever is at work, now and later; null: as was said last. Rejects with STORE_…. */
  static async open(desk: Desk, limits: ResourceLimits | null = null): Promise<House> {
    const house = new House(desk, await openForWriting(desk), limits);
    await house.#listen(desk.store);
    return house;
  }

  async #listen(directory: string): Promise<void> {
    this.#control = await serveControl(directory, (request) => this.obey(request), {
      stopping: (run) => this.#runtimes.flatMap((runtime) => runtime.stopping().filter((each) => each.run === run)),
      agents: () => this.agents(),
      services: () => this.services(),
      resources: () => this.resources(),
    });
  }

  /** A runtime over the store. The crew is closed with the house. */
  async employ(crew: Crew, maxConcurrentTasks?: number): Promise<Runtime> {
    const runtime = await createRuntime({
      store: this.store,
      crew,
      onShortage: STRATEGIES,
      // Whoever keeps breaking is spared, unless its crew file says otherwise.
      breakers: {},
      limits: this.#limits ?? 'kept',
      ...this.#beside(),
      ...(maxConcurrentTasks === undefined ? {} : { maxConcurrentTasks }),
    });
    this.#crews.push(crew);
    this.#runtimes.push(runtime);
    // They hold later, too, even if this process should die before it writes anything else down.
    if (this.#limits !== null && this.#runtimes.length === 1) runtime.limit(HOUSE, {});
    return runtime;
  }

  /** What there is of resources is there once, however many crews there are. */
  #beside(): { readonly beside?: Runtime } {
    const [first] = this.#runtimes;
    return first === undefined ? {} : { beside: first };
  }

  /** What people are asked because tasks that are at hand here lack something. */
  shortages(): readonly ShortageQuestion[] {
    return this.#runtimes.flatMap((runtime) => runtime.shortages());
  }

  /** Notes that a run is run here, so that other commands can speak to it. */
  announce(run: RunHandle): void {
    this.#ids.add(run.id);
  }

  /** Does what another command asks; resolves with the runs that are run here. */
  async obey(request: Exclude<ControlRequest, { do: 'stopping' | 'agents' | 'resources' }>): Promise<readonly string[]> {
    if (request.do === 'agent') this.#instruct(request.agent, request.order);
    else if (request.do === 'service') this.#reset(request.service);
    else if (request.do === 'limit') this.#limit(request.account, request.limits);
    else if (request.do === 'drop') await this.#drop(request.letter, request.dropping);
    else if (request.do === 'resend') await this.#employerOf(request.run)?.deadLetters.retry(request.letter);
    else if (request.do !== 'list') {
      const live = this.#live(request.run);
      if (live !== null) await act(live, request);
      else if (!answersKeptShortage(this.store, this.#runtimes[0] ?? null, request))
        await this.visit(request.run, (run) => act(run, request));
    }
    return [...this.#ids].filter((id) => this.#live(id) !== null);
  }

  /** Puts a letter aside, whether its run is live here or not. */
  async #drop(letter: string, dropping: LetterDropping): Promise<void> {
    const { run } = await findDeadLetter(this.store, letter);
    const employer = this.#employerOf(run);
    if (employer === null) await dropStoredLetter(this.store, letter, dropping, Date.now());
    else await employer.deadLetters.drop(letter, dropping);
  }

  /** The agents of all crews, and those that are remembered. One that is in several crews is told of as it is where it works. */
  agents(): readonly AgentView[] {
    const views = new Map<string, AgentView>();
    for (const view of this.#runtimes.flatMap((runtime) => runtime.agents())) {
      const other = views.get(view.id);
      if (other === undefined || rank(view) > rank(other)) views.set(view.id, view);
    }
    return [...views.values()];
  }

  /** The services that agents of all crews call, and those that are remembered. One that several know is told of as it is worst. */
  services(): readonly ServiceView[] {
    const views = new Map<string, ServiceView>();
    for (const view of this.#runtimes.flatMap((runtime) => runtime.services())) {
      const other = views.get(view.service);
      if (other === undefined || FROM_WELL.indexOf(view.state) > FROM_WELL.indexOf(other.state)) views.set(view.service, view);
    }
    return [...views.values()];
  }

  /** What there is of resources for all crews, and who has it. */
  resources(): ResourceView {
    return this.#runtimes[0]?.resources() ?? { accounts: [], held: [], waiting: [] };
  }

  /** Changes limits of an account, for every crew. */
  #limit(account: string, limits: ResourceLimits): void {
    const [first] = this.#runtimes;
    if (first?.resources().accounts.some(({ name }) => name === account) === true) first.limit(account, limits);
    else changeStoredLimits(this.store, account, limits, Date.now());
  }

  /** Closes the circuit breaker before a service for every crew that calls it. */
  #reset(service: string): void {
    const callers = this.#runtimes.filter((runtime) => runtime.services().some((view) => view.service === service));
    for (const runtime of callers) runtime.resetService(service);
    if (callers.length === 0) resetStoredService(this.store, service);
  }

  /** Tells an agent something in every crew that it is in; what is only remembered can only be reset. */
  #instruct(agent: string, order: AgentOrder): void {
    const employers = this.#runtimes.filter((runtime) => runtime.agents().some(({ id, state }) => id === agent && state !== 'absent'));
    for (const runtime of employers) runtime.instruct(agent, order);
    if (employers.length > 0) return;
    if (order.do === 'reset') resetStoredAgent(this.store, agent);
    else
      throw new TroupeError('AGENT_NOT_FOUND', `the agent "${agent}" is not at work here`, { hint: 'troupe agents lists those that are' });
  }

  /** Takes a run up only to do something to it, and leaves it again; nobody works on it meanwhile. Rejects with RUN_NOT_FOUND, RUN_ENDED, …. */
  async visit<T>(run: string, what: (run: RunHandle) => Promise<T>): Promise<T> {
    const crew = absentCrew(() => crewAtLaunch(this.#desk, run));
    const runtime = await createRuntime({ store: this.store, crew, limits: 'kept', ...this.#beside() });
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
    return this.#employerOf(id)?.run(id) ?? null;
  }

  #employerOf(run: string): Runtime | null {
    return this.#runtimes.find((runtime) => runtime.run(run) !== null) ?? null;
  }
}

const FROM_WELL: readonly ServiceView['state'][] = ['closed', 'halfOpen', 'open'];

const rank = ({ state, tasks }: AgentView): number => (state === 'absent' ? -1 : tasks.length);

/**
 * Does to a run what a request asks for. Resolves when it is durable; for a `cancel` after which nothing is left to do, when the run has
 * ended, and for one that waits, when nothing of it is at work any more.
 */
async function act(run: RunHandle, request: RunRequest): Promise<void> {
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
    case 'budget':
      return run.raiseBudget(request.budget);
    case 'signal':
      return run.signal(request.name, request.payload);
  }
}
