/**
 * The contract between the house and whoever performs tasks. An agent gets one task at a time through `perform`,
 * may say something while it works, and must stop soon after its signal aborts. Whatever `perform` throws becomes
 * data: an agent cannot break the house.
 */
import type { CoordinationMessage, Priority } from './coordination.ts';
import type { Json } from './json.ts';
import type { Task, TaskReport } from './task.ts';

/** How far an agent is. What is left out stays as it was. */
export interface ProgressReport {
  /** Share of the work that is done, 0 to 100; held within that, and never less than before. */
  readonly percent?: number;
  /** What it is doing, in a word or two; null: nothing in particular. */
  readonly phase?: string | null;
  /** Why it cannot go on; null: it can. */
  readonly blocked?: string | null;
}

/** How a message is sent. */
export interface MessageOptions {
  /** Default `medium`. */
  readonly priority?: Priority;
}

/** How a question is asked. */
export interface QuestionOptions extends MessageOptions {
  /** How long the answer is waited for, ms. Default 30,000. */
  readonly deadlineMs?: number;
}

/** What an agent at work asks for beside what its task requires. What it does not name, it does not need. */
export interface LeaseWish {
  /** Named locks: `shared` with others who share, or `exclusive`. */
  readonly locks?: Readonly<Record<string, 'shared' | 'exclusive'>>;
  /** API tokens that a call is expected to use. */
  readonly tokens?: number;
  readonly memoryMb?: number;
  /** Cores. */
  readonly cpu?: number;
  /** Shares of whatever the limit on input and output counts. */
  readonly io?: number;
}

/** What an agent was granted. What it has not given back when its attempt ends is given back then. */
export interface TaskLease {
  /** Gives it back; no tokens were used. */
  readonly release: () => void;
  /** Gives it back; so many tokens were used, more than was asked for included. Left out: as many as were asked for. Only the first end counts. */
  readonly settle: (used?: { readonly tokens?: number }) => void;
}

/** How a service is called. */
export interface CallOptions {
  /**
   * Whether what the call was rejected with speaks against the service. Default: everything does. What does not (that something was not
   * found is an answer, too) counts as a call that went well.
   */
  readonly blames?: (thrown: unknown) => boolean;
}

/**
 * What an agent gets beside its task. Receivers of messages are steps (`review`, looked for in the sender's own workflow first, then around
 * it), or a persona as `persona:<name>`. What is sent goes through the run: it is recorded before it is delivered. A message that an agent
 * does not look at is kept until its attempt ends.
 */
export interface PerformContext {
  /**
   * Aborts when the attempt is cancelled, timed out, or the house stops. Its reason is TASK_CANCELLED; `details.houseStops` is true where the
   * task is still wanted and will be begun again, under the same key, when its run is resumed.
   */
  readonly signal: AbortSignal;
  /**
   * Aborts when an agent that was told to stop has not, and nobody waits any longer: whatever it holds is to be let go at once (a process is
   * killed). Whoever reads it before it is told to stop gets some seconds for that; an agent that does not is abandoned.
   */
  readonly forced?: AbortSignal | undefined;
  /** Chatter for observers: a text or a JSON value. Never journalled. */
  readonly progress: (note: Json) => void;
  /** Milliseconds since the epoch (virtual in simulation). */
  readonly now: () => number;
  /** Resolves after that many milliseconds of the host's time (virtual in simulation); rejects when the signal aborts. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Says how far it is. Journalled where somebody waits for it: at a checkpoint of the task, in another phase, blocked or no longer so. */
  readonly report: (progress: ProgressReport) => void;
  /** Tells somebody something. Throws AGENT_OUTPUT_INVALID for a body that is no plain JSON. */
  readonly send: (to: string, body: Json, options?: MessageOptions) => void;
  /** Asks somebody. Rejects with REQUEST_TIMED_OUT, RECEIVER_UNKNOWN (nobody is there who could answer), AGENT_OUTPUT_INVALID, or when the signal aborts. */
  readonly ask: (to: string, body: Json, options?: QuestionOptions) => Promise<Json>;
  /** Answers a query. The first answer counts, and only before the deadline. Throws AGENT_OUTPUT_INVALID for anything but a query. */
  readonly answer: (message: CoordinationMessage, body: Json) => void;
  /**
   * Calls a service outside, by a name of your own for it, and passes on what comes of it. One that keeps failing is spared for a while, by all
   * agents and runs here: then `work` is not called, and the promise rejects with CIRCUIT_OPEN (`details.retryAfterMs`). A failure that came from
   * a service counts against that alone, not against the agent; what is rejected once the signal has aborted counts against nobody.
   */
  readonly call: <Result>(service: string, work: () => Result | PromiseLike<Result>, options?: CallOptions) => Promise<Result>;
  /** Arrives at a sync point. Resolves with its output when it completes; rejects with its error when it fails, and when the signal aborts. */
  readonly arrive: (syncPoint: string) => Promise<Json>;
  /**
   * Asks for resources, all of them or none, from the accounts of its task, and waits until they are there. Resolves when they are reserved.
   * An attempt that has something already waits only for those that began to wait after it: otherwise the promise rejects with
   * RESOURCE_CONFLICT (`details.why` says who has what), because each might wait for the other for ever. Such an attempt had better fail; the
   * next one of its step keeps its age, so that others give way to it in the end. Rejects with RESOURCE_EXHAUSTED for more than there is
   * at all, with DEADLINE_UNREACHABLE, AGENT_OUTPUT_INVALID, and when the signal aborts.
   */
  readonly lease: (wish: LeaseWish) => Promise<TaskLease>;
  /** What others say to this attempt, the most pressing first; ends with the attempt, rejects when the signal aborts. */
  readonly messages: () => AsyncIterableIterator<CoordinationMessage>;
  /** Calls back for each message instead, those that have come already first. Returns what ends it. */
  readonly onMessage: (listener: (message: CoordinationMessage) => void) => () => void;
}

