/** What a runtime offers to those who embed it. */

import type { Crew, CrewMembers } from '../actors/crews/crew.ts';
import type { Stopping } from '../actors/dispatch/cancellation.ts';
import type { OversightMode } from '../definition/oversight.ts';
import type { Workflow } from '../definition/workflow.ts';
import type { ExecutionPlan } from '../planning/execution-plan.ts';
import type { ResourceLimits } from '../policy/resource-amounts.ts';
import type { Strategy } from '../policy/shortage-plan.ts';
import type { ShortageAnswer, ShortageQuestion } from '../policy/shortage-question.ts';
import type { TaskPolicy } from '../policy/task-policy.ts';
import type { BreakerTerms } from '../protocol/agent.ts';
import type { JournalStore, RunSummary } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Inspector } from './actor-system.ts';
import type { AgentOrder } from './agent-orders.ts';
import type { AgentView } from './agents-view.ts';
import type { CoordinationListener } from './coordination-listeners.ts';
import type { CoordinationPattern } from './coordination-pattern.ts';
import type { ForkOptions } from './forked-run.ts';
import type { HostTime } from './host-time.ts';
import type { InboxItem } from './inbox.ts';
import type { DeadLetters } from './letter-desk.ts';
import type { ResourceView } from './resources-view.ts';
import type { ResumeOptions } from './resumed-run.ts';
import type { RetryOptions } from './retried-run.ts';
import type { RunHandle } from './run-handle.ts';
import type { RunView } from './run-view.ts';
import type { ServiceView } from './services-view.ts';

/** What a runtime is made of; everything has a default. */
export interface RuntimeOptions {
  /** Where runs are kept: a directory, an open store, or nothing for memory. A store given open is not closed by `stop`. */
  readonly store?: JournalStore | string;
  /** Who performs tasks: a crew, or what to make one of. */
  readonly crew?: Crew | CrewMembers;
  /** Tasks at work at once in this runtime; also the default for a single run. Default 5. */
  readonly maxConcurrentTasks?: number;
  /**
   * How long an agent that was told to stop may take before it is ended by force (a program) or abandoned (a function), ms of the host's time.
   * Agents may say it themselves (`graceMs`). Default 10,000.
   */
  readonly cancelGraceMs?: number;
  /**
   * Asked about every task before it is given to an agent, in this order: the first denial wins, and the task fails with POLICY_VIOLATION.
   * See `maxConcurrent`, `timeoutBounds`, `allowedCapabilities`.
   */
  readonly policies?: readonly TaskPolicy[];
  /** Stands before every agent that does not say its own: see `BreakerTerms`. Default: before those alone that ask for one. */
  readonly breakers?: BreakerTerms;
  /**
   * How patient the circuit breakers before services outside are, by the names by which agents call them (`context.call`) and steps require them.
   * On top of what the crew says; one that is not named has the defaults of `BreakerTerms`.
   */
  readonly services?: Readonly<Record<string, BreakerTerms>>;
  /**
   * What there is of resources for all tasks here: `memoryMb`, `cpu` and `io` at once, `tokens` for ever, `tokensPerMinute`. A task begins only
   * when what its step requires is there; what it has used of a limited budget of tokens is in the store before it begins, and counts in
   * later processes. `kept`: those that were said last for this store. Default: plenty. Locks are kept all the same.
   */
  readonly limits?: ResourceLimits | 'kept';
  /**
   * Another runtime in this process on the same open store: what there is of resources is one for both, and so are locks. `limits` are then
   * those of the first. Default: none; two runtimes know nothing of each other.
   */
  readonly beside?: Runtime;
  /**
   * What is done, in this order and each at most once for a task, when it lacks something of what it needs: fewer tasks alike at once, these
   * spread over the minute, a lighter agent of the same pool, waiting, asking a person to raise the limit (`shortages`). Where `wait` is left
   * out such a task fails with RESOURCE_EXHAUSTED. Default: all but `ask_person`.
   */
  readonly onShortage?: readonly Strategy[];
  /** A task for which everybody who could do it is away waits (default), or fails with NO_AVAILABLE_AGENT. */
  readonly whenAway?: 'wait' | 'fail';
  /** The host's time. Default: the wall clock. */
  readonly time?: HostTime;
  /**
   * A run that only waits (for a signal, a person, a long timer) is dropped from memory after so many ms of rest, and folded again when
   * something arrives for it or somebody looks at it. Nobody who holds its handle or listens notices. Default 1,000; Infinity: never.
   */
  readonly passivateAfterMs?: number;
  /** Receives XState's inspection events of every run. */
  readonly inspector?: Inspector;
}

/** What one run is started with. */
export interface StartOptions {
  /** What the workflow works on; its keys are variables of the run. */
  readonly input?: JsonObject;
  /** Variables on top of the workflow's own and the input. */
  readonly variables?: JsonObject;
  /** The run's id. Default: a random one. */
  readonly id?: string;
  /** Seeds the jitter of retries. Default: drawn at random. */
  readonly seed?: number;
  /** Tasks of this run in flight at once. Default: that of the plan, else the runtime's; 1 under `compat: engine`. */
  readonly maxConcurrency?: number;
  /** How closely the run is watched: in place of what the workflow says under `oversight`. */
  readonly oversight?: OversightMode;
  /** How the run is carried out (see `plan`): as many tasks at once, and in the order, of the option that was chosen. Default: by longest chain. */
  readonly plan?: Pick<ExecutionPlan, 'tasks' | 'chosen'>;
}

