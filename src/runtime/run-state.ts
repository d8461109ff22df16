/** What a run keeps in memory: data only. The statecharts decide, the verbs in the neighbouring files change it. */
import type { ConflictRung } from '../definition/joining.ts';
import type { OversightMode } from '../definition/oversight.ts';
import type { FailedAttempt } from '../machines/run-port.ts';
import type { GroupBlueprint, StepBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import type { EdgeTerms } from '../planning/drawn-edges.ts';
import type { GroupProgress } from '../planning/group-progress.ts';
import type { KeyConflict, StaleRead } from '../policy/context-commit.ts';
import type { JoinRule } from '../policy/group-tally.ts';
import type { ContextView } from '../policy/shared-context.ts';
import type { Effect } from '../protocol/effects.ts';
import type { AgentChosen, TaskHeldBack } from '../protocol/facts.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Keeping } from '../protocol/kept-steps.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { Task } from '../protocol/task.ts';
import type { LiveActor } from './actor-system.ts';
import type { ApprovalBook } from './approval-book.ts';
import type { BudgetBook } from './budget-book.ts';
import type { Checkpoints } from './checkpoint-book.ts';
import type { Telling } from './coordination-log.ts';
import type { Exchange } from './exchange.ts';
import type { PlannedPlaces } from './launch-places.ts';
import type { LetterBook } from './letter-book.ts';
import type { Listener } from './listener.ts';
import type { FeedbackRound, PhaseStory } from './phase-story.ts';
import type { RecoveryBook } from './recovery-book.ts';
import type { SagaLog } from './saga-log.ts';
import type { ContextCell, Contribution, GroupContext } from './shared-cell.ts';
import type { Slots } from './slots.ts';
import type { StepClock } from './step-clock.ts';
import type { StepProgress, StepRecord } from './step-record.ts';
import type { UndoLog } from './undo-log.ts';

/** Variables and outputs that the steps of one workflow see: the run's own, or a nested workflow's. */
export interface RunScope {
  /** '' for the run; the path of the nesting step and a slash for a nested workflow. */
  readonly prefix: string;
  readonly blueprint: WorkflowBlueprint;
  readonly variables: Record<string, Json | undefined>;
  readonly steps: Record<string, Json | undefined>;
  /** The shared context of the workflow; the body of a map works on that of its map. Null where no step touches one. */
  readonly cell: ContextCell | null;
  /** Keys of the shared context that only one step may write just now, and which one. */
  readonly barred: Map<string, string>;
  /** How many workflows this one is nested in. */
  readonly depth: number;
  /** The workflow's actor. */
  actor: LiveActor | null;
  /** The root group, and later the failure handlers. */
  group: LiveGroup | null;
  /** The step this workflow is nested in. */
  readonly nestedIn: StepBlueprint | null;
  /** The scope that step belongs to. */
  readonly outer: RunScope | null;
  /** Its root group was told to end. */
  isLeaving: boolean;
}

/** A group whose actor is live. */
export interface LiveGroup {
  readonly path: string;
  /** Path of the step whose members its members are; of the root group of a workflow, that of no step. */
  readonly within: string;
  /** What stands before the ids of its members in their paths. */
  readonly prefix: string;
  readonly blueprint: GroupBlueprint;
  readonly scope: RunScope;
  readonly rule: JoinRule;
  readonly progress: GroupProgress;
  readonly actor: LiveActor;
  /** The actor its settlement goes to. */
  readonly parent: LiveActor;
  /** By member index. */
  readonly live: Map<number, LiveStep>;
  /** Members at work at once, and those that are about to be. */
  limit: number;
  launching: number;
  /** How often its members began anew: what was about to be launched before is not. */
  round: number;
  /** Its members work on the shared context; null where nothing of the workflow does. */
  readonly context: GroupContext | null;
  /** What its members changed in the scope, so that it can be taken back. */
  readonly undo: UndoLog | null;
  /** Conflicts over what members have written, by member; the one over all of them is under `-1`. */
  readonly contests: Map<number, Contest>;
  /** By member: what it changed in the scope, where it may run again because work goes back; null where nothing does. */
  readonly undoByMember: Map<number, UndoLog> | null;
  /** By member: what was found in rounds before, which it is given. */
  readonly feedback: Map<number, readonly FeedbackRound[]>;
  /** Members that are called back because work goes back to one of them; null for nobody. */
  recalled: {
    readonly loop: string;
    readonly members: ReadonlySet<number>;
    /** Told once they have ended, where that is not a feedback loop. */
    readonly hear?: () => void;
  } | null;
  /** By member: a failure that somebody may make good yet. */
  readonly held: Map<number, StepSettled>;
  /** Failures of its members are for a gate to judge. */
  readonly isGated: boolean;
  /** Conditional edges that could not be judged, and why. */
  readonly unjudged: ReadonlyMap<EdgeTerms, unknown>;
  /** Its members run one after the other, for the second time. */
  fellBack: boolean;
  /** Parameters that its members are given beside their own. */
  readonly extra: JsonObject | null;
  /** What its members make is not seen by other steps. */
  readonly isPrivate: boolean;
  /** Of a group that does something on behalf of somebody: told how its step ended. */
  readonly onSettled: ((settled: StepSettled) => void) | null;
  /** The group that compensates what its members have done. */
  errand: LiveGroup | null;
  /** Set once its members are being ended. */
  ending: { readonly outcome: StepOutcome; readonly reason: string } | null;
  /** Where results count in order: how many count already, what has arrived early, and how long each member must wait. */
  readonly ordered: { count: number; readonly arrived: Map<number, Arrival>; readonly barrier: readonly number[] } | null;
}

/** A way back that has been taken, or is about to be. */
export interface LiveLoop {
  /** Path of the phase that sends work back. */
  readonly path: string;
  readonly group: LiveGroup;
  readonly sender: number;
  /** The member that work goes to. */
  readonly to: number;
  readonly actor: LiveActor;
  /** What is about to be sent along. */
  findings: Json;
  /** The group of the question to people how to go on, while it is open. */
  question: LiveGroup | null;
}

/** A member's report on its way to count. */
export interface Arrival {
  readonly member: number;
  readonly settled: StepSettled;
  readonly startedAt: number | null;
  /** What it wants to change in the shared context. Absent where it has nothing to do with it. */
  readonly contribution?: Contribution;
}

/** A step whose actor is live. */
export interface LiveStep {
  readonly path: string;
  readonly member: number;
  readonly blueprint: StepBlueprint;
  readonly group: LiveGroup;
  readonly actor: LiveActor;
  readonly startedAt: number;
  readonly name: string;
  persona: string | null;
  /** Rendered params, inputs or values. */
  readonly given: JsonObject;
  /** Which branch of a choice was taken. */
  readonly branch: boolean;
  /** The scope of a nested workflow, opened with the step. */
  readonly nested: RunScope | null;
  /** When the attempt under way began. */
  attemptStartedAt: number;
  holdsSlot: boolean;
  /** What it saw of the shared context when its attempt began. */
  view: ContextView | null;
  /** The group, nested workflow, sync point or vote that the step stands for. */
  body: LiveGroup | RunScope | Meeting | null;
  /** A group at work for its body: the voters or the judge of a vote. */
  errand: LiveGroup | null;
}

/** The actor of a sync point, vote, approval or phase. */
export interface Meeting {
  readonly kind: 'sync' | 'vote' | 'approval' | 'phase' | 'wait' | 'claim';
  readonly actor: LiveActor;
  /** Of a claim: the question that people are asked for its sake. */
  question?: LiveActor;
  /** Of a phase: its members. */
  members?: LiveGroup;
  isCancelled: boolean;
}

/** A conflict over what members have written, while it is being settled. */
export interface Contest {
  /** Its name to its statechart and to people. */
  readonly id: string;
  readonly group: LiveGroup;
  /** The member whose writes are in conflict; of a merge, the one that it has come to, or -1. */
  member: number;
  /** What the member left, which counts once the conflict is over. Null for a merge, whose members have been counted. */
  arrival: Arrival | null;
  /** Every member of the group, rather than one. */
  readonly isMerge: boolean;
  readonly actor: LiveActor;
  /** The rung under way. */
  rung: ConflictRung | null;
  /** Keys in conflict, as found last. */
  conflicts: readonly KeyConflict[];
  /** Keys that were read and have changed since, where the step does not accept that. */
  stale: readonly StaleRead[];
  /** The task or wait that the rung under way needs. */
  errand: LiveGroup | null;
  /** Begins what waits until nobody else is in its way; null while nothing waits. */
  resume: (() => void) | null;
  /** The sync point on whose behalf members are merged. */
  readonly point: LiveStep | null;
}

export interface RunState {
  readonly id: string;
  readonly seed: number;
  readonly clock: StepClock;
  readonly slots: Slots;
  readonly root: RunScope;
  readonly scopes: Map<string, RunScope>;
  readonly groups: Map<string, LiveGroup>;
  readonly steps: Map<string, LiveStep>;
  readonly records: Map<string, StepRecord>;
  /** Steps in the order in which they were settled. */
  readonly history: [path: string, outcome: StepOutcome][];
  /** Attempts that were started and have not ended, by `step#attempt`. */
  readonly inFlight: Map<string, Task>;
  /** Signals that came before anybody waited, by name, and who waits for which. */
  readonly signals: Map<string, Json[]>;
  readonly listening: Map<string, Listener[]>;
  /** Waits that end once something holds, by path, and whether anything has settled since that was judged. */
  readonly watching: { readonly open: Map<string, LiveStep>; hasSettled: boolean };
  /** How closely it is watched, where that was said at its start. */
  readonly oversight: OversightMode | null;
  /** What people were asked and have said. */
  readonly approvals: ApprovalBook;
  /** Which of its checkpoints it has passed. */
  readonly checkpoints: Checkpoints;
  /** What was tried for steps that have failed. */
  readonly recovery: RecoveryBook;
  /** Conflicts being settled, by their names. */
  readonly contests: Map<string, Contest>;
  /** Attempts of steps that run again, by path: their attempts are numbered on. */
  readonly attemptsSoFar: Map<string, number>;
  /** The format that the run was recorded in: what it decides differs between them. */
  readonly format: number;
  /** What it has taken over from an earlier life, or as a fork from another run; null for most runs. */
  readonly keeping: Keeping | null;
  /** While what is kept takes its place: nobody is asked for anything yet. */
  takingOver: boolean;
  /** By path: its place in the plan that the run carries out; null where there is none. */
  readonly planned: PlannedPlaces | null;
  /** What agents have said about how far they are, by path. */
  readonly progress: Map<string, StepProgress>;
  /** Groups of what the run asks for on its own behalf, in the order of their opening. */
  readonly errands: LiveGroup[];
  /** What has become of phases so far, by path. */
  readonly phases: Map<string, PhaseStory>;
  /** Ways back that have been taken, by the path of their sender, and what was found each time. */
  readonly loops: Map<string, LiveLoop>;
  readonly foundBefore: Map<string, FeedbackRound[]>;
  /** By the same path: how often work may go back in all, where people have granted more rounds. */
  readonly grantedRounds: Map<string, number>;
  /** The parent of groups that settle conflicts; null until there is one. */
  desk: LiveActor | null;
  /** Open questions between agents. */
  readonly requests: Map<string, LiveActor>;
  /** Messages between agents, and what people have done about those that came to nothing. */
  readonly exchange: Exchange;
  readonly letters: LetterBook;
  /** By path: who was given its latest attempt, where there was a choice. */
  readonly chosen: Map<string, AgentChosen>;
  /** By path: what an attempt of it was said to wait for while the house had it queued. */
  readonly heldBack: Map<string, TaskHeldBack>;
  /** What was told about coordination in the delivery under way. */
  coordination?: Telling[];
  /**
   * Actors still to be created in the delivery under way. They are created between the steps of the statecharts, not inside their
   * actions: an actor that starts, ends and reports within its parent's action would nest as deep as the workflow is long.
   */
  births: (() => void)[];
  /** Steps that were settled in the delivery under way, in order; a step may be settled twice. */
  settled: (readonly [path: string, record: StepRecord])[];
  /** Effects of the delivery under way. */
  outbox: Effect[];
  /** Steps that began to back off in the delivery under way. */
  retrying: (FailedAttempt & { readonly step: string; readonly dueAt: number })[];
  /** The group whose turn it is to take the room that was offered. */
  granted: string | null;
  /** Attempts whose deadlines stand still until the run is resumed: its host died while it was paused. */
  halted: { readonly step: string; readonly attempt: number }[];
  /** Attempts that were still waiting for an agent when their host died: nobody can have begun them. */
  neverBegun: ReadonlySet<string>;
  /** What is being undone and was undone. */
  readonly sagas: SagaLog<RunScope>;
  /** Of a fork: steps that stand as they ended in the run it comes from, and when. What they did is not its to undo. */
  readonly inherited: ReadonlyMap<string, number>;
  /** What it and its steps may spend and have spent; null where nothing limits any of them. */
  budget: BudgetBook | null;
  /** Items that maps have had so far. */
  items: number;
  /** Facts that came too late to be applied. */
  lateFacts: number;
}
