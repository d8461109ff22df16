/**
 * A fact is what happened, as recorded: one journal entry. Facts are plain JSON in our own vocabulary and carry
 * the time at which they were observed (`at`, milliseconds since the epoch; in simulation since the start).
 * Whatever can change a decision is a fact; chatter is not.
 */
import type { CoordinationMessage } from './coordination.ts';
import type { ErrorData } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { KeptMessage, KeptSignal, KeptStep, Origin, RoundsAgain } from './kept-steps.ts';
import type { Usage } from './task.ts';

/** The version of the fact vocabulary. Journals name it; older ones are kept in the tests and must fold alike. */
export const FACT_FORMAT = 2;

export interface RunStarted {
  readonly type: 'run.started';
  readonly at: number;
  readonly format: number;
  readonly workflow: string;
  /** Content hash of the bound definition, kept beside the journal. */
  readonly definition: string;
  readonly input: JsonObject;
  readonly variables: JsonObject;
  /** Seeds the jitter of this run's backoff. */
  readonly seed: number;
  /** Tasks of this run that may be in flight at once; null for no limit. */
  readonly maxConcurrency: number | null;
  /** Paths of steps in the order of a plan: what comes first is launched first. Absent: by longest chain. */
  readonly order?: readonly string[];
  /** How closely the run is watched, in place of what its workflow says. */
  readonly oversight?: 'supervised' | 'monitored' | 'autonomous';
  /** People by role, as the crew said when the run was started. Absent: roles are only shown. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** Of a fork: where it comes from. */
  readonly origin?: Origin;
  /** Of a fork: the steps that stand as they ended there. */
  readonly kept?: readonly KeptStep[];
  /** Of a fork: signals that had come there and were not used up, or were used by what stands. */
  readonly signals?: readonly KeptSignal[];
  /** Of a fork: what steps that begin anew had been told there. */
  readonly messages?: readonly KeptMessage[];
  /** Of a fork: the rounds of its phases and of the ways back between them so far. */
  readonly rounds?: JsonObject;
}

export interface TaskCompleted {
  readonly type: 'task.completed';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  readonly output: Json;
  /** Variables the agent asks to set in the run. */
  readonly variables?: JsonObject;
  /** New values of keys of the shared context that the step may write. */
  readonly writes?: JsonObject;
  /** What the attempt has used up, where the agent has said so. */
  readonly usage?: Usage;
}

export interface TaskFailed {
  readonly type: 'task.failed';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  readonly error: ErrorData;
  /** true: the performer broke (threw, crashed, timed out); false: it did its work and reported failure. */
  readonly thrown: boolean;
  readonly usage?: Usage;
}

/** The house had to queue the task: its deadline stands still until `task.started`. */
export interface TaskQueued {
  readonly type: 'task.queued';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
}

/** A queued task was given to an agent. */
export interface TaskStarted {
  readonly type: 'task.started';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
}

/** What an attempt that the house has queued waits for, where that is more than a place or an agent: recorded with the next fact of the run, or soon. */
export interface TaskHeldBack {
  readonly type: 'task.held_back';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  /** For people: `512 MB of memory within run r1, where 256 of 1,024 are left`. */
  readonly why: string;
}

/** Which of several agents the house gave an attempt to, and why: recorded with the next fact of the run, or soon. */
export interface AgentChosen {
  readonly type: 'agent.chosen';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  readonly agent: string;
  /** How many could have been given it. */
  readonly among: number;
  /** The best of them by their scores (0 to 1, in total and in part), the chosen one first; not all of a large pool. */
  readonly ranked: readonly { readonly agent: string; readonly score: Readonly<Record<string, number>> }[];
  /** Others of the pool, and why nobody looked at them; not all of a large pool. */
  readonly refused: readonly { readonly agent: string; readonly why: string }[];
  /** It was given to this one in place of another because something was short of which it uses less. Absent: for its score alone. */
  readonly lighter?: { readonly insteadOf: string; readonly why: string };
}

/** One thing that is wrong with a value: where in it (`/findings/0/line`, empty for the whole), and what. */
export interface ValidationIssue {
  readonly path: string;
  readonly message: string;
}

/** An agent was done, but its output is not what the step declares: the handoff is refused, the output is kept here. */
export interface ValidationFailure {
  readonly type: 'validation.failure';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  readonly issues: readonly ValidationIssue[];
  readonly output: Json;
  readonly usage?: Usage;
}

