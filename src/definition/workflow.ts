/**
 * The one internal form of a workflow. Every reader (native YAML, engine YAML, the TypeScript builder) produces it and
 * nothing behind the readers knows where it came from. It is plain JSON: a run keeps its own copy, named by content hash.
 *
 * Strings inside `params`, `variables`, `inputs`, `outputs` and `set` may hold templates of the workflow's dialect;
 * conditions are kept as source. Durations are milliseconds; a template stays a template and is read when the step starts.
 */
import type { Json, JsonObject } from '../protocol/json.ts';
import type { ApprovalTerms } from './approval-terms.ts';
import type { DurationSpec, RetryPolicy } from './attempt-timing.ts';
import type { RunBudget } from './budget.ts';
import type { ConflictSettings, FailurePolicy, GroupFailurePolicy, SyncKind, VoteRule, WaitFor } from './joining.ts';
import type { Criticality, Oversight } from './oversight.ts';
import type { MaySendBack, PhaseSettings } from './phase-settings.ts';
import type { RecoveryStrategy } from './recovery-settings.ts';
import type { CompensationCause, DependencyEdge, StepData } from './step-data.ts';
import type { MayLimit, WorkflowLimits } from './workflow-limits.ts';

export type { FailurePolicy };

/** Which expression and template language a workflow's texts are written in. */
export type Dialect = 'native' | 'engine';

/** Where a definition stands in its file, 1-based. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

interface StepBase {
  /** Unique in its workflow, nested members included. */
  readonly id: string;
  /** For people; may hold templates. */
  readonly name: string;
  readonly description?: string;
  /** As written. */
  readonly type: string;
  /** Ids of steps of the same group, or of an enclosing one. */
  readonly dependencies: readonly string[];
  /** By dependency: what is special about it. Dependencies that are not named here are plain and hard. */
  readonly edges?: Readonly<Record<string, DependencyEdge>>;
  readonly condition?: string;
  /** Id of a step beside it that runs when this one has failed: once that has completed, the failure is made good. */
  readonly fallback?: string;
  /** What its failure means for its group; of what holds others, what theirs mean for it. Absent: as what is around it says. */
  readonly onFailure?: FailurePolicy;
  /** Of a failure handler: it runs only when one of these steps of its workflow has failed. Absent: after any failure. */
  readonly forSteps?: readonly string[];
  /** Of tasks, groups, maps and nested workflows: what is tried once it has failed and its retries are spent. Absent: nothing. */
  readonly recovery?: readonly RecoveryStrategy[];
  /** Of tasks, votes and what holds others: what it may spend with everything inside it, within what is around it. Absent: only that limits it. */
  readonly budget?: RunBudget;
  readonly position?: SourcePosition;
}

/** Work for an agent: found by step type first, then by persona. */
export interface TaskStep extends StepBase, StepData, MaySendBack {
  readonly kind: 'task';
  readonly persona?: string;
  readonly params: JsonObject;
  /** Default medium. */
  readonly criticality?: Criticality;
  readonly timeout?: DurationSpec;
  readonly retry?: RetryPolicy;
  /** Engine dialect: names of variables that take the task's output of the same name (or the whole output). */
  readonly outputs?: readonly string[];
  /** Engine dialect: the attempt's timeout grows with the attempt. */
  readonly timeoutGrowth?: 'engine';
  /** What to do with an attempt that was in flight when the host died. Default rerun. */
  readonly onAmbiguous?: 'rerun' | 'escalate';
}

/** Sets variables of the run from rendered values; no agent is asked. */
export interface VariablesStep extends StepBase {
  readonly kind: 'variables';
  readonly set: JsonObject;
}

/** Members coordinated together. */
export interface GroupStep extends Omit<StepBase, 'onFailure'>, MayLimit {
  readonly kind: 'group';
  readonly mode: 'parallel' | 'sequential' | 'graph';
  readonly waitFor: WaitFor;
  /** With `quorum` and `deadline`: how many members must complete. */
  readonly quorum?: number;
  /** With `deadline`: how long members may take. */
  readonly deadline?: DurationSpec;
  /** Absent: what is said around it. */
  readonly onFailure?: GroupFailurePolicy;
  /** Members at work at once; absent: as many as the run has room for. */
  readonly maxConcurrent?: number;
  readonly conflicts?: ConflictSettings;
  /** Present where the group is a phase. */
  readonly phase?: PhaseSettings;
  readonly steps: readonly Step[];
}

