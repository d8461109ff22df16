/** What observers of a run are told. Events follow what is durable: nothing is announced that a crash could undo. */
import type { FailureClass } from '../policy/failure-class.ts';
import type { CoordinationEvent, CoordinationMessage } from '../protocol/coordination.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json } from '../protocol/json.ts';
import type { Origin } from '../protocol/kept-steps.ts';
import type { NotUndone, SagaSettled } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { ApprovalEntry } from './approval-book.ts';
import type { RecoveryNote } from './recovery-book.ts';

/** Something that happened in a run; `at` is ms since the epoch (virtual in simulation). */
export type RunEvent =
  | {
      readonly type: 'run.started';
      readonly run: string;
      readonly at: number;
      readonly workflow: string;
      /** Of a fork: where it comes from, and the steps that stand as they ended there. */
      readonly origin?: Origin;
      readonly kept?: readonly string[];
    }
  /** The run goes on after its end, or goes back: the named steps run again. */
  | { readonly type: 'run.retried'; readonly run: string; readonly at: number; readonly again: readonly string[] }
  /** The run is from here on one of another definition. */
  | { readonly type: 'definition.adopted'; readonly run: string; readonly at: number; readonly definition: string }
  /** A host took the run over; the named attempts run again. */
  | { readonly type: 'run.recovered'; readonly run: string; readonly at: number; readonly interrupted: readonly string[] }
  | { readonly type: 'run.paused' | 'run.resumed'; readonly run: string; readonly at: number }
  /** Somebody has given tokens on top, by path of the step; to the run under the empty one. */
  | { readonly type: 'budget.raised'; readonly run: string; readonly at: number; readonly budget: Readonly<Record<string, number>> }
  | { readonly type: 'run.cancelling'; readonly run: string; readonly at: number; readonly reason: string }
  | { readonly type: 'signal.received'; readonly run: string; readonly at: number; readonly name: string }
  /** An attempt was given to the house, or, after `task.queued`, to an agent. */
  | {
      readonly type: 'task.started';
      readonly run: string;
      readonly at: number;
      readonly step: string;
      readonly attempt: number;
      readonly persona: string | null;
    }
  /** Which of several agents an attempt was given to. `score`: 0 to 1. */
  | {
      readonly type: 'agent.chosen';
      readonly run: string;
      readonly at: number;
      readonly step: string;
      readonly attempt: number;
      readonly agent: string;
      readonly among: number;
      readonly score: number;
    }
  /** The house has no agent free. */
  | { readonly type: 'task.queued'; readonly run: string; readonly at: number; readonly step: string; readonly attempt: number }
  /** What an attempt that is queued waits for beside a place and an agent. */
  | {
      readonly type: 'task.held_back';
      readonly run: string;
      readonly at: number;
      readonly step: string;
      readonly attempt: number;
      readonly why: string;
    }
  /** Chatter of an agent at work; the only event that may be lost. */
  | {
      readonly type: 'task.progress';
      readonly run: string;
      readonly at: number;
      readonly step: string;
      readonly attempt: number;
      readonly note: Json;
    }
  /** A result that came after its attempt was over: recorded, never applied. */
  | { readonly type: 'task.late'; readonly run: string; readonly at: number; readonly step: string; readonly attempt: number }
  /** An attempt failed and another one follows at `dueAt`. */
  | {
      readonly type: 'step.retrying';
      readonly run: string;
      readonly at: number;
      readonly step: string;
      readonly attempt: number;
      readonly error: ErrorData | null;
      /** What sort of failure it was. */
      readonly failure: FailureClass | null;
      readonly dueAt: number;
    }
  | {
      readonly type: 'step.settled';
      readonly run: string;
      readonly at: number;
      readonly step: string;
      readonly outcome: StepOutcome;
      readonly attempts: number;
      readonly startedAt: number | null;
      readonly error: ErrorData | null;
      /** What sort of failure it ended with; null where it did not. */
      readonly failure: FailureClass | null;
      readonly reason: string | null;
    }
  /** What a workflow or a group had done was undone, as far as that was possible; `saga` is the path of the group. */
  | ({ readonly type: 'saga.settled'; readonly run: string; readonly at: number } & SagaSettled)
  /** People were asked, reminded or have said something. */
  | { readonly type: 'approval'; readonly run: string; readonly at: number; readonly entry: ApprovalEntry }
  /** Something is tried for a step that has failed, or it is known what became of it. */
  | { readonly type: 'recovery'; readonly run: string; readonly at: number; readonly note: RecoveryNote }
  /** A message that nobody could be given: a dead letter. */
  | {
      readonly type: 'message.undelivered';
      readonly run: string;
      readonly at: number;
      readonly message: CoordinationMessage;
      readonly reason: string;
    }
  /** Somebody has put a dead letter aside. */
  | {
      readonly type: 'letter.dropped';
      readonly run: string;
      readonly at: number;
      readonly letter: string;
      readonly by: string;
      readonly reason: string | null;
    }
  /** How members get along; told only where it is asked for. */
  | { readonly type: 'coordination'; readonly run: string; readonly at: number; readonly event: CoordinationEvent }
  | {
      readonly type: 'run.ended';
      readonly run: string;
      readonly at: number;
      readonly status: 'completed' | 'failed' | 'cancelled';
      readonly error: ErrorData | null;
      readonly failedStep: string | null;
    }
  /** The host has trouble that a person should know of (a full disk, …); the run goes on when it is over. */
  | { readonly type: 'run.trouble'; readonly run: string; readonly at: number; readonly error: ErrorData };

/** How a run ended. */
export interface RunResult {
  readonly id: string;
  readonly status: 'completed' | 'failed' | 'cancelled';
  /** The workflow's outputs; outputs by step id where the workflow declares none. */
  readonly outputs: Json;
  readonly error: ErrorData | null;
  /** The step whose failure decided, or null. */
  readonly failedStep: string | null;
  /** Steps in the order in which they were settled. */
  readonly history: readonly (readonly [step: string, outcome: StepOutcome])[];
  /** Paths of completed steps that were undone, in order. */
  readonly undone: readonly string[];
  /** Completed steps that were to be undone and could not be: what they did still stands. */
  readonly notUndone: readonly NotUndone[];
}
