import type { MessageOptions } from '../protocol/agent.ts';
import type { Json } from '../protocol/json.ts';
import { type CoordinationListener, coordinationObserver } from './coordination-listeners.ts';
import type { CoordinationPattern } from './coordination-pattern.ts';
import { EventStream } from './event-stream.ts';
import type { HostedRun, Hosting } from './hosted-run.ts';
import { outsideMessage, plainValue } from './intake.ts';
import { pastEvents } from './past-events.ts';
import type { RunEvent, RunResult } from './run-event.ts';
import { type RunView, viewOf } from './run-view.ts';

/** A run of this runtime, for whoever started or resumed it. */
export interface RunHandle {
  readonly id: string;
  /** Resolves when the run has ended, however it ended. Rejects only when this host cannot go on with it (STORE_…, REPLAY_DIVERGED, RUNTIME_STOPPED): the run is then resumable. */
  result(): Promise<RunResult>;
  /**
   * Everything that happened in the run and everything that happens, without a gap; ends with the run. `from: 'now'` leaves out the past.
   * Chatter of agents (`task.progress`) is told only while it happens, and how members get along (`coordination`) only where it is asked for.
   */
  events(options?: { readonly from?: 'start' | 'now'; readonly coordination?: boolean }): AsyncIterableIterator<RunEvent>;
  /**
   * Calls back for each coordination event from now on that the pattern means: a type, `agent.*`, `*`, or a list of these. Returns what ends
   * it. Throws DEFINITION_INVALID for a pattern that can never match.
   */
  coordination(pattern: CoordinationPattern, listener: CoordinationListener): () => void;
  /**
   * Tells a step, or a persona as `persona:<name>`, something from outside. Resolves with the id of the message when it is durable; rejects
   * with INPUT_INVALID, RUN_ENDED or what made the run leave this host. A message that nobody can be given is a dead letter.
   */
  send(to: string, body: Json, options?: MessageOptions): Promise<string>;
  /** Gives the run a signal from outside. A signal nobody waits for yet is kept. Resolves when it is durable; rejects with INPUT_INVALID, RUN_ENDED or what made the run leave this host. */
  signal(name: string, payload?: Json): Promise<void>;
  /** Ends the run: nothing new starts, agents are told to stop, late results are never applied. Resolves when that is durable. */
  cancel(reason?: string): Promise<void>;
  /** No further attempt starts until `resume()`; attempts in flight may end. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The run as it stands. */
  state(): RunView;
}

/** Makes the handle of a hosted run. */
export function handleOf(hosted: HostedRun, startedAt: number, { store, time }: Pick<Hosting, 'store' | 'time'>): RunHandle {
  return {
    id: hosted.id,
    result: () => hosted.result,
    events: ({ from = 'start', coordination = false } = {}) =>
      new EventStream({
        past: from === 'now' ? Promise.resolve([]) : told(store, hosted, coordination),
        observe: (observer) => hosted.observe(observer, coordination),
        over: hosted.result,
      }),
    coordination: (pattern, listener) => hosted.observe(coordinationObserver(pattern, listener), true),
    send: async (to, body, options = {}) => {
      const message = outsideMessage(hosted.outsideId(), to, body, options);
      await hosted.deliver({ type: 'message.sent', at: time.now(), message });
      return message.id;
    },
    signal: async (name, payload = null) =>
      hosted.deliver({ type: 'signal.received', at: time.now(), name: String(name), payload: plainValue(payload, 'payload') }),
    cancel: (reason = 'cancelled on request') => hosted.deliver({ type: 'run.cancel_requested', at: time.now(), reason }),
    pause: () => hosted.deliver({ type: 'run.paused', at: time.now() }),
    resume: () => hosted.deliver({ type: 'run.resumed', at: time.now() }),
    state: () => viewOf(hosted.run, startedAt, time.now()),
  };
}

/** The events of what has been taken in so far, once it is durable. */
async function told(store: Hosting['store'], hosted: HostedRun, coordination: boolean): Promise<RunEvent[]> {
  const facts = hosted.taken;
  await hosted.observers.until(facts);
  return pastEvents(store, hosted.id, facts, coordination);
}