/**
 * A place where members of its group meet. A member arrives when it has ended, when its agent says so, or (progress_checkpoint) at a
 * share of its work. Steps that depend on the sync point wait until it has completed.
 */
export interface SyncStep extends StepBase {
  readonly kind: 'sync';
  readonly sync: SyncKind;
  /** Ids of members of the same group; they are among `dependencies`. None at a checkpoint that only follows its dependencies. */
  readonly members: readonly string[];
  /** progress_checkpoint: the share of the work, percent, from 1 to 100. */
  readonly threshold?: number;
  /** quality_gate: must hold. */
  readonly check?: string;
  readonly timeout?: DurationSpec;
}

/** Several agents answer the same task, and the answers become one. */
export interface VoteStep extends StepBase, MaySendBack {
  readonly kind: 'vote';
  /** The voters: tasks with ids of their own (`<id>.1`, `<id>.2`, …). */
  readonly steps: readonly TaskStep[];
  readonly rule: VoteRule;
  /** Where in an answer the choice stands; empty for the whole answer. */
  readonly choice: readonly string[];
  /** weighted: where in an answer its score stands; absent: `weights`. */
  readonly score?: readonly string[];
  /** weighted: by voter, in their order; default 1. */
  readonly weights?: readonly number[];
  /** judged: gets all answers as `ballots`. Under other rules it is asked when there is a tie. Its id is `<id>.judge`. */
  readonly judge?: TaskStep;
  /** How many voters must answer; default: more than half. */
  readonly quorum?: number;
  /** A tie that nobody else decides waits this long for the signal `<id>.decision`; absent: as long as it takes. */
  readonly timeout?: DurationSpec;
}

/** The same steps for every item of a list, each with a scope of its own over that of the map. */
export interface MapStep extends StepBase, MayLimit {
  readonly kind: 'map';
  /** Expression that gives the list. */
  readonly over: string;
  /** The variable that holds the item; `index` holds its place, from 0. */
  readonly as: string;
  /** The body. Its outputs, or the output of its only step, are the item's result; the map's output is the list of results in order. */
  readonly workflow: Workflow;
  readonly maxConcurrent?: number;
  /** How many items may fail before the map fails; a failed item's result is null. Default none. */
  readonly tolerate?: { readonly count: number } | { readonly share: number };
}

/** Either branch; the other one's members are skipped. `when` is the question. */
export interface ChoiceStep extends StepBase {
  readonly kind: 'choice';
  readonly when: string;
  readonly then: readonly Step[];
  readonly otherwise: readonly Step[];
}

/** Another workflow run inside this one, with variables of its own. */
export interface NestedStep extends StepBase, MayLimit {
  readonly kind: 'workflow';
  /** The name it was asked for by. */
  readonly ref: string;
  /** Absent when no workflow of that name was found: the step then fails with WORKFLOW_NOT_FOUND. */
  readonly workflow?: Workflow;
  readonly inputs: JsonObject;
  /** Rendered in the nested scope and added to the step's output. */
  readonly outputs?: JsonObject;
}

/** Waits for a signal from outside; the payload is its output. */
export interface SignalStep extends StepBase {
  readonly kind: 'signal';
  readonly signal: string;
  /** Condition that ends the wait, with null as its output. */
  readonly until?: string;
  readonly timeout?: DurationSpec;
}

/** Asks people, and waits for their answer: it is its output. */
export interface ApprovalStep extends StepBase, ApprovalTerms {
  readonly kind: 'approval';
}

/**
 * Waits for a time, or until something holds. It has `for`, or `moment`, or `until` and `for` at most. Its output says what woke it:
 * `{ woken_by: 'time' | 'condition' }`.
 */
export interface SleepStep extends StepBase {
  readonly kind: 'sleep';
  readonly for?: DurationSpec;
  /** ms since the epoch, or a template that renders to that or to an ISO 8601 timestamp. */
  readonly moment?: number | { readonly template: string };
  /** Condition that ends it. */
  readonly until?: string;
}

