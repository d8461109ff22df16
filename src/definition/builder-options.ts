import type { AnyReference, Given, Reference, WithReferences } from './reference.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { FailurePolicy } from './workflow.ts';

/** What a builder knows by type at one point: the input, the variables, and the outputs of the steps written so far. */
export interface Known {
  readonly input: unknown;
  readonly variables: object;
  readonly steps: object;
}

/** What a callback of the builder sees: references, typed like the values they will be. */
export interface BuildScope<K extends Known> {
  readonly input: Reference<K['input']>;
  readonly variables: { readonly [Name in keyof K['variables']]: Reference<K['variables'][Name]> };
  readonly steps: { readonly [Id in keyof K['steps']]: Reference<K['steps'][Id]> };
}

/** A value, or a callback that makes it from references. */
export type FromScope<K extends Known, Value> = Value | ((scope: BuildScope<K>) => Value);

/** Parameters, inputs or variables: named values with references in them. */
export type GivenMap = Readonly<Record<string, WithReferences | undefined>>;

/** A condition: source text of the native dialect, or a reference that counts as true or false (see `when`). */
export type ConditionOption<K extends Known> = FromScope<K, string | AnyReference>;

/** Milliseconds, a text with a unit ("30s", "1h30m"), or a template that renders to either. */
export type DurationOption = number | string;

/** Further attempts after a failed one, as a number, or with the pattern of waits between them. */
export type RetriesOption =
  | number
  | {
      readonly max: number;
      /** Default exponential. */
      readonly strategy?: 'fixed' | 'exponential';
      /** Wait before the first retry. Default 1 s. */
      readonly delay?: DurationOption;
      /** Each further wait is this many times longer. Default 2. */
      readonly factor?: number;
      /** No wait is longer than this. Default 60 s. */
      readonly maxDelay?: DurationOption;
      /** Up to this share is added at random. Default 0.1. */
      readonly jitter?: number;
    };

export interface TimingOptions {
  readonly timeout?: DurationOption;
  readonly retries?: RetriesOption;
}

/** What every step may say. */
export interface StepOptions<K extends Known> {
  /** For people. Default: the id. */
  readonly name?: FromScope<K, string>;
  readonly description?: string;
  /** Steps that must have ended first, beside those whose outputs this one refers to. */
  readonly after?: (keyof K['steps'] & string) | readonly (keyof K['steps'] & string)[];
  /** The step is skipped when this is false. */
  readonly condition?: ConditionOption<K>;
}

export interface TaskOptions<K extends Known, Output extends StandardSchema | undefined> extends StepOptions<K>, TimingOptions {
  /** The role that is asked. */
  readonly persona?: string;
  /** A registered step type. Default `persona-request`, which needs a persona. */
  readonly type?: string;
  readonly params?: FromScope<K, GivenMap>;
  /** Says of which type the step's output is; later steps refer to it by that type. Not enforced in a run. */
  readonly output?: Output;
  readonly onAmbiguous?: 'rerun' | 'escalate';
}

export interface GroupOptions<K extends Known> extends StepOptions<K> {
  /** Default `all`: the group ends with its last member; `any`: with its first success. */
  readonly waitFor?: 'all' | 'any';
}

export interface SignalOptions<K extends Known, Output extends StandardSchema | undefined> extends StepOptions<K> {
  /** Name of the signal. Default: the step's id. */
  readonly signal?: string;
  readonly timeout?: DurationOption;
  /** The type of the signal's payload. */
  readonly output?: Output;
}

export interface NestedOptions<K extends Known, Input> extends StepOptions<K> {
  readonly inputs?: FromScope<K, Given<Input> & GivenMap>;
}

/** The head of a workflow. */
export interface WorkflowOptions<Input extends StandardSchema | undefined, Variables> {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /** Says of which type the run's input is. Not enforced in a run. */
  readonly input?: Input;
  /** Initial variables. */
  readonly variables?: Variables;
  /** For every task that gives none of its own. */
  readonly defaults?: TimingOptions;
  /** Default graph. */
  readonly mode?: 'graph' | 'sequential';
  /** Default continue. */
  readonly onFailure?: FailurePolicy;
  /** Default satisfy. */
  readonly onSkip?: 'satisfy' | 'propagate';
  /** Condition under which `selectWorkflow` chooses the workflow for a task. */
  readonly trigger?: string;
}
