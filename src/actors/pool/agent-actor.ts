/**
 * The live actor of one registered agent: its statechart, told what the dispatcher does with the agent.
 *
 * Telling it costs two messages a task, about 8 µs together, more than the whole dispatch of a function. News is therefore
 * collected and told every 20 ms at the most; whoever reads the standing, or closes, has it told first. So the statechart
 * lags a little and nobody who asks can see it lag.
 */
import { createActor, fromPromise } from 'xstate';
import { type AgentEvent, agentMachine } from '../../machines/agent.ts';
import { RESTART_INTENSITY } from '../../policy/restart-intensity.ts';
import type { Agent } from '../../protocol/agent.ts';
import { startHeartbeat } from './heartbeat.ts';
import { LONGEST_TIMER } from './longest-timer.ts';

/** An agent's statechart lags behind by so many ms at the most; whoever looks at it brings it up to date first. */
const TELL_EVERY_MS = 20;

/** What an agent is at: whether it takes tasks (`idle`, `busy`), is getting ready, is away, or leaves. */
export type AgentState =
  | 'starting'
  | 'idle'
  | 'busy'
  | 'draining'
  | 'maintenance'
  | 'recovering'
  | 'resting'
  | 'offline'
  | 'closing'
  | 'releasing'
  | 'closed';

/** How an agent stands. `served` counts the tasks that ended, however they ended. */
export interface AgentStanding {
  readonly agent: string;
  readonly state: AgentState;
  readonly inFlight: number;
  readonly served: number;
  /** How often it was started again, as far as that counts. */
  readonly restarts: number;
  /** What starting it failed with last, or null. */
  readonly startError: string | null;
  /** What releasing the agent failed with, or null. */
  readonly releaseError: string | null;
}

/**
 * What happened to an agent: it takes tasks now or no longer; what it has in hand will not be answered; it needs a person. Where several hand it
 * tasks, it has also `moved` when one of these has ended, and was `taken` when somebody gave it one.
 */
export type AgentNews = 'moved' | 'taken' | 'lost' | 'escalated';

