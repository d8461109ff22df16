/** A dispatcher on virtual time whose tasks call services, and end when the test says so. */
import { createCrew } from '../../src/actors/crews/crew.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import type { Dispatcher, DispatcherOptions } from '../../src/actors/dispatch/dispatcher-contract.ts';
import { type ServiceStandings, Services, type ServiceTerms } from '../../src/actors/services/services.ts';
import type { Agent, PerformContext } from '../../src/protocol/agent.ts';
import type { ErrorData } from '../../src/protocol/errors.ts';
import type { Task, TaskNeeds, TaskReport } from '../../src/protocol/task.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { aTask } from './work.ts';

export interface ServicesStage {
  readonly dispatcher: Dispatcher;
  readonly services: Services;
  readonly time: VirtualTime;
  /** What was kept, and when, the latest last. */
  readonly kept: { readonly standings: ServiceStandings; readonly when: 'soon' | 'now' }[];
  readonly reports: Map<string, TaskReport>;
  /** Keys of the tasks in the hands of agents, the oldest first. */
  readonly atWork: () => string[];
  /** Starts a task that requires these services, and whatever else it needs. */
  readonly start: (step: string, services?: readonly string[], more?: TaskNeeds) => void;
  readonly end: (step: string, report?: TaskReport) => Promise<void>;
  readonly context: (step: string) => PerformContext;
  /** Lets time pass to the next moment at which something is due, and everything happen that does then. */
  readonly pass: () => Promise<boolean>;
}

/** Everything that needs no time. */
export async function quiet(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A failure of a task; with a service, it names it. */
export const failure = (service?: string, more: Partial<ErrorData> = {}): TaskReport => ({
  ok: false,
  thrown: true,
  error: { code: 'AGENT_FAILED', message: 'it broke', ...(service === undefined ? {} : { details: { service } }), ...more },
});

interface Given extends Partial<DispatcherOptions> {
  readonly terms?: ServiceTerms;
  readonly former?: ServiceStandings;
  readonly time?: VirtualTime;
  readonly breaker?: Agent['breaker'];
}

/** Sets the stage: `terms` are those of the services, `breaker` the one of the only agent. */
export function setServicesStage({
  terms = {},
  former = {},
  time = new VirtualTime(),
  breaker = false,
  ...over
}: Given = {}): ServicesStage {
  const hands = new Map<string, { readonly task: Task; readonly context: PerformContext; readonly answer: (report: TaskReport) => void }>();
  const kept: ServicesStage['kept'] = [];
  const reports = new Map<string, TaskReport>();
  const agent: Agent = {
    id: 'worker',
    breaker,
    perform: (task, context) => new Promise((answer) => hands.set(task.key, { task, context, answer })),
  };
  const now = () => time.now();
  const sleep = (ms: number, signal: AbortSignal) => time.sleep(ms, signal);
  const services = new Services({ now, sleep, terms, former, keep: (standings, when) => kept.push({ standings, when }) });
  const ignore = (): void => {};
  const dispatcher = createDispatcher({
    crew: createCrew({ personas: { worker: agent } }),
    services,
    now,
    sleep,
    maxConcurrentTasks: 4,
    queued: ignore,
    started: ignore,
    progress: ignore,
    report: (task, report) => reports.set(task.step, report),
    ...over,
  });
  const keyOf = (step: string) => `run/${step}#1`;
  const hand = (step: string) => {
    const found = hands.get(keyOf(step));
    if (found === undefined) throw new Error(`${step} is not at work`);
    return found;
  };
  return {
    dispatcher,
    services,
    time,
    kept,
    reports,
    atWork: () => Array.from(hands.values(), ({ task }) => task.step),
    start(step, required = [], more = {}) {
      const needs: TaskNeeds = { ...more, ...(required.length === 0 ? {} : { services: required }) };
      dispatcher.start(aTask({ step, ...(Object.keys(needs).length === 0 ? {} : { needs }) }));
    },
    async end(step, report = { ok: true, output: null }) {
      const { answer } = hand(step);
      hands.delete(keyOf(step));
      answer(report);
      await quiet();
    },
    context: (step) => hand(step).context,
    async pass() {
      const passed = time.advance();
      await quiet();
      return passed;
    },
  };
}
