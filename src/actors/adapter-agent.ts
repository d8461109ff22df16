/**
 * An agent made of an adapter. Work that is done here costs one call more than the adapter itself: no signal is made, no
 * promise, nothing is kept. Work that is done elsewhere is seen to: it is cancelled, left alone when only our process
 * stops, and looked for again when its line breaks.
 */
import type { Agent, PerformContext } from '../protocol/agent.ts';
import type { AgentAdapter } from '../protocol/agent-adapter.ts';
import { TroupeError } from '../protocol/errors.ts';
import { isHouseStopping } from '../protocol/stop-reason.ts';
import type { Task, TaskReport } from '../protocol/task.ts';
import { traitsOf } from './agent-traits.ts';

/** How long it is waited, ms of the host's time, before work whose line broke is looked for again: six times in about six seconds. */
const REDIAL_MS: readonly number[] = [100, 200, 400, 800, 1_600, 3_200];

/** One that stands in several places of a crew is one agent all the same. */
const agents = new WeakMap<AgentAdapter, Agent>();

/** An adapter for work that is done elsewhere. */
type Elsewhere = AgentAdapter & Required<Pick<AgentAdapter, 'cancel'>>;

/**
 * Makes an agent of an adapter: the same one each time.
 *
 * For work elsewhere: an attempt that was cancelled before it began is not begun. When it is cancelled, `cancel` is called, again when it is
 * to be forced, and what `begin` then answers is late. When only the house stops, `leave` is called and nobody waits for it. For
 * what an earlier process began and nobody wants any more, `cancel` is called without `begin`. A line that is lost (AGENT_UNAVAILABLE) is
 * tried for about six seconds of the host's time; then the attempt fails with it.
 */
export function adapterAgent(adapter: AgentAdapter): Agent {
  const known = agents.get(adapter);
  if (known !== undefined) return known;
  const perform = isElsewhere(adapter)
    ? (task: Task, context: PerformContext) => performElsewhere(adapter, task, context)
    : (task: Task, context: PerformContext) => adapter.begin(task, context);
  const recall = isElsewhere(adapter) ? { recall: (task: Task, reason: string) => adapter.cancel(task, { reason, forced: false }) } : {};
  const agent = { ...traitsOf(adapter), id: adapter.id, perform, ...recall };
  agents.set(adapter, agent);
  return agent;
}

/** Whether this is an adapter. An agent that has `begin` beside `perform` is an agent. */
export function isAdapter(value: unknown): value is AgentAdapter {
  if (typeof value !== 'object' || value === null || 'perform' in value) return false;
  const { id, begin } = value as Partial<AgentAdapter>;
  return typeof id === 'string' && id !== '' && typeof begin === 'function';
}

const isElsewhere = (adapter: AgentAdapter): adapter is Elsewhere => adapter.cancel !== undefined;

function performElsewhere(adapter: Elsewhere, task: Task, context: PerformContext): Promise<TaskReport> {
  const { signal, forced } = context;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const cancel = (isForced: boolean): void => {
      const order = { reason: messageOf(signal.reason), forced: isForced };
      // workers who cannot be told are told again with force; after that nobody waits for them
      attempted(() => adapter.cancel(task, order)).catch(() => {});
    };
    const stop = (): void => {
      if (isHouseStopping(signal.reason)) {
        attempted(() => adapter.leave?.(task)).catch(() => {});
        reject(signal.reason);
      } else cancel(false);
    };
    const force = (): void => cancel(true);
    signal.addEventListener('abort', stop, { once: true });
    forced?.addEventListener('abort', force, { once: true });
    begun(adapter, task, context)
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', stop);
        forced?.removeEventListener('abort', force);
      });
  });
}

/** Begins it, again and again while all that is lost is the line. */
async function begun(adapter: AgentAdapter, task: Task, context: PerformContext): Promise<TaskReport> {
  for (const pause of REDIAL_MS) {
    try {
      return await adapter.begin(task, context);
    } catch (thrown) {
      if (!isLineLost(thrown)) throw thrown;
      context.signal.throwIfAborted();
      context.progress(`the line to ${adapter.id} is lost: ${thrown.message}`);
    }
    await context.sleep(pause);
  }
  return adapter.begin(task, context);
}

const isLineLost = (thrown: unknown): thrown is TroupeError =>
  thrown instanceof TroupeError && thrown.code === 'AGENT_UNAVAILABLE' && thrown.retryable !== false;

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** Calls something foreign: what it throws at once is a rejection, too. */
const attempted = async (call: () => unknown): Promise<unknown> => call();
