/** What the tests of the house need again and again: a task, a context, promises settled by hand. */
import { Correspondence } from '../../src/actors/dispatch/correspondence.ts';
import type { PerformContext, ProgressReport } from '../../src/protocol/agent.ts';
import type { CoordinationMessage } from '../../src/protocol/coordination.ts';
import type { Json } from '../../src/protocol/json.ts';
import type { Task } from '../../src/protocol/task.ts';

/** A task of step `step`, with whatever is given on top. */
export function aTask(over: Partial<Task> = {}): Task {
  const { run = 'run', step = 'step', attempt = 1 } = over;
  const key = `${run}/${step}#${attempt}`;
  return { key, run, step, attempt, name: step, type: 'persona-request', persona: 'worker', params: {}, timeoutMs: null, ...over };
}

export interface TestContext extends PerformContext {
  readonly notes: Json[];
  /** What was slept, in ms; sleeping takes no time. */
  readonly slept: number[];
  readonly abort: (reason?: string) => void;
  readonly reports: ProgressReport[];
  /** What was said to others. */
  readonly said: CoordinationMessage[];
}

/** A context whose clock moves only by sleeping. */
export function aContext(): TestContext {
  const controller = new AbortController();
  const notes: Json[] = [];
  const slept: number[] = [];
  const reports: ProgressReport[] = [];
  const said: CoordinationMessage[] = [];
  const { send, ask, answer, arrive, messages, onMessage } = new Correspondence(aTask(), (message) => said.push(message));
  return {
    signal: controller.signal,
    notes,
    slept,
    reports,
    said,
    report: (progress) => reports.push(progress),
    send,
    ask,
    answer,
    lease: () => Promise.reject(new Error('nothing is granted here')),
    arrive,
    call: async (_service, work) => work(),
    messages,
    onMessage,
    abort: (reason = 'enough') => controller.abort(new Error(reason)),
    progress: (note) => notes.push(note),
    now: () => slept.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms) => {
      controller.signal.throwIfAborted();
      slept.push(ms);
    },
  };
}

/** Lets everything happen that needs no time: microtasks and one turn of the event loop. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
