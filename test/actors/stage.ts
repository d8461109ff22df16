/** A dispatcher whose agents answer when the test says so, and which writes down everything it tells its host. */
import { type Crew, createCrew } from '../../src/actors/crews/crew.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import type { Dispatcher, DispatcherOptions } from '../../src/actors/dispatch/dispatcher-contract.ts';
import type { Agent, PerformContext } from '../../src/protocol/agent.ts';
import type { Task, TaskReport } from '../../src/protocol/task.ts';

/** One call of `perform`, to be answered by hand. */
export interface Performance {
  readonly task: Task;
  readonly context: PerformContext;
  readonly answer: (report: TaskReport) => void;
  readonly break: (thrown: unknown) => void;
}

export interface Stage {
  readonly dispatcher: Dispatcher;
  readonly crew: Crew;
  readonly agent: Agent;
  /** Every call so far, in order. */
  readonly performances: Performance[];
  /** What the host heard: `queued a`, `started a`, `report a`, `late a`, `note a`, `fault a`. */
  readonly heard: string[];
  readonly reports: Map<string, TaskReport[]>;
  /** Ends every sleep of the host that has not been cut short. */
  readonly passTime: () => void;
  /** Sleeps of the host still going on, in ms. */
  readonly sleeping: () => number[];
  readonly calls: (step: string) => Performance;
}

export const DONE: TaskReport = { ok: true, output: null };

/** Sets the stage. `over` replaces what the host does. */
export function setStage(over: Partial<DispatcherOptions> = {}): Stage {
  const performances: Performance[] = [];
  const heard: string[] = [];
  const reports = new Map<string, TaskReport[]>();
  const sleeps = new Map<() => void, number>();
  const agent: Agent = {
    id: 'worker',
    perform: (task, context) =>
      new Promise((answer, fail) => {
        performances.push({ task, context, answer, break: fail });
      }),
  };
  const crew = createCrew({ personas: { worker: agent } });
  const dispatcher = createDispatcher({
    crew,
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const wake = (): void => {
          sleeps.delete(wake);
          resolve();
        };
        sleeps.set(wake, ms);
        signal.addEventListener('abort', () => {
          sleeps.delete(wake);
          reject(signal.reason);
        });
      }),
    report: (task, report) => {
      heard.push(`report ${task.step}`);
      reports.set(task.key, [...(reports.get(task.key) ?? []), report]);
    },
    queued: (task) => heard.push(`queued ${task.step}`),
    started: (task) => heard.push(`started ${task.step}`),
    progress: (task) => heard.push(`note ${task.step}`),
    late: (task) => heard.push(`late ${task.step}`),
    fault: (task) => heard.push(`fault ${task.step}`),
    ...over,
  });
  return {
    dispatcher,
    crew,
    agent,
    performances,
    heard,
    reports,
    passTime: () => {
      for (const wake of [...sleeps.keys()]) wake();
    },
    sleeping: () => [...sleeps.values()],
    calls: (step) => {
      const performance = performances.findLast(({ task }) => task.step === step);
      if (performance === undefined) throw new Error(`${step} was not performed`);
      return performance;
    },
  };
}