/** A running house: it starts runs, takes them up again after a crash, and stops without losing any. */
export interface Runtime {
  /** Starts a run. Resolves when its start is durable. Rejects with RUN_EXISTS, RUNTIME_STOPPED or STORE_…. */
  start(workflow: Workflow, options?: StartOptions): Promise<RunHandle>;
  /**
   * Takes up an unfinished run of the store, by its own definition or by another one that fits (`adopt`). Rejects with RUN_NOT_FOUND,
   * RUN_ENDED, DEFINITION_UNFIT, REPLAY_DIVERGED, STORE_…; with `adopt` and RUN_UNDER_WAY where it is live here.
   */
  resume(run: string, options?: ResumeOptions): Promise<RunHandle>;
  /**
   * Goes on with a run that has ended and lost something: what completed stands, what failed or was cancelled runs again, its attempts
   * numbered on. With `from` that step, and everything that depends on it, runs again too; the run need not have ended then, but must not
   * be live. Rejects with RUN_NOT_FOUND, RUN_UNDER_WAY, NOTHING_TO_RETRY, INPUT_INVALID, DEFINITION_UNFIT, REPLAY_DIVERGED, STORE_….
   */
  retry(run: string, options?: RetryOptions): Promise<RunHandle>;
  /**
   * Starts a run that begins where another one stood: only what depends on a change runs again. The other run is not touched. Rejects with
   * RUN_NOT_FOUND, RUN_EXISTS, INPUT_INVALID, REPLAY_DIVERGED, STORE_….
   */
  fork(run: string, options?: ForkOptions): Promise<RunHandle>;
  /** Takes up every unfinished run of the store; those that cannot be taken up are left and reported in `failed`. */
  resumeAll(): Promise<{
    readonly resumed: readonly RunHandle[];
    readonly failed: readonly { readonly id: string; readonly error: unknown }[];
  }>;
  /** The handle of a run that is live here, or null. */
  run(id: string): RunHandle | null;
  /**
   * Calls back for each coordination event of every run here, from now on, that the pattern means: a type, `agent.*`, `*`, or a list of
   * these. Returns what ends it. Throws DEFINITION_INVALID for a pattern that can never match.
   */
  coordination(pattern: CoordinationPattern, listener: CoordinationListener): () => void;
  /** Every agent of the crew as it stands, in the order of registration, then those that the store remembers from before, by id. */
  agents(): readonly AgentView[];
  /**
   * Tells an agent of the crew something: `{ do: 'drain', reason }`, `{ do: 'resume' }`, or `{ do: 'reset' }` for its circuit breaker, which is
   * in the store when this returns. Throws AGENT_NOT_FOUND, STORE_….
   */
  instruct(agent: string, order: AgentOrder): void;
  /** Every service that is named in `services`, was called here, or is remembered by the store, as it stands, by name. */
  services(): readonly ServiceView[];
  /** Closes the circuit breaker before a service: that is in the store when this returns. Throws SERVICE_NOT_FOUND, STORE_…. */
  resetService(service: string): void;
  /** What people are asked because something is short, the oldest question first; in the inbox, too. */
  shortages(): readonly ShortageQuestion[];
  /**
   * Answers such a question: `{ raise }` raises the limit by so much, here and in later processes, `{ refuse }` ends the task with
   * RESOURCE_EXHAUSTED. Throws ANSWER_REFUSED, STORE_….
   */
  answerShortage(id: string, answer: ShortageAnswer): void;
  /** What there is of resources, who has it, and who waits for what. */
  resources(): ResourceView;
  /**
   * Changes limits of an account (`runtime`, `run/<id>`, …, by the names in `resources`) in place of those that were said: who waits is looked at
   * again. In the store when this returns; they hold in later processes, too, for as long as these say the same limits as now. Throws
   * INPUT_INVALID for an account that is not there or has no such limit, DEFINITION_INVALID for what is no amount, STORE_….
   */
  limit(account: string, limits: ResourceLimits): void;
  /** Attempts of any run that are being stopped just now, and how far that is; also of runs that have ended meanwhile. */
  stopping(): readonly Stopping[];
  /** Every run of the store, oldest first. */
  list(): Promise<RunSummary[]>;
  /** Every open question of every run of the store, live here or not: what is due first, then the oldest first. */
  inbox(): Promise<InboxItem[]>;
  /** Dead letters of every run of the store: listing them, trying again, putting them aside. */
  readonly deadLetters: DeadLetters;
  /** A run as it stands in the store, live or not. Rejects with RUN_NOT_FOUND. */
  view(run: string): Promise<RunView>;
  /** Takes in nothing new, lets agents end for up to `graceMs` (default 5,000), tells the rest to stop. Everything unfinished is resumable. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}
