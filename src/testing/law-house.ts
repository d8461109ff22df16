/** A house with one agent, in real time, that remembers everything it hears. */
import { setTimeout as delay } from 'node:timers/promises';
import { asAgent } from '../actors/as-agent.ts';
import { type Crew, createCrew } from '../actors/crews/crew.ts';
import { createDispatcher } from '../actors/dispatch/dispatcher.ts';
import type { Dispatcher } from '../actors/dispatch/dispatcher-contract.ts';
import { realSleep } from '../actors/real-sleep.ts';
import { markTrusted, reportsAreTrusted } from '../actors/trusted-report.ts';
import type { Agent } from '../protocol/agent.ts';
import type { AgentAdapter } from '../protocol/agent-adapter.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Task, TaskReport } from '../protocol/task.ts';

/** So long something may take that a law waits for, real ms: far more than any adapter needs. */
const PATIENCE_MS = 20_000;

/** How often it is looked, real ms. */
const LOOK_EVERY_MS = 2;

/** Resolves when something holds. @throws TroupeError INTERNAL when it does not within 20 seconds, saying what */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const over = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > over) throw new TroupeError('INTERNAL', `waited ${PATIENCE_MS} ms in vain: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Such a house. */
export class LawHouse {
  readonly #crew: Crew;
  readonly #dispatcher: Dispatcher;
  readonly #reports: [key: string, report: TaskReport][] = [];
  readonly #late: [key: string, report: TaskReport][] = [];
  readonly #notes: string[] = [];
  #ended: Promise<void> | null = null;
  #performing = 0;

  constructor(adapter: AgentAdapter | Agent) {
    this.#crew = createCrew({ personas: { worker: this.#watched(asAgent(adapter, 'worker', 'the adapter under trial')) } });
    this.#dispatcher = createDispatcher({
      crew: this.#crew,
      now: () => Date.now(),
      sleep: realSleep,
      report: ({ key }, report) => this.#reports.push([key, report]),
      late: ({ key }, report) => this.#late.push([key, report]),
      progress: ({ key }) => this.#notes.push(key),
      queued: () => {},
      started: () => {},
      abandonAfterMs: PATIENCE_MS,
    });
  }

  start(task: Task): void {
    this.#dispatcher.start(task);
  }

  /** False: it has nothing of this key to cancel. */
  cancel({ key }: Task): boolean {
    return this.#dispatcher.cancel(key, 'it is not wanted any more');
  }

  force({ run }: Task): void {
    this.#dispatcher.force(run);
  }

  reports({ key }: Task): TaskReport[] {
    return this.#reports.flatMap(([of, report]) => (of === key ? [report] : []));
  }

  late({ key }: Task): TaskReport[] {
    return this.#late.flatMap(([of, report]) => (of === key ? [report] : []));
  }

  notes({ key }: Task): number {
    return this.#notes.filter((of) => of === key).length;
  }

  /** The report of a task that is begun now. */
  async performed(task: Task): Promise<TaskReport> {
    this.start(task);
    return this.reported(task);
  }

  async reported(task: Task): Promise<TaskReport> {
    await until(`a report of ${task.step}`, () => this.reports(task).length > 0);
    const [report] = this.reports(task);
    if (report === undefined) throw new TroupeError('INTERNAL', `the report of ${task.step} is gone`);
    return report;
  }

  /** Begins a task and waits until something is said of it. */
  async atWork(task: Task): Promise<void> {
    this.start(task);
    await until(`a word from ${task.step}`, () => this.notes(task) > 0 || this.reports(task).length > 0);
  }

  /** Waits until nobody works here any more: whoever was given up has really ended, too. */
  async quiet(): Promise<void> {
    await until('nobody is at work', () => this.#performing === 0 && this.#dispatcher.inFlight() === 0);
  }

  /** The house stops, waits for those it has told to stop, and closes its agent. Again and again with the same end. */
  end(): Promise<void> {
    this.#ended ??= this.#dispatcher.stop(1).then(() => this.#crew.close());
    return this.#ended;
  }

  /** The agent itself, but it is seen when it is at work. */
  #watched(agent: Agent): Agent {
    const perform: Agent['perform'] = async (task, context) => {
      this.#performing += 1;
      try {
        return await agent.perform(task, context);
      } finally {
        this.#performing -= 1;
      }
    };
    const watched = new Proxy(agent, {
      get(_, name) {
        if (name === 'perform') return perform;
        const member: unknown = Reflect.get(agent, name);
        return typeof member === 'function' ? member.bind(agent) : member;
      },
    });
    return reportsAreTrusted(agent) ? markTrusted(watched) : watched;
  }
}