/** An agent's statechart, live. */
export interface AgentActor {
  readonly agent: Agent;
  /** There is a task for it: it gets ready, if it has waited for that. */
  wanted(): void;
  /** A task was handed to the agent. */
  assigned(): void;
  /** A task that was handed to the agent has ended, however it ended. */
  settled(): void;
  /** How many tasks it has in hand, whoever gave them to it. */
  inHand(): number;
  standing(): AgentStanding;
  /** Why it takes no tasks now; null: it does. */
  refusal(): string | null;
  /** Calls back on news. Returns what ends that. `hands`: it is somebody who hands tasks to the agent, of whom there may be several. */
  watch(listener: (news: AgentNews) => void, hands?: 'hands'): () => void;
  /** It is given no more tasks; those in hand it may finish. */
  drain(reason: string): void;
  /** It takes tasks again. */
  resume(): void;
  /** It was asked whether it lives, and did not answer. */
  missed(): void;
  /** It is started again although it has broken too often. */
  start(): void;
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

/** How long an agent may take to get ready where it does not say, ms: beyond, it is taken for one that cannot be started. */
const START_WITHIN_MS = 60_000;

const DEFAULT_GRACE: AgentGrace = { closeGraceMs: 10_000, releaseGraceMs: 5_000 };

/** So many beats in a row may be missed before an agent is started again: one may be an accident. */
const MAX_MISSED_BEATS = 3;

/** Why an agent takes no tasks that has only just joined. */
export const STARTING = 'it is starting';

/** Why an agent takes no tasks, by what it is at; the rest does. */
const REFUSALS: Readonly<Partial<Record<string, string>>> = {
  starting: STARTING,
  draining: 'it finishes what it has, and takes no more',
  maintenance: 'it is under maintenance',
  recovering: 'it does not answer and is started again',
  resting: 'it could not be started and is started again soon',
  offline: 'it has broken too often and is offline',
  closing: 'it is leaving',
  releasing: 'it is leaving',
  closed: 'it has left',
};

/** States of an agent that could not be started, or not often enough. */
const NOT_STARTED: ReadonlySet<string> = new Set(['resting', 'offline']);

const refusalAt = (state: string, drainReason: string | null, startError: string | null): string | null => {
  const why = REFUSALS[state] ?? null;
  const because = state === 'draining' || state === 'maintenance' ? drainReason : NOT_STARTED.has(state) ? startError : null;
  return because === null ? why : `${why}: ${because}`;
};

/** Starts the actor of an agent. */
export function startAgentActor(agent: Agent, grace: Partial<AgentGrace> = {}): AgentActor {
  const listeners = new Set<(news: AgentNews) => void>();
  const handing = new Set<(news: AgentNews) => void>();
  const announce = (news: AgentNews): void => {
    for (const listener of [...listeners]) listener(news);
  };
  const machine = agentMachine.provide({
    actors: { startAgent: fromPromise<void>(async () => agent.start?.()), releaseAgent: fromPromise<void>(async () => agent.close?.()) },
    actions: { loseTasks: () => announce('lost'), escalate: () => announce('escalated') },
  });
  const actor = createActor(machine, {
    id: `agent/${agent.id}`,
    input: {
      agent: agent.id,
      needsStart: agent.start !== undefined,
      startGraceMs: Math.min(agent.startWithinMs ?? START_WITHIN_MS, LONGEST_TIMER),
      maxMissed: MAX_MISSED_BEATS,
      intensity: RESTART_INTENSITY,
      ...DEFAULT_GRACE,
      ...grace,
    },
  });
  let refusal: string | null = null;
  let whenReady: (() => void) | null = null;
  actor.subscribe({
    next({ value, context }) {
      const before = refusal;
      refusal = refusalAt(value, context.drainReason, context.startError);
      if (refusal === null) whenReady?.();
      if (refusal !== before) announce('moved');
    },
    error() {},
    complete() {
      refusal = REFUSALS.closed ?? null;
    },
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
  const say = (event: AgentEvent): void => {
    tell();
    if (actor.getSnapshot().status === 'active') actor.send(event);
  };
  // What it says of its heartbeat may be known only once it is ready.
  let silence: (() => void) | null = null;
  const listen = (): void => {
    silence ??= startHeartbeat(agent, (type) => say({ type }));
  };
  if (refusal === null) listen();
  else whenReady = listen;
  const leave = (type: 'agent.close' | 'cancel'): Promise<void> => {
    whenReady = null;
    silence?.();
    say({ type });
    return closed;
  };

  let inHand = 0;
  /** Where several hand it tasks, they have turns in hearing first that there is room. */
  const leaveRoom = (): void => {
    inHand -= 1;
    for (const listener of [...handing]) listener('moved');
    const [first] = handing;
    if (first !== undefined && handing.delete(first)) handing.add(first);
  };

  return {
    agent,
    wanted() {},
    assigned() {
      assigned += 1;
      inHand += 1;
      tellSoon();
      if (handing.size > 1) for (const listener of [...handing]) listener('taken');
    },
    settled() {
      settled += 1;
      tellSoon();
      if (handing.size > 1) queueMicrotask(leaveRoom);
      else inHand -= 1;
    },
    inHand: () => inHand,
    standing() {
      tell();
      const { value, context } = actor.getSnapshot();
      const { inFlight, served, restarts, startError, releaseError } = context;
      return { agent: agent.id, state: value as AgentState, inFlight, served, restarts, startError, releaseError };
    },
    refusal: () => refusal,
    watch(listener, hands) {
      listeners.add(listener);
      if (hands !== undefined) handing.add(listener);
      return () => {
        listeners.delete(listener);
        handing.delete(listener);
      };
    },
    drain: (reason) => say({ type: 'agent.drain', reason }),
    resume: () => say({ type: 'agent.resume' }),
    missed: () => say({ type: 'beat.missed' }),
    start: () => say({ type: 'agent.start' }),
    close: () => leave('agent.close'),
    cancel: () => leave('cancel'),
  };
}
