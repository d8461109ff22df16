import type { Json } from '../protocol/json.ts';
import { EventStream } from './event-stream.ts';
import type { HostedRun, Hosting } from './hosted-run.ts';
import { plainValue } from './intake.ts';
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
   * Chatter of agents (`task.progress`) is told only while it happens.
   */
  events(options?: { readonly from?: 'start' | 'now' }): AsyncIterableIterator<RunEvent>;
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
    events: ({ from = 'start' } = {}) =>
      new EventStream({
        past: from === 'now' ? Promise.resolve([]) : told(store, hosted),
        observe: (observer) => hosted.observe(observer),
        over: hosted.result,
      }),
    signal: async (name, payload = null) =>
      hosted.deliver({ type: 'signal.received', at: time.now(), name: String(name), payload: plainValue(payload, 'payload') }),
    cancel: (reason = 'cancelled on request') => hosted.deliver({ type: 'run.cancel_requested', at: time.now(), reason }),
    pause: () => hosted.deliver({ type: 'run.paused', at: time.now() }),
    resume: () => hosted.deliver({ type: 'run.resumed', at: time.now() }),
    state: () => viewOf(hosted.run, startedAt, time.now()),
  };
}

/** The events of what has been taken in so far, once it is durable. */
async function told(store: Hosting['store'], hosted: HostedRun): Promise<RunEvent[]> {
  const facts = hosted.taken;
  await hosted.observers.until(facts);
  return pastEvents(store, hosted.id, facts);
}