/** When an agent, or a service outside, is spared for having broken too often. Durations are milliseconds. */
export interface BreakerTerms {
  /** So many failures in the window open its circuit breaker. Default 5. */
  readonly failures?: number;
  /** Default 600,000. */
  readonly windowMs?: number;
  /** How long it is spared before it is tried out with one task. Default 60,000. */
  readonly coolMs?: number;
  /** So many tasks in a row must succeed then. Default 2. */
  readonly successes?: number;
}

/** What one call of an agent is expected to use; what is left out is not known. */
export interface AgentUse {
  readonly tokens?: number;
  readonly memoryMb?: number;
  /** Cores. */
  readonly cpu?: number;
  readonly io?: number;
}

/** Whoever performs tasks. */
export interface Agent {
  /** Unique within its crew. */
  readonly id: string;
  /** How long it may take to stop once its signal has aborted, in ms of the host's time. Default: what the runtime allows. */
  readonly graceMs?: number;
  /** Resolves with the report of the attempt. A rejection is treated as `thrown`. */
  perform(task: Task, context: PerformContext): Promise<TaskReport>;
  /** What it can do, by name: a step that `requires` capabilities is given to nobody who lacks one. Left out: whatever its part asks for. */
  readonly capabilities?: readonly string[];
  /** Tasks it may have in hand at once. Default no limit: it stands for as many of its kind as are wanted. */
  readonly capacity?: number;
  /**
   * What one call of it uses, where nothing was learned yet: so much is reserved where its step says nothing, and by this it is known to be
   * lighter than another one.
   */
  readonly uses?: AgentUse;
  /** When it is spared for having broken too often: a circuit breaker of its own; false for none. Default: as its runtime says. */
  readonly breaker?: BreakerTerms | false;
  /** Why it cannot take a task; null: it can. A task that it cannot take fails with TASK_VALIDATION_FAILED and is not tried again. */
  validate?(task: Task): string | null;
  /** Makes it ready for tasks, and ready again after `close`. Without it, it always is. */
  start?(): Promise<void>;
  /** How long that may take, ms; then it is closed and started again. Default 60,000. */
  readonly startWithinMs?: number;
  /** Shows that it is alive: rejects, or does not resolve for `beatEveryMs`, when it is not. Asked all the time, at work or not. */
  beat?(): Promise<void>;
  /** How often it is asked, ms. Default 30,000. */
  readonly beatEveryMs?: number;
  /**
   * Work that an earlier process may have begun there is not wanted any more, and was not begun again by this one: whoever has it done elsewhere
   * ends it, and lets it be where it was never begun.
   */
  recall?(task: Task, reason: string): Promise<void>;
  /** Releases what the agent holds. Called once, when the house stops, and before it is started again. */
  close?(): Promise<void>;
}