/** An agent at work has passed a threshold that somebody waits for, entered another phase, or cannot go on. */
export interface TaskProgressed {
  readonly type: 'task.progressed';
  readonly at: number;
  readonly step: string;
  readonly attempt: number;
  /** 0 to 100, or null where the agent has not said. */
  readonly percent: number | null;
  readonly phase: string | null;
  /** Why it cannot go on, or null. */
  readonly blocked: string | null;
}

/** An agent at work, or somebody outside, says something to others in the run. */
export interface MessageSent {
  readonly type: 'message.sent';
  readonly at: number;
  readonly message: CoordinationMessage;
}

/** A timer armed by the run was due. Carries nothing but its time: the clock does the rest. */
export interface TimerDue {
  readonly type: 'timer.due';
  readonly at: number;
}

export interface SignalReceived {
  readonly type: 'signal.received';
  readonly at: number;
  readonly name: string;
  readonly payload: Json;
}

/** Somebody has answered a question that the run asks people. Whether it counts is decided by the run; what does not is on record all the same. */
export interface ApprovalAnswered {
  readonly type: 'approval.answered';
  readonly at: number;
  readonly step: string;
  /** The question it is meant for. */
  readonly token: string;
  /** Who says so. */
  readonly by: string;
  readonly decision: 'approve' | 'reject' | 'edit';
  /** The values as they should be; null: as they are proposed. */
  readonly values: Json;
  readonly reason: string | null;
}

/** Somebody who is asked has passed the question on. */
export interface ApprovalDelegated {
  readonly type: 'approval.delegated';
  readonly at: number;
  readonly step: string;
  readonly token: string;
  readonly by: string;
  readonly to: string;
  readonly reason: string | null;
}

export interface RunCancelRequested {
  readonly type: 'run.cancel_requested';
  readonly at: number;
  readonly reason: string;
  /** Whoever asks will not wait: what is being undone is cut short. */
  readonly force?: true;
}

export interface RunPaused {
  readonly type: 'run.paused';
  readonly at: number;
}

export interface RunResumed {
  readonly type: 'run.resumed';
  readonly at: number;
}

/** A host took the run over after a crash or a stop; the named attempts were in flight. They are started again. */
export interface RunRecovered {
  readonly type: 'run.recovered';
  readonly at: number;
  readonly interrupted: readonly string[];
}

/**
 * The run goes on although it had ended, or goes back: the named steps run again, every other one stands as it ended. Their attempts are
 * numbered on.
 */
export interface RunRetried {
  readonly type: 'run.retried';
  readonly at: number;
  /** Paths, in the order in which they were settled: leaves, and what they stand in. */
  readonly again: readonly string[];
  /**
   * How rounds of what runs again are counted. With it, messages are given again and waits that go on keep their deadlines; absent in older
   * journals: nothing of that is so, and all rounds begin anew.
   */
  readonly rounds?: RoundsAgain;
  /** Tokens that are given on top to budgets, by path of the step, that of the run under the empty one. Absent: none. */
  readonly budget?: Readonly<Record<string, number>>;
}

/** Somebody has given more to budgets of the run, while it goes on. */
export interface BudgetRaised {
  readonly type: 'budget.raised';
  readonly at: number;
  /** Tokens given on top, by path of the step; to the budget of the run under the empty one. */
  readonly budget: Readonly<Record<string, number>>;
}

/** Somebody has put a dead letter aside. */
export interface LetterDropped {
  readonly type: 'letter.dropped';
  readonly at: number;
  /** Its id within the run: `step#attempt`, or that of a message. */
  readonly letter: string;
  readonly by: string;
  readonly reason: string | null;
}

/** The run is from here on one of another definition, against which everything before fits. */
export interface DefinitionAdopted {
  readonly type: 'definition.adopted';
  readonly at: number;
  /** Its content hash. */
  readonly definition: string;
}

/** Everything that can happen to a run. */
export type Fact =
  | RunStarted
  | TaskCompleted
  | TaskFailed
  | TaskQueued
  | TaskStarted
  | AgentChosen
  | TaskHeldBack
  | ValidationFailure
  | TaskProgressed
  | MessageSent
  | TimerDue
  | SignalReceived
  | ApprovalAnswered
  | ApprovalDelegated
  | RunCancelRequested
  | RunPaused
  | RunResumed
  | RunRecovered
  | RunRetried
  | BudgetRaised
  | LetterDropped
  | DefinitionAdopted;
