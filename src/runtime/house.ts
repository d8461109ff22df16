/** The house of a runtime: its crew, and the dispatcher that hands them tasks. What it learns about agents is kept in the store. */
import { type Crew, createCrew } from '../actors/crews/crew.ts';
import { createDispatcher } from '../actors/dispatch/dispatcher.ts';
import type { Dispatcher } from '../actors/dispatch/dispatcher-contract.ts';
import type { HostCallbacks } from '../actors/dispatch/dispatcher-host.ts';
import { Recalls } from '../actors/dispatch/recalls.ts';
import type { Member } from '../actors/pool/member.ts';
import { UsageBook } from '../actors/resources/usage-book.ts';
import type { ResourceLimits } from '../policy/resource-amounts.ts';
import { MAX_CONCURRENT_TASKS } from '../policy/task-limit.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { Task } from '../protocol/task.ts';
import { runAccount } from './accounts-around.ts';
import { keepHistory, keptHistory } from './agent-history.ts';
import { type AgentOrder, agentNotFound, obeyOrder } from './agent-orders.ts';
import { type AgentView, agentViews } from './agents-view.ts';
import { type CommonLedger, commonLedger } from './common-ledger.ts';
import type { HostTime } from './host-time.ts';
import { checkHouseOptions } from './house-options.ts';
import { HouseShortages } from './house-shortages.ts';
import { places } from './intake.ts';
import { keepUsage, keptUsage } from './kept-usage.ts';
import { changeLimits, type ResourceView, resourceView } from './resources-view.ts';
import type { RuntimeOptions } from './runtime-contract.ts';
import { ServiceDesk } from './service-desk.ts';

/** What was learned is written down at most so often, ms. */
const REMEMBER_EVERY_MS = 1_000;

/** A house at work. */
export interface House {
  readonly crew: Crew;
  readonly dispatcher: Dispatcher;
  /** The services that agents call. */
  readonly services: ServiceDesk;
  /** What is done about shortages. */
  readonly shortages: HouseShortages;
  /** Where resources are granted; houses beside this one have the same. */
  readonly common: CommonLedger;
  readonly maxConcurrentTasks: number;
  /** Every agent that is here or remembered, as it stands. */
  agents(): readonly AgentView[];
  /** Tells an agent that is here something. @throws TroupeError AGENT_NOT_FOUND, STORE_… */
  instruct(agent: string, order: AgentOrder): void;
  /** What there is of resources, and who has it. */
  resources(): ResourceView;
  /** Changes limits of an account. @throws TroupeError INPUT_INVALID, DEFINITION_INVALID, STORE_… */
  limit(account: string, limits: ResourceLimits): void;
  /** A run has ended here: what it had of resources, and what was asked for it, is over. */
  forget(run: string): void;
  /** Tells whoever may be at a task that it is not wanted any more, unless it is in the hands of somebody here. */
  recall(task: Task, reason: string): void;
  /** Writes down what has been learned, soon. */
  remember(): void;
  /** Writes down what has been learned, and closes a crew that was made here. */
  close(): Promise<void>;
}

/** What a house tells, and what it asks of its host. */
export interface HouseHost extends Omit<HostCallbacks, 'now' | 'sleep'> {
  /** The name of the workflow of a run that is live here; null: it is not. */
  readonly workflowOf: (run: string) => string | null;
}

