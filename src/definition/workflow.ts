/**
 * The one internal form of a workflow. Every reader (native YAML, engine YAML, the TypeScript builder) produces it and
 * nothing behind the readers knows where it came from. It is plain JSON: a run keeps its own copy, named by content hash.
 *
 * Strings inside `params`, `variables`, `inputs`, `outputs` and `set` may hold templates of the workflow's dialect;
 * conditions are kept as source. Durations are milliseconds; a template stays a template and is read when the step starts.
 */
import type { Json, JsonObject } from '../protocol/json.ts';

/** Which expression and template language a workflow's texts are written in. */
export type Dialect = 'native' | 'engine';

/** A duration: milliseconds, or a template that renders to a number of `unit`s or a string such as "30m". */
export type DurationSpec = number | { readonly template: string; readonly unit: 's' | 'ms' };

/** How often and how patiently a failed attempt is tried again. */
export interface RetryPolicy {
  /** Further attempts after the first: 0 means one attempt. */
  readonly retries: number | { readonly template: string };
  /** Wait before the first retry, ms. Default 1000. */
  readonly delayMs: number;
  /** Each further wait is this many times longer. Default 2. */
  readonly factor: number;
  /** No wait is longer than this, ms. Default 60000. */
  readonly maxDelayMs: number;
  /** Up to this share is added at random, from the run's seed. Default 0.1. */
  readonly jitter: number;
  /** `timeout`: only timed-out attempts are tried again (engine dialect). */
  readonly on: 'failure' | 'timeout';
}

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
  readonly condition?: string;
  readonly position?: SourcePosition;
}

/** Work for an agent: found by step type first, then by persona. */
export interface TaskStep extends StepBase {
  readonly kind: 'task';
  readonly persona?: string;
  readonly params: JsonObject;
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
export interface GroupStep extends StepBase {
  readonly kind: 'group';
  readonly mode: 'parallel' | 'sequential' | 'graph';
  readonly waitFor: 'all' | 'any';
  readonly steps: readonly Step[];
}

/** Either branch; the other one's members are skipped. `when` is the question. */
export interface ChoiceStep extends StepBase {
  readonly kind: 'choice';
  readonly when: string;
  readonly then: readonly Step[];
  readonly otherwise: readonly Step[];
}

/** Another workflow run inside this one, with variables of its own. */
export interface NestedStep extends StepBase {
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
  readonly timeout?: DurationSpec;
}

/** A step, by its kind: leaves (task, variables, signal) and what holds others (group, choice, workflow). */
export type Step = TaskStep | VariablesStep | GroupStep | ChoiceStep | NestedStep | SignalStep;

/** What happens to the rest when a step has failed for good. */
export type FailurePolicy = 'continue' | 'stop' | 'best_effort';

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
  readonly steps: readonly Step[];
  /** How the root group runs. Default graph. */
  readonly mode: 'graph' | 'sequential';
  /** Rendered at the end: the run's outputs. Absent: outputs by step. */
  readonly outputs?: JsonObject;
  readonly onFailure: FailurePolicy;
  /** Whether a skipped dependency counts as satisfied (default) or makes its dependents skip too. */
  readonly onSkip: 'satisfy' | 'propagate';
  readonly onStepFailure: readonly Step[];
  readonly onWorkflowFailure: readonly Step[];
  /** Condition under which `selectWorkflow` chooses it for a task. */
  readonly trigger?: string;
  /** Whatever else the file said about its context; kept, not interpreted. */
  readonly context?: JsonObject;
}

/** Every step of a workflow, depth first, members and branches included; nested workflows are not entered. */
export function* everyStep(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    if (step.kind === 'group') yield* everyStep(step.steps);
    if (step.kind === 'choice') {
      yield* everyStep(step.then);
      yield* everyStep(step.otherwise);
    }
  }
}

/** Defaults of the retry policy: 3 tries' worth of patience is the user's to ask for; the shape is 1 s, doubled, capped at 60 s, +0–10 %. */
export const RETRY_SHAPE: Omit<RetryPolicy, 'retries'> = { delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 0.1, on: 'failure' };

/** What evaluating a condition or a template can see. `steps` holds outputs by step id. */
export interface Scope {
  readonly variables: Readonly<Record<string, Json | undefined>>;
  readonly steps: Readonly<Record<string, Json | undefined>>;
}
