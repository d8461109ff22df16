/**
 * What the actors of a run say to each other. A child knows its parent only through what it reports here when it is done;
 * a parent knows its child only through the events it may send.
 */
import type { ErrorData } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { StepOutcome } from './outcomes.ts';
import type { Makeshift } from './recovery-messages.ts';

/** What a step reports to its group when it is done. */
export interface StepSettled {
  readonly path: string;
  readonly outcome: StepOutcome;
  readonly output: Json;
  readonly variables: JsonObject | null;
  /** What the step has written into the shared context. */
  readonly writes?: JsonObject | null;
  readonly error: ErrorData | null;
  /** true: the performer broke; false: it reported failure. */
  readonly thrown: boolean;
  readonly attempts: number;
  /** Why it was skipped or cancelled, in one clause. */
  readonly reason: string | null;
  /** Of a failure: what the step itself says that it means for its group. Absent: the group decides. */
  readonly onFailure?: 'continue' | 'stop' | 'best_effort';
  /** What takes the place of its result, where it has failed and completes all the same. */
  readonly makeshift?: Makeshift;
}

/** What a group reports to whoever opened it. */
export interface GroupSettled {
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  /** The member whose failure decided, by path. */
  readonly failedStep: string | null;
  readonly error: ErrorData | null;
  readonly thrown: boolean;
}

/** What a workflow reports to its host, or to the step it is nested in. */
export interface WorkflowSettled extends GroupSettled {
  readonly outputs: Json;
}

/** What a phase reports to its step. It is skipped where none of its members has run. */
export interface PhaseSettled extends Omit<WorkflowSettled, 'outcome'> {
  readonly outcome: 'completed' | 'failed' | 'skipped' | 'cancelled';
}

/** To a phase: whoever was asked about its gate has ended, one way or the other. */
export interface GateAnswered {
  readonly type: 'gate.answered';
}

/** To a phase: its work does not go back, and why not. */
export interface FeedbackRefused {
  readonly type: 'feedback.refused';
  readonly error: ErrorData;
  /** What a person has said is to be done instead; null where nobody has been asked. */
  readonly decided?: 'go_on' | 'fail' | null;
}

/** To a feedback loop: its sender has found something again, as canonical JSON. */
export interface FindingsReported {
  readonly type: 'findings.reported';
  readonly findings: string;
}

/** To a feedback loop: nobody between the earlier phase and its sender is at work any more. */
export interface WayCleared {
  readonly type: 'way.cleared';
}

/** To a feedback loop: its sender has ended for good. */
export interface SenderSettled {
  readonly type: 'sender.settled';
}

/** To a feedback loop: people have said how to go on, or (null) nobody has in time. */
export interface PersonDecided {
  readonly type: 'person.decided';
  readonly next: 'more' | 'go_on' | 'fail' | null;
  /** How many more rounds, with `more`. */
  readonly rounds: number;
  /** Whether the sender still waits for that. */
  readonly isWaiting: boolean;
}

/** What a feedback loop reports to the group of its phases. */
export interface FeedbackSettled {
  readonly loop: string;
  readonly outcome: 'closed' | 'stalled' | 'exhausted' | 'decided' | 'cancelled';
}

/** To a group: members that had ended in these ways are open again. */
export interface MembersReopened {
  readonly type: 'members.reopened';
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  /** Failures that do not count against the group. */
  readonly excused?: number;
  /** Failures that count and end nothing at once. */
  readonly patient?: number;
  /** The first failure that still counts: that of a member which does not run again. Absent where there is none. */
  readonly first?: Pick<GroupSettled, 'failedStep' | 'error' | 'thrown'>;
  /** How many of them are sync points. */
  readonly syncPoints: number;
  /** From now on they run one after the other. */
  readonly inSequence?: true;
}

/** A completed step that could not be undone, and why not. */
export interface NotUndone {
  /** Its path. */
  readonly step: string;
  /** COMPENSATION_FAILED, with what the last attempt failed with as its cause. */
  readonly error: ErrorData;
}