/** Opens the house. What was learned in earlier processes is taken up again. */
export function openHouse(options: RuntimeOptions, store: JournalStore, time: HostTime, host: HouseHost): House {
  const { workflowOf, ...callbacks } = host;
  const { policies, breakers, whenAway, cancelGraceMs, maxConcurrentTasks = MAX_CONCURRENT_TASKS } = options;
  checkHouseOptions(options);
  const isOurs = !isCrew(options.crew);
  const crew = isCrew(options.crew) ? options.crew : createCrew(options.crew ?? {});
  places(maxConcurrentTasks, 'maxConcurrentTasks');
  const common = commonLedger(options, store, time);
  const { ledger, limits } = common;
  const services = new ServiceDesk(options.services ?? {}, crew, store, time);
  const usage = new UsageBook(workflowOf, keptUsage(store));
  const shortages = new HouseShortages({ common, store, time, usage, progress: callbacks.progress }, options.onShortage);
  const dispatcher = createDispatcher({
    crew,
    usage,
    desk: shortages.desk,
    maxConcurrentTasks,
    history: keptHistory(store),
    ledger,
    services: services.services,
    ...(limits === null ? {} : { limits }),
    ...(policies === undefined ? {} : { policies }),
    ...(breakers === undefined ? {} : { breakers }),
    ...(whenAway === undefined ? {} : { whenAway }),
    ...(cancelGraceMs === undefined ? {} : { abandonAfterMs: cancelGraceMs }),
    now: () => time.now(),
    sleep: (ms, signal) => time.sleep(ms, signal),
    ...callbacks,
    report(task, report) {
      callbacks.report(task, report);
      rememberSoon();
      if (report.ok || !report.thrown) return;
      const spared = dispatcher.roster.members().filter(isSpared).length;
      // That somebody is spared must not be forgotten with this process, however that ends.
      if (spared > known) keepHistory(store, dispatcher.roster.history(), 'now');
      else if (spared > 0) remember(0);
      known = spared;
    },
  });
  let known = 0;
  const leave = common.join(() => shortages.desk.limitsChanged());
  const recalls = new Recalls(crew);
  let rememberedAt = Number.NEGATIVE_INFINITY;
  const remember = (patience = REMEMBER_EVERY_MS): void => {
    if (time.now() < rememberedAt + patience) return;
    rememberedAt = time.now();
    keepHistory(store, dispatcher.roster.history(), 'soon');
    keepUsage(store, usage.all());
  };
  // On a time that is not the wall clock's, hours may pass in a moment: there it is enough that runs end.
  const isLive = options.time === undefined;
  let dueSoon: (() => void) | null = null;
  const rememberSoon = (): void => {
    if (!isLive || dueSoon !== null) return;
    dueSoon = time.alarm(time.now() + REMEMBER_EVERY_MS, () => {
      dueSoon = null;
      try {
        remember(0);
      } catch {
        // what cannot be written now is written with what is learned next
      }
    });
  };
  return {
    crew,
    dispatcher,
    services,
    shortages,
    common,
    maxConcurrentTasks,
    resources: () => resourceView(ledger.standing()),
    limit: (account, to) => changeLimits({ limits: ledger.limits, limit: common.limit }, account, to),
    forget(run) {
      ledger.forget(runAccount(run));
      shortages.forget(run);
    },
    recall(task, reason) {
      if (!dispatcher.roster.members().some(({ tasks }) => tasks.includes(task.key))) recalls.tell(task, reason);
    },
    remember: () => remember(),
    agents: () =>
      agentViews({
        crew,
        areHere: true,
        memberOf: (agent) => dispatcher.roster.known(agent),
        uses: usage.all(),
        history: { ...keptHistory(store), ...dispatcher.roster.history() },
        breakers: breakers ?? null,
        now: time.now(),
      }),
    instruct(id, order) {
      const agent = crew.agent(id);
      const ids = () => crew.agents().map((each) => each.id);
      if (agent === null) throw agentNotFound(id, ids());
      obeyOrder(order, crew.actorOf(agent), dispatcher.roster.member(agent).breaker);
      if (order.do === 'reset') keepHistory(store, dispatcher.roster.history(), 'now');
    },
    async close() {
      dueSoon?.();
      try {
        remember(0);
        services.remember();
        leave();
      } catch {
        // A store that cannot be written to any more keeps what it has: agents are known a little less well.
      }
      await recalls.settled();
      if (isOurs) await crew.close();
    },
  };
}

const isSpared = ({ breaker }: Member): boolean => breaker?.standing().state === 'open';

function isCrew(crew: RuntimeOptions['crew']): crew is Crew {
  return crew !== undefined && 'candidates' in crew;
}
