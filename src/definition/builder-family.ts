/**
 * What the families of builder methods stand on. Each family is a class in a file of its own (`builder-<family>-steps.ts`) that extends the
 * one before it; `WorkflowBuilder` extends the last. A method adds to `this.list` and returns the same builder under a richer type.
 *
 * A family cannot name the builder it will be part of. It is given that type by name instead (`Kind`, see `Grown`), as one gives a function
 * that is applied later.
 */
import type { JsonObject } from '../protocol/json.ts';
import type { StepList } from './builder-list.ts';
import type { Known, WithSteps } from './builder-options.ts';
import { refused } from './builder-refusal.ts';
import type { AnyWorkflowOptions } from './builder-workflow.ts';

declare const PLACE: unique symbol;

/** What a list of steps is of: a whole workflow, the body of a map, or a part (a group, a branch, a failure handler). */
export type Place = 'workflow' | 'body' | 'part';

/** A builder by what it knows (`K`), the outputs of its own steps, what it is of, and what it gives back: `type`, with the others put in. */
export interface BuilderKind {
  readonly known: Known;
  readonly own: unknown;
  readonly place: Place;
  readonly outputs: unknown;
  readonly type: unknown;
}

/** The builder of a kind, for these types. */
export type Grown<Kind extends BuilderKind, K extends Known, Own, In extends Place, Outputs = Own> = (Kind & {
  readonly known: K;
  readonly own: Own;
  readonly place: In;
  readonly outputs: Outputs;
})['type'];

/** What is given back where nothing is said of outputs: those of all steps; of the only step in the body of a map, its output. */
type Default<In extends Place, Own, Output, NextOwn> = In extends 'body' ? ([keyof Own] extends [never] ? Output : NextOwn) : NextOwn;

/** The builder once it has another step: `Next` is known after it. */
export type Then<Kind extends BuilderKind, Next extends Known, Own, In extends Place, Id extends string, Output> = Grown<
  Kind,
  Next,
  Own & Record<Id, Output>,
  In,
  Default<In, Own, Output, Own & Record<Id, Output>>
>;

/** The builder once it has a step that only adds its own output to what is known. */
export type ThenStep<Kind extends BuilderKind, K extends Known, Own, In extends Place, Id extends string, Output> = Then<
  Kind,
  WithSteps<K, Record<Id, Output>>,
  Own,
  In,
  Id,
  Output
>;

/** The builder once it has a group, whose members are seen from outside. */
export type ThenGroup<Kind extends BuilderKind, Next extends Known, Own, In extends Place, Added> = Grown<
  Kind,
  Next,
  Own & Added,
  In,
  Default<In, Own, unknown, Own & Added>
>;

/** Adds the members of a group to an empty list of steps; what it returns says which steps there are. */
export type Members<Kind extends BuilderKind, K extends Known, Inner extends Known, Own> = (
  members: Grown<Kind, K, object, 'part'>,
) => Grown<Kind, Inner, Own, 'part'>;

/** Adds the steps of a branch or failure handler, which nothing outside refers to. */
export type Branch<Kind extends BuilderKind, K extends Known> = (members: Grown<Kind, K, object, 'part'>) => unknown;

/** The part of a builder that its families share: the list it adds to, and the head of the workflow. */
export abstract class StepFamily<In extends Place> {
  /** Only for the type: a part of a workflow is not a workflow. */
  declare readonly [PLACE]: In;
  protected readonly options: AnyWorkflowOptions;
  protected readonly list: StepList;
  protected workflowOutputs: JsonObject | undefined;

  constructor(options: AnyWorkflowOptions, list: StepList) {
    this.options = options;
    this.list = list;
  }

  /** A builder like this one over another list. */
  protected over(list: StepList, options: AnyWorkflowOptions = this.options): this {
    return new (this.constructor as new (options: AnyWorkflowOptions, list: StepList) => this)(options, list);
  }

  /** Lets a callback add steps to a builder; throws DEFINITION_INVALID where it is no function. */
  protected fill(id: string, add: unknown, inner: this, ...given: readonly unknown[]): void {
    if (typeof add !== 'function') {
      throw refused(
        'VALUE_TYPE',
        `what "${id}" holds must be a function that adds its steps`,
        'write (steps) => steps.step(…) as the last argument',
      );
    }
    add(inner, ...given);
  }
}
