import { createCrew } from '../../src/actors/crews/crew.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import { functionAgent } from '../../src/actors/function-agent.ts';
import type { Task, TaskNeeds } from '../../src/protocol/task.ts';
import type { Figure } from '../figure.ts';
import { elapsed, inTurn } from '../in-turn.ts';

const AGENTS = 100;

/** Enough for 50 tasks at once: half of the agents wait for tasks that have what they need. */
const LIMITS = { memoryMb: 500 };
const NEEDS: TaskNeeds = { memoryMb: 10 };

/** Hands in so many tasks at once, and waits until all have ended. Gives µs a task. */
async function handedOut(tasks: number, needs: TaskNeeds | null): Promise<number> {
  const atWork = (): Promise<null> => new Promise((resolve) => setImmediate(() => resolve(null)));
  const members = Array.from({ length: AGENTS }, (_, at) => ({ ...functionAgent(`agent-${at}`, atWork), capacity: 1 }));
  let left = tasks;
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const dispatcher = createDispatcher({
    crew: createCrew({ personas: { worker: members } }),
    maxConcurrentTasks: AGENTS,
    limits: LIMITS,
    now: Date.now,
    sleep: () => new Promise<void>(() => {}),
    report() {
      left -= 1;
      if (left === 0) over();
    },
    queued() {},
    started() {},
    progress() {},
  });
  const about = { run: 'run', attempt: 1, name: 'work', type: 'work', persona: 'worker', params: {}, timeoutMs: null } as const;
  const ms = await elapsed(() => {
    for (let n = 0; n < tasks; n++) {
      const task: Task = { ...about, key: `run/s${n}#1`, step: `s${n}` };
      dispatcher.start(needs === null ? task : { ...task, needs });
    }
    return ended;
  });
  await dispatcher.stop(0);
  return (ms * 1000) / tasks;
}

/** What a task costs the house when few and when many wait: for an agent alone, and for an agent and for memory. */
export async function waiting(rounds: number): Promise<Figure[]> {
  const taken = await inTurn(rounds, {
    plain1k: () => handedOut(1_000, null),
    plain10k: () => handedOut(10_000, null),
    needy1k: () => handedOut(1_000, NEEDS),
    needy10k: () => handedOut(10_000, NEEDS),
  });
  const common = { unit: 'µs/task', floorIs: 'the same with 1,000 tasks handed in at once', budget: { timesFloor: 1.2 } } as const;
  return [
    {
      ...common,
      name: '10,000 tasks for 100 agents',
      ours: taken.plain10k,
      floor: taken.plain1k,
      bound: 'a heap for each sort of task, and one pass over the agents',
    },
    {
      ...common,
      name: '… with memory for 50 at once',
      ours: taken.needy10k,
      floor: taken.needy1k,
      bound: 'the statechart of each lease; of those who need the same only the first is judged',
    },
  ];
}