/** A step, by its kind: leaves (task, variables, signal, sleep, approval, sync) and what holds others (group, choice, vote, workflow, map). */
export type Step =
  | TaskStep
  | VariablesStep
  | GroupStep
  | ChoiceStep
  | NestedStep
  | SignalStep
  | SleepStep
  | SyncStep
  | VoteStep
  | MapStep
  | ApprovalStep;

/** One value that a workflow is started with, or gives back. */
export interface ValueDeclaration {
  /** JSON Schema of the value; absent: anything. */
  readonly schema?: JsonObject;
  /** Of inputs: it must be given. Of outputs: it must be there. */
  readonly required: boolean;
  /** Of inputs: taken where it is not given. */
  readonly default?: Json;
  readonly description?: string;
}

/** A workflow in its one internal form. */
export interface Workflow {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly dialect: Dialect;
  /** `engine`: execution rules of the engine dialect (see the dialect's reader). */
  readonly compat?: 'engine';
  /** The file it was read from, for messages. */
  readonly file?: string;
  /** Initial variables; may hold templates over the input. */
  readonly variables: JsonObject;
  /** What it is started with, by name. Absent: anything goes. Wrong or missing values are refused with INPUT_INVALID. */
  readonly inputs?: Readonly<Record<string, ValueDeclaration>>;
  /** What it gives back, by name: checked at its end; what is wrong fails it with OUTPUT_INVALID. */
  readonly outputTypes?: Readonly<Record<string, ValueDeclaration>>;
  /** Initial values of the shared context, by key; may hold templates over the input. */
  readonly shared?: JsonObject;
  /** Conflicts over the shared context in the root group. */
  readonly conflicts?: ConflictSettings;
  /** Keys and domains that are never to be touched by two steps at once. */
  readonly criticalDomains?: readonly string[];
  /** What all steps of it may take together. */
  readonly limits?: WorkflowLimits;
  /** What its runs may spend; of a nested workflow, the step that it is nested in says what it may spend. Absent: nothing limits them. */
  readonly budget?: RunBudget;
  /** How closely its runs are watched. Absent: monitored. */
  readonly oversight?: Oversight;
  readonly steps: readonly Step[];
  /** How the root group runs. Default graph. */
  readonly mode: 'graph' | 'sequential';
  /** Rendered at the end: the run's outputs. Absent: outputs by step. */
  readonly outputs?: JsonObject;
  readonly onFailure: FailurePolicy;
  /**
   * Which ends have its completed steps undone that say how (`compensate`): of its own, and of the workflows that it stands in. Bodies of
   * maps go by what holds them. Absent: only groups that say so undo what they did.
   */
  readonly compensateOn?: readonly CompensationCause[];
  /** Whether a skipped dependency counts as satisfied (default) or makes its dependents skip too. */
  readonly onSkip: 'satisfy' | 'propagate';
  readonly onStepFailure: readonly Step[];
  readonly onWorkflowFailure: readonly Step[];
  /** Condition under which `selectWorkflow` chooses it for a task. */
  readonly trigger?: string;
  /** Whatever else the file said about its context; kept, not interpreted. */
  readonly context?: JsonObject;
}

/** Every step of a workflow, depth first, members, branches and voters included; nested workflows and bodies of maps are not entered. */
export function* everyStep(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    if (step.kind === 'group') yield* everyStep(step.steps);
    if (step.kind === 'vote') yield* votersOf(step);
    if (step.kind === 'choice') {
      yield* everyStep(step.then);
      yield* everyStep(step.otherwise);
    }
  }
}

/** The tasks of a vote: its voters and, where it has one, its judge. */
export function votersOf({ steps, judge }: VoteStep): readonly TaskStep[] {
  return judge === undefined ? steps : [...steps, judge];
}

/** What evaluating a condition or a template can see. `steps` holds outputs by step id. */
export interface Scope {
  readonly variables: Readonly<Record<string, Json | undefined>>;
  readonly steps: Readonly<Record<string, Json | undefined>>;
  /** Current values of the shared context, by key; absent where a workflow has none. */
  readonly shared?: Readonly<Record<string, Json | undefined>>;
}
