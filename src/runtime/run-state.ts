/** What a run keeps in memory: data only. The statecharts decide, the verbs in the neighbouring files change it. */
import type { GroupBlueprint, StepBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import type { GroupProgress } from '../planning/group-progress.ts';
import type { JoinRule } from '../policy/group-tally.ts';
import type { Effect } from '../protocol/effects.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';
import type { Task } from '../protocol/task.ts';
import type { LiveActor } from './actor-system.ts';
import type { Slots } from './slots.ts';
import type { StepClock } from './step-clock.ts';

/** Stands before the paths of failure handlers where one of them is named like a step of the workflow. */
export const HANDLERS = '(handlers)/';

/** Variables and outputs that the steps of one workflow see: the run's own, or a nested workflow's. */
export interface RunScope {
  /** '' for the run; the path of the nesting step and a slash for a nested workflow. */
  readonly prefix: string;
  readonly blueprint: WorkflowBlueprint;
  readonly variables: Record<string, Json | undefined>;
  readonly steps: Record<string, Json | undefined>;
  /** The workflow's actor. */
  actor: LiveActor | null;
  /** The root group, and later the failure handlers. */
  group: LiveGroup | null;
  /** The step this workflow is nested in. */
  readonly nestedIn: StepBlueprint | null;
}

/** A group whose actor is live. */
export interface LiveGroup {
  readonly path: string;
  /** What stands before the ids of its members in their paths. */
  readonly prefix: string;
  readonly blueprint: GroupBlueprint;
  readonly scope: RunScope;
  readonly rule: JoinRule;
  readonly progress: GroupProgress;
  readonly actor: LiveActor;
  /** By member index. */
  readonly live: Map<number, LiveStep>;
  /** Set once its members are being ended. */
  ending: { readonly outcome: StepOutcome; readonly reason: string } | null;
  /** Where results count in order: how many count already, what has arrived early, and how long each member must wait. */
  readonly ordered: { count: number; readonly arrived: Map<number, Arrival>; readonly barrier: readonly number[] } | null;
}

/** A member's report on its way to count. */
export interface Arrival {
  readonly member: number;
  readonly settled: StepSettled;
  readonly startedAt: number | null;
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
  readonly persona: string | null;
  /** Rendered params, inputs or values. */
  readonly given: JsonObject;
  /** Which branch of a choice was taken. */
  readonly branch: boolean;
  /** The scope of a nested workflow, opened with the step. */
  readonly nested: RunScope | null;
  /** When the attempt under way began. */
  attemptStartedAt: number;
  holdsSlot: boolean;
  /** The group or nested workflow that the step stands for. */
  body: LiveGroup | RunScope | null;
}

/** How a step ended, for people and for `--why`. */
export interface StepRecord {
  readonly outcome: StepOutcome;
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly error: ErrorData | null;
  readonly reason: string | null;
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
  readonly listening: Map<string, LiveStep[]>;
  /**
   * Actors still to be created in the delivery under way. They are created between the steps of the statecharts, not inside their
   * actions: an actor that starts, ends and reports within its parent's action would nest as deep as the workflow is long.
   */
  births: (() => void)[];
  /** Effects of the delivery under way. */
  outbox: Effect[];
  /** Steps that began to back off in the delivery under way. */
  retrying: { readonly step: string; readonly attempt: number; readonly error: ErrorData | null; readonly dueAt: number }[];
  /** The group whose turn it is to take the room that was offered. */
  granted: string | null;
  /** Attempts whose deadlines stand still until the run is resumed: its host died while it was paused. */
  halted: { readonly step: string; readonly attempt: number }[];
  /** Attempts that were still waiting for an agent when their host died: nobody can have begun them. */
  neverBegun: ReadonlySet<string>;
  /** Facts that came too late to be applied. */
  lateFacts: number;
}
