/** A house with a ledger, whose agents do what a plan says: ask, give back, pause, end. Virtual time moves only when told. */
import { createCrew } from '../../src/actors/crews/crew.ts';
import type { DispatcherOptions } from '../../src/actors/dispatch/dispatcher-contract.ts';
import { createLedger } from '../../src/actors/resources/ledger.ts';
import type { Agent, PerformContext, TaskLease } from '../../src/protocol/agent.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { Task, TaskReport } from '../../src/protocol/task.ts';
import { steppedTime } from './resources/house.ts';
import { DONE, setStage } from './stage.ts';
import { aTask, settled } from './work.ts';

/** An attempt under way, which does what the test says. */
export interface Attempt {
  readonly task: Task;
  readonly context: PerformContext;
  readonly end: (report?: TaskReport) => Promise<void>;
  readonly break: (thrown: unknown) => Promise<void>;
}

/** What a promise of a lease has come to: the lease, the code it was rejected with, or null while it waits. */
export interface Asked {
  lease: TaskLease | null;
  code: string | null;
}

/** Sets it up. The agents `a` and `b` play the personas of the same names. */
export function leaseStage(over: Partial<DispatcherOptions> & { readonly capacity?: number } = {}) {
  const { capacity, ...options } = over;
  const attempts = new Map<string, Attempt>();
  const perform: Agent['perform'] = (task, context) =>
    new Promise((resolve, reject) => {
      attempts.set(task.key, {
        task,
        context,
        end: async (report = DONE) => {
          resolve(report);
          await settled();
        },
        break: async (thrown) => {
          reject(thrown);
          await settled();
        },
      });
    });
  const agent = (id: string): Agent => ({ id, perform, ...(capacity === undefined ? {} : { capacity }) });
  const time = steppedTime();
  const ledger = createLedger({ time });
  const stage = setStage({
    crew: createCrew({ personas: { a: agent('a'), b: agent('b') } }),
    ledger,
    limits: { memoryMb: 100, tokens: 1_000 },
    maxConcurrentTasks: 5,
    now: time.now,
    ...options,
  });
  const at = (step: string, attempt = 1): Attempt => {
    const found = attempts.get(aTask({ step, attempt }).key);
    if (found === undefined) throw new Error(`${step}#${attempt} has not begun`);
    return found;
  };
  return {
    ...stage,
    time,
    ledger,
    at,
    has: (step: string, attempt = 1) => attempts.has(aTask({ step, attempt }).key),
    start: (step: string, more: Partial<Task> = {}) => stage.dispatcher.start(aTask({ step, persona: 'a', ...more })),
    ask: async (step: string, wish: Parameters<PerformContext['lease']>[0], attempt = 1): Promise<Asked> => {
      const asked: Asked = { lease: null, code: null };
      at(step, attempt)
        .context.lease(wish)
        .then(
          (lease) => {
            asked.lease = lease;
          },
          (thrown: unknown) => {
            asked.code = thrown instanceof TroupeError ? thrown.code : String(thrown);
          },
        );
      await settled();
      return asked;
    },
    /** What is held beside what tasks had when they began. */
    held: () => ledger.standing().held.flatMap(({ lease }) => (lease.includes('~') ? [lease] : [])),
    account: () => ledger.standing().accounts.find(({ name }) => name === 'runtime'),
  };
}
