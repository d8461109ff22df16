/**
 * The live actor of one registered agent: its statechart, told what the dispatcher does with the agent.
 *
 * Telling it costs two messages a task, about 8 µs together, more than the whole dispatch of a function. News is therefore
 * collected and told every 20 ms at the most; whoever reads the standing, or closes, has it told first. So the statechart
 * lags a little and nobody who asks can see it lag.
 */
import { createActor, fromPromise } from 'xstate';
import { agentMachine } from '../machines/agent.ts';
import type { Agent } from '../protocol/agent.ts';

/** An agent's statechart lags behind by so many ms at the most; whoever looks at it brings it up to date first. */
const TELL_EVERY_MS = 20;

/** How an agent stands. `served` counts the tasks that ended, however they ended. */
export interface AgentStanding {
  readonly agent: string;
  readonly state: 'idle' | 'busy' | 'closing' | 'releasing' | 'closed';
  readonly inFlight: number;
  readonly served: number;
  /** What releasing the agent failed with, or null. */
  readonly releaseError: string | null;
}

/** An agent's statechart, live. */
export interface AgentActor {
  readonly agent: Agent;
  /** A task was handed to the agent. */
  assigned(): void;
  /** A task that was handed to the agent has ended, however it ended. */
  settled(): void;
  standing(): AgentStanding;
  /** Why it takes no tasks now; null: it does. */
  refusal(): string | null;
  /** Waits for the tasks in flight, for `closeGraceMs` at most, then releases the agent. Resolves always; again and again with the same end. */
  close(): Promise<void>;
  /** Releases the agent without waiting for its tasks. Resolves always. */
  cancel(): Promise<void>;
}

/** How long a closing agent waits for its tasks, and for its own `close`, in ms: as long as a child process gets to end, and a bit. */
export interface AgentGrace {
  readonly closeGraceMs: number;
  readonly releaseGraceMs: number;
}

const DEFAULT_GRACE: AgentGrace = { closeGraceMs: 10_000, releaseGraceMs: 5_000 };

/** Starts the actor of an agent. */
export function startAgentActor(agent: Agent, grace: Partial<AgentGrace> = {}): AgentActor {
  const releaseAgent = fromPromise<void>(async () => agent.close?.());
  const actor = createActor(agentMachine.provide({ actors: { releaseAgent } }), {
    id: `agent/${agent.id}`,
    input: { agent: agent.id, ...DEFAULT_GRACE, ...grace },
  });
  const closed = new Promise<void>((resolve) => {
    actor.subscribe({ complete: () => resolve(), error: () => resolve() });
  });
  actor.start();

  let assigned = 0;
  let settled = 0;
  let telling: NodeJS.Timeout | null = null;
  const tell = (): void => {
    if (telling !== null) clearTimeout(telling);
    telling = null;
    const listens = actor.getSnapshot().status === 'active';
    if (listens && assigned > 0) actor.send({ type: 'task.assigned', count: assigned });
    if (listens && settled > 0) actor.send({ type: 'task.settled', count: settled });
    assigned = 0;
    settled = 0;
  };
  const tellSoon = (): void => {
    telling ??= setTimeout(tell, TELL_EVERY_MS).unref();
  };
  const leave = (type: 'agent.close' | 'cancel'): Promise<void> => {
    tell();
    if (actor.getSnapshot().status === 'active') actor.send({ type });
    return closed;
  };

  return {
    agent,
    assigned() {
      assigned += 1;
      tellSoon();
    },
    settled() {
      settled += 1;
      tellSoon();
    },
    standing() {
      tell();
      const { value, context } = actor.getSnapshot();
      const { inFlight, served, releaseError } = context;
      return { agent: agent.id, state: value, inFlight, served, releaseError };
    },
    refusal: () => (actor.getSnapshot().status === 'active' ? null : 'it has left'),
    close: () => leave('agent.close'),
    cancel: () => leave('cancel'),
  };
}
