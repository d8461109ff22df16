import type { BudgetOptions, SpendingOptions } from './builder-budget.ts';
import type { ConflictOptions } from './builder-conflicts.ts';
import type { LimitOptions } from './builder-limits.ts';
import type { OversightOptions } from './builder-oversight.ts';
import type { RecoveryOptions } from './builder-recovery.ts';
import type { DeclarationOption } from './builder-schema.ts';
import type { TimingOptions } from './builder-timing.ts';
import type { OversightMode } from './oversight.ts';
import type { AnyReference, Given, Reference, WithReferences } from './reference.ts';
import type { SchemaOutput, StandardSchema } from './standard-schema.ts';
import type { CompensationCause } from './step-data.ts';
import type { FailurePolicy } from './workflow.ts';
import type { WorkflowLimits } from './workflow-limits.ts';

/** What a builder knows by type at one point: the input, the variables, the shared context, and the outputs of the steps written so far. */
export interface Known {
  readonly input: unknown;
  readonly variables: object;
  readonly shared: object;
  readonly steps: object;
}

/** A schema, or none: then nothing is known of the value. */
export type Schema = StandardSchema | undefined;
/** The type of what a schema lets through. */
export type OutputOf<S extends Schema> = S extends StandardSchema ? SchemaOutput<S> : unknown;
/** An id that no earlier step has. */
export type NewId<K extends Known, Id extends string> = Id & (Id extends keyof K['steps'] ? never : unknown);
/** The id of an earlier step. */
export type StepId<K extends Known> = keyof K['steps'] & string;
/** A key of the shared context: one of those it begins with; any, where it begins with nothing. */
export type SharedKey<K extends Known> = [keyof K['shared']] extends [never] ? string : keyof K['shared'] & string;
/** What is known once further steps have been written. */
export type WithSteps<K extends Known, Added> = {
  input: K['input'];
  variables: K['variables'];
  shared: K['shared'];
  steps: K['steps'] & Added;
};
/** What is known once variables have been set, those of the same name before them forgotten. */
export type WithVariables<K extends Known, Added> = [keyof Added] extends [never]
  ? K
  : { input: K['input']; variables: Omit<K['variables'], keyof Added> & Added; shared: K['shared']; steps: K['steps'] };

/** What a callback of the builder sees: references, typed like the values they will be. */
export interface BuildScope<K extends Known> {
  readonly input: Reference<K['input']>;
  readonly variables: { readonly [Name in keyof K['variables']]: Reference<K['variables'][Name]> };
  /** Values of the shared context as they are when the text is rendered. */
  readonly shared: [keyof K['shared']] extends [never]
    ? { readonly [key: string]: Reference }
    : { readonly [Key in keyof K['shared']]: Reference<K['shared'][Key]> };
  readonly steps: { readonly [Id in keyof K['steps']]: Reference<K['steps'][Id]> };
}

/** A value, or a callback that makes it from references. */
export type FromScope<K extends Known, Value> = Value | ((scope: BuildScope<K>) => Value);

/** Parameters, inputs or variables: named values with references in them. */
export type GivenMap = Readonly<Record<string, WithReferences | undefined>>;

/** A condition: source text of the native dialect, or a reference that counts as true or false (see `when`). */
export type ConditionOption<K extends Known> = string | AnyReference | ((scope: BuildScope<K>) => string | AnyReference | undefined);

/**
 * A step that must have ended first; as a map, with what is special about waiting for it. `hard` (default): it must have ended well. `soft`:
 * order only. `conditional`, which `when` implies: the edge is taken when the other has completed and `when` holds; at least one of a
 * step's conditional edges must be taken, else it is skipped. `data`: paths ("report.findings") that its output must have.
 */
export type AfterOption<K extends Known> =
  | StepId<K>
  | {
      readonly step: StepId<K>;
      readonly kind?: 'hard' | 'soft' | 'conditional';
      readonly when?: ConditionOption<K>;
      readonly data?: string | readonly string[];
    };

/** What every step may say. */
export interface StepOptions<K extends Known> {
  /** For people. Default: the id. */
  readonly name?: FromScope<K, string>;
  readonly description?: string;
  /** Steps that must have ended first, beside those whose outputs this one refers to. */
  readonly after?: AfterOption<K> | readonly AfterOption<K>[];
  /** The step is skipped when this is false. */
  readonly condition?: ConditionOption<K>;
  /** Id of a step beside it, which may be written later: it runs when this one has failed, and stands in for it. */
  readonly fallback?: string;
  /** What its failure means for its group; of what holds other steps, what it means that one of those fails. Default: what is said around it. */
  readonly onFailure?: FailurePolicy;
  /** Of a failure handler: the steps for whose failures it is there. Default: all. */
  readonly forSteps?: readonly string[];
}

export interface NestedOptions<K extends Known, Input> extends StepOptions<K>, RecoveryOptions, SpendingOptions, LimitOptions {
  readonly inputs?: FromScope<K, Given<Input> & GivenMap>;
}

/** The head of a workflow. */
export interface WorkflowOptions<Input extends Schema, Variables, Shared> extends RecoveryOptions {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /**
   * Says of which type the run's input is. A zod object is also enforced at the start of a run, member by member, with its defaults
   * filled in; transformations and refinements are not. Any other schema is for the types only.
   */
  readonly input?: Input;
  /** Declarations of the run's input beside those that `input` gives, or in place of them, by name. */
  readonly inputs?: Readonly<Record<string, DeclarationOption>>;
  /** What the outputs must be, by name, or as one zod object: checked at the end of the run. */
  readonly outputTypes?: StandardSchema | Readonly<Record<string, DeclarationOption>>;
  /** Initial variables. */
  readonly variables?: Variables;
  /** Initial values of the shared context, by key. They say which keys there are, and of which types. */
  readonly shared?: Shared;
  /** How conflicts over the shared context are settled where a group does not say. */
  readonly conflicts?: ConflictOptions;
  /** Keys of the shared context and domains that are never to be touched by two steps at once. */
  readonly critical?: readonly string[];
  /** What all its steps may take together: in its plan, and while it runs. */
  readonly limits?: WorkflowLimits;
  /** What runs may spend on tokens. Default: nothing limits them. */
  readonly budget?: BudgetOptions;
  /** Which tasks people approve before they begin, and who is asked on what terms. Default monitored. */
  readonly oversight?: OversightMode | OversightOptions;
  /** For every task that gives none of its own. */
  readonly defaults?: TimingOptions;
  /** Default graph. */
  readonly mode?: 'graph' | 'sequential';
  /** Default continue. */
  readonly onFailure?: FailurePolicy;
  /** When completed steps with `compensate` are undone, the last first. Default on both. */
  readonly compensateOn?: CompensationCause | readonly CompensationCause[] | 'never';
  /** Default satisfy. */
  readonly onSkip?: 'satisfy' | 'propagate';
  /** Condition under which `selectWorkflow` chooses the workflow for a task. */
  readonly trigger?: string;
}
