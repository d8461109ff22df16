/** A house on virtual time in which resources are short, with a desk; agents work as long as they are told to, and say what they have used. */
import { createCrew } from '../../src/actors/crews/crew.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import type { AgentChoice } from '../../src/actors/dispatch/dispatcher-host.ts';
import { ShortageDesk } from '../../src/actors/dispatch/shortage-desk.ts';
import { createLedger } from '../../src/actors/resources/ledger.ts';
import type { Ledger } from '../../src/actors/resources/ledger-contract.ts';
import { UsageBook } from '../../src/actors/resources/usage-book.ts';
import type { ResourceLimits } from '../../src/policy/resource-amounts.ts';
import { STRATEGIES, type Strategy } from '../../src/policy/shortage-plan.ts';
import type { ShortageQuestion } from '../../src/policy/shortage-question.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import type { Task, TaskReport } from '../../src/protocol/task.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { aTask, settled } from './work.ts';

/** How an agent works: so long, ms, and what it says it has used. */
export interface Working {
  readonly ms?: number;
  readonly tokens?: number;
  readonly memoryMb?: number;
}

export interface ShortHouseOptions {
  readonly limits: ResourceLimits;
  readonly agents: Readonly<Record<string, Working & Pick<Agent, 'uses' | 'capacity'>>>;
  readonly ways?: readonly Strategy[];
  readonly maxConcurrentTasks?: number;
  /** Refusals from before, by question. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** Opens it. */
export function shortHouse({ limits, agents, ways = STRATEGIES, maxConcurrentTasks = 50, refused = {} }: ShortHouseOptions) {
  const time = new VirtualTime();
  /** `begin a by ann at 0`, `asked a`, `closed a`. */
  const heard: string[] = [];
  const reports = new Map<string, TaskReport[]>();
  const choices: AgentChoice[] = [];
  const asked = new Map<string, ShortageQuestion>();
  const ledger: Ledger = createLedger({ time });
  const usage = new UsageBook(() => 'workflow');
  const desk = new ShortageDesk({
    ledger,
    now: () => time.now(),
    alarm: (due, ring) => time.alarm(due, ring),
    usage,
    ways,
    questions: {
      refusal: (id) => refused[id] ?? null,
      asked: (task, question) => {
        heard.push(`asked ${task.step}`);
        asked.set(question.id, question);
      },
      closed: (id) => asked.delete(id),
      goesOn: () => {},
    },
  });
  const pool = Object.entries(agents).map(
    ([id, { ms = 1_000, tokens, memoryMb, ...said }]): Agent => ({
      ...said,
      id,
      perform: async ({ step }, { sleep }) => {
        heard.push(`begin ${step} by ${id} at ${time.now()}`);
        await sleep(ms);
        return {
          ok: true,
          output: id,
          usage: { ...(tokens === undefined ? {} : { tokens }), ...(memoryMb === undefined ? {} : { memoryMb }) },
        };
      },
    }),
  );
  const dispatcher = createDispatcher({
    crew: createCrew({ personas: { worker: pool } }),
    maxConcurrentTasks,
    ledger,
    limits,
    usage,
    desk,
    now: () => time.now(),
    sleep: (ms, signal) => time.sleep(ms, signal),
    report: (task, report) => reports.set(task.key, [...(reports.get(task.key) ?? []), report]),
    queued: () => {},
    started: () => {},
    progress: () => {},
    chosen: (_task, choice) => choices.push(choice),
    fault: (_task, thrown) => {
      throw thrown;
    },
  });
  return {
    time,
    ledger,
    usage,
    desk,
    dispatcher,
    heard,
    reports,
    choices,
    asked,
    start: (step: string, over: Partial<Task> = {}) => dispatcher.start(aTask({ run: 'r', step, persona: 'worker', ...over })),
    /** Lets everything happen, time passing, until nothing happens by itself. */
    async quiet(): Promise<void> {
      await settled();
      while (time.advance()) await settled();
    },
    report: (step: string) => reports.get(`r/${step}#1`)?.[0],
  };
}