/** What a saga reports: every step that was to be undone, by its path. */
export interface SagaSettled {
  /** The path of the group that was undone. */
  readonly saga: string;
  /** In the order in which they were undone. */
  readonly undone: readonly string[];
  readonly notUndone: readonly NotUndone[];
}

/** Stop, and say why. Every state of every machine answers it. */
export interface Cancel {
  readonly type: 'cancel';
  readonly reason: string;
}

/** To a step: its agent is done. Only the current attempt is listened to. */
export interface AttemptCompleted {
  readonly type: 'task.completed';
  readonly attempt: number;
  readonly output: Json;
  readonly variables: JsonObject | null;
  readonly writes?: JsonObject | null;
}

/** To a step: its agent failed, or reported failure. */
export interface AttemptFailed {
  readonly type: 'task.failed';
  readonly attempt: number;
  readonly error: ErrorData;
  readonly thrown: boolean;
}

/** To a step: the house has no agent free for it; its deadline stands still. */
export interface AttemptQueued {
  readonly type: 'task.queued';
  readonly attempt: number;
}

/** To a step: an agent has begun. */
export interface AttemptStarted {
  readonly type: 'task.started';
  readonly attempt: number;
}

/** To a step that waits for room: one of the run's slots is now its own. */
export interface SlotGranted {
  readonly type: 'slot.granted';
}

/** To a step that waits for it: the signal has come. */
export interface SignalArrived {
  readonly type: 'signal.received';
  readonly payload: Json;
}

/** To a wait: what it waits for holds. */
export interface ConditionHeld {
  readonly type: 'condition.held';
}

/** To a wait: what it waits for cannot be judged. */
export interface ConditionFailed {
  readonly type: 'condition.failed';
  readonly error: ErrorData;
}

/** To a sync point: a member is there, ended (with its outcome) or still at work (null). */
export interface MemberArrived {
  readonly type: 'member.arrived';
  /** Its path. */
  readonly member: string;
  readonly outcome: StepOutcome | null;
}

/** To a sync point: what it is for has been carried out, or could not be. */
export interface SyncExecuted {
  readonly type: 'sync.executed';
  readonly output: Json;
  readonly error: ErrorData | null;
}

/** To a conflict: the rung that was tried has settled it, or has not. */
export interface RungSettled {
  readonly type: 'rung.settled';
  readonly rung: 'automatic' | 'guided' | 'rerun' | 'sequential' | 'person';
  readonly settled: boolean;
  /** Why not, in one clause. */
  readonly reason: string | null;
}

/** To a request: somebody has answered. */
export interface RequestAnswered {
  readonly type: 'request.answered';
  /** The message id of the answer. */
  readonly answer: string;
}

/** What a conflict reports to its group. */
export interface ConflictSettled {
  readonly contest: string;
  readonly outcome: 'resolved' | 'unresolved' | 'cancelled';
  /** The rung that settled it. */
  readonly rung: RungSettled['rung'] | null;
  /** Rungs that were tried in vain, and why. */
  readonly tried: readonly (readonly [rung: RungSettled['rung'], reason: string])[];
}

/** What a request reports when it is over. */
export interface RequestSettled {
  readonly request: string;
  readonly outcome: 'answered' | 'timed_out' | 'abandoned';
}

/** To a group that merges: so many members that had completed run again. */
export interface MembersRerun {
  readonly type: 'members.rerun';
  readonly count: number;
}

/** To a group that merges: all of its members run again, one after the other. */
export interface MembersRestart {
  readonly type: 'members.restart';
}

/** To an approval: somebody has answered. */
export interface ApprovalAnswered {
  readonly type: 'approval.answered';
  readonly answer: {
    /** The question it is meant for. */
    readonly token: string;
    readonly by: string;
    readonly decision: 'approve' | 'reject' | 'edit';
    /** Null: those that are proposed. */
    readonly values: Json;
    readonly reason: string | null;
    /** ms since the epoch. */
    readonly at: number;
  };
}

/** To an approval: somebody who is asked has passed it on. */
export interface ApprovalDelegated {
  readonly type: 'approval.delegated';
  readonly token: string;
  readonly by: string;
  readonly to: string;
}
