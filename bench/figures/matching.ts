import { createCrew } from '../../src/actors/crews/crew.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import { functionAgent } from '../../src/actors/function-agent.ts';
import type { AgentHistory } from '../../src/actors/pool/roster.ts';
import type { Task } from '../../src/protocol/task.ts';
import type { Figure } from '../figure.ts';
import { bestInARow, someScores } from '../floors/agents-in-a-row.ts';
import { elapsed, inTurn } from '../in-turn.ts';
import { idle } from '../workloads.ts';

const TASKS = 2_000;

const taskOf = (number: number): Task => ({
  key: `run/s${number}#1`,
  run: 'run',
  step: `s${number}`,
  attempt: 1,
  name: 'work',
  type: 'work',
  persona: 'worker',
  params: {},
  timeoutMs: null,
});

/** What is known of agents from before: no two of them are alike. */
const history = (agents: number): Record<string, AgentHistory> =>
  Object.fromEntries(
    Array.from({ length: agents }, (_, at) => {
      const record = {
        completed: (at * 31) % 97,
        failed: (at * 17) % 13,
        averageMs: 1 + ((at * 7919) % agents),
        lastCompletedAt: Date.now() - at * 1_000,
      };
      return [`agent-${at}`, { record, breaker: null }];
    }),
  );

/** A house of so many agents that are idle: hands out a task, waits for its report, hands out the next. Gives µs a task. */
function houseOf(agents: number) {
  const members = Array.from({ length: agents }, (_, at) => ({ ...functionAgent(`agent-${at}`, idle), capacity: 1 }));
  let next = 0;
  let reported = (): void => {};
  const dispatcher = createDispatcher({
    crew: createCrew({ personas: { worker: members } }),
    history: history(agents),
    now: Date.now,
    sleep: () => new Promise<void>(() => {}),
    report: () => reported(),
    queued() {},
    started() {},
    chosen() {},
    progress() {},
  });
  return async (): Promise<number> =>
    ((await elapsed(async () => {
      for (let count = 0; count < TASKS; count++) {
        const ended = new Promise<void>((resolve) => {
          reported = resolve;
        });
        dispatcher.start(taskOf(next++));
        await ended;
      }
    })) *
      1000) /
    TASKS;
}

/** What it costs to give a task to the best of many idle agents, from handing it in to the report of an agent that does nothing. */
export async function matching(rounds: number): Promise<Figure[]> {
  const sample = (agents: number) => {
    const scores = someScores(agents);
    return {
      ours: houseOf(agents),
      floor: async () => ((await elapsed(() => bestInARow(scores, TASKS))) * 1000) / TASKS,
    };
  };
  const [alone, thousand, tenThousand] = [sample(1), sample(1_000), sample(10_000)];
  const taken = await inTurn(rounds, {
    alone: alone.ours,
    floor1k: thousand.floor,
    ours1k: thousand.ours,
    floor10k: tenThousand.floor,
    ours10k: tenThousand.ours,
  });
  const common = {
    unit: 'µs/task',
    floorIs: 'a loop over as many numbers that finds the highest',
    bound: 'two passes over what the agents bring to their scores; then saying why, the promise of the agent, its record',
  } as const;
  return [
    { ...common, name: 'matching among 1,000 idle agents', ours: taken.ours1k, floor: taken.floor1k, budget: { most: 50 } },
    { ...common, name: 'matching among 10,000 idle agents', ours: taken.ours10k, floor: taken.floor10k, budget: null },
    {
      ...common,
      name: '… among one: no choice, no reasons',
      ours: taken.alone,
      floor: null,
      floorIs: 'nothing rawer to compare with',
      budget: null,
      bound: 'the promise of the agent, and its record',
    },
  ];
}
