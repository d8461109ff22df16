/**
 * Workflows written in TypeScript, typed from inputs to outputs:
 *
 *     const release = defineWorkflow({ name: 'release', input: z.object({ repo: z.string() }) })
 *       .step('plan', { persona: 'planner', params: ({ input }) => ({ repo: input.repo }), output: z.object({ files: z.array(z.string()) }) })
 *       .step('build', { persona: 'builder', timeout: '30m', retries: 2, params: ({ steps }) => ({ files: steps.plan.files }) })
 *       .outputs(({ steps }) => ({ built: steps.build }))
 *       .build();
 *
 * Callbacks run once, while the workflow is being built; what they return is written down as templates of the native dialect. A step
 * that refers to the output of another one depends on it without saying so. Each call adds to the same builder and returns it under
 * a richer type. What `build` returns is what a YAML file of the same content is read as.
 */
import { builtBase, conditionText, template } from './builder-base.ts';
import { checkBuilt } from './builder-check.ts';
import { builtGroup, type GroupOptions } from './builder-groups.ts';
import { StepList } from './builder-list.ts';
import { builtMap, type ItemOf, type ItemReferences, itemReferences, type KnownInMap, type MapOptions } from './builder-maps.ts';
import { checkOptions } from './builder-option-keys.ts';
import type {
  ConditionOption,
  FromScope,
  GivenMap,
  Known,
  NestedOptions,
  NewId,
  OutputOf,
  Schema,
  SignalOptions,
  StepOptions,
  WithSteps,
  WithVariables,
  WorkflowOptions,
} from './builder-options.ts';
import { builtCondition, builtValues } from './builder-scope.ts';
import { builtSync, type SyncOptions } from './builder-sync.ts';
import { builtTask, type StoredParts, type StoredValues, type TaskOptions } from './builder-task.ts';
import { builtDuration } from './builder-timing.ts';
import { builtVote, type VoteOptions, type VoteResultOf } from './builder-votes.ts';
import { type AnyWorkflowOptions, builtBody, builtWorkflow } from './builder-workflow.ts';
import type { AnyReference, Reference, ResolvedMap } from './reference.ts';
import type { GroupStep, Workflow } from './workflow.ts';

declare const TYPES: unique symbol;
declare const PLACE: unique symbol;

/** A workflow whose input and outputs have known types. At run time it is a plain workflow. */
export type TypedWorkflow<Input = unknown, Outputs = unknown> = Workflow & {
  readonly [TYPES]?: { readonly input: Input; readonly outputs: Outputs };
};

/** What a list of steps is of: a whole workflow, the body of a map, or a part (a group, a branch, a failure handler). */
type Place = 'workflow' | 'body' | 'part';
/** What is given back where nothing is said of outputs: those of all steps; of the only step in the body of a map, its output. */
type Default<In extends Place, Own, Output, NextOwn> = In extends 'body' ? ([keyof Own] extends [never] ? Output : NextOwn) : NextOwn;

/** A list of steps being built: of a workflow, a group, a branch or a failure handler. */
export type Steps<K extends Known, Own> = WorkflowBuilder<K, Own, 'part'>;
/** Adds the members of a group to an empty list of steps; what it returns says which steps there are. */
export type Members<K extends Known, Inner extends Known, Own> = (members: Steps<K, object>) => Steps<Inner, Own>;
/** Adds the steps of a map's body to an empty list; what it returns says what an item gives. */
export type Body<K extends Known, Inner extends Known, Own, Item, Result> = (
  steps: WorkflowBuilder<K, object, 'body'>,
  at: ItemReferences<Item>,
) => WorkflowBuilder<Inner, Own, 'body', Result>;

/** Adds the steps of a branch or failure handler, which nothing outside refers to. */
export type Branch<K extends Known> = (members: Steps<K, object>) => unknown;

/** Starts a workflow. Durations given as numbers are milliseconds; texts have a unit ("30s", "1h30m"). */
export function defineWorkflow<
  const Input extends Schema = undefined,
  Variables extends GivenMap = Record<never, never>,
  Shared extends GivenMap = Record<never, never>,
>(
  options: WorkflowOptions<Input, Variables, Shared>,
): WorkflowBuilder<
  { input: OutputOf<Input>; variables: ResolvedMap<Variables>; shared: ResolvedMap<Shared>; steps: Record<never, never> },
  Record<never, never>,
  'workflow'
> {
  return new WorkflowBuilder(options, StepList.root());
}

/** See `defineWorkflow`. Every method adds to this builder; errors are TroupeErrors with the code DEFINITION_INVALID. */
export class WorkflowBuilder<K extends Known, Own, In extends Place, Outputs = Own> {
  /** Only for the type: a part of a workflow is not a workflow. */
  declare readonly [PLACE]: In;
  private readonly options: AnyWorkflowOptions;
  private readonly list: StepList;
  private readonly onStepFailureList: StepList;
  private readonly onWorkflowFailureList: StepList;
  private workflowOutputs: Workflow['outputs'];

  constructor(options: AnyWorkflowOptions, list: StepList) {
    this.options = options;
    this.list = list;
    this.onStepFailureList = list.beside();
    this.onWorkflowFailureList = list.beside();
  }

  /** Work for an agent: found by the persona, or by a registered step type. */
  step<const Id extends string, Output extends Schema = undefined, Stored extends StoredParts = Record<never, never>>(
    id: NewId<K, Id>,
    options: TaskOptions<K, Output, Stored>,
  ) {
    checkOptions(id, 'step', options);
    this.list.add(builtTask<K, Output>(this.list, id, options, this.options.defaults ?? {}));
    return this.as<WithVariables<WithSteps<K, Record<Id, OutputOf<Output>>>, StoredValues<Stored>>, Id, OutputOf<Output>>();
  }

  /** Sets variables of the run; later steps refer to them as `variables.<name>`. */
  set<const Id extends string, Values extends GivenMap>(id: NewId<K, Id>, values: FromScope<K, Values>, options: StepOptions<K> = {}) {
    checkOptions(id, 'set', options);
    const set = builtValues(this.list, values, `the variables of "${id}"`);
    this.list.add({ ...builtBase(this.list, id, 'variables', options, { texts: [template(set)] }), kind: 'variables', set });
    this.list.sets(Object.keys(set), id);
    return this.as<WithVariables<K, ResolvedMap<Values>>, Id, null>();
  }

  /** Members at the same time, apart from what they need of each other. */
  parallel<const Id extends string, Inner extends Known, InnerOwn>(
    id: NewId<K, Id>,
    options: GroupOptions<K>,
    members: Members<K, Inner, InnerOwn>,
  ) {
    return this.members(id, 'parallel', options, members);
  }

  /** Members one after the other. */
  sequence<const Id extends string, Inner extends Known, InnerOwn>(
    id: NewId<K, Id>,
    options: GroupOptions<K>,
    members: Members<K, Inner, InnerOwn>,
  ) {
    return this.members(id, 'sequential', options, members);
  }

  /** Members in the order of their dependencies. */
  group<const Id extends string, Inner extends Known, InnerOwn>(
    id: NewId<K, Id>,
    options: GroupOptions<K>,
    members: Members<K, Inner, InnerOwn>,
  ) {
    return this.members(id, 'graph', options, members);
  }

  /** One of two branches. The steps of a branch are not seen from outside: the branch may not have been taken. */
  choice<const Id extends string>(
    id: NewId<K, Id>,
    options: Omit<StepOptions<K>, 'condition'> & {
      readonly condition: ConditionOption<K>;
      readonly then?: Branch<K>;
      readonly otherwise?: Branch<K>;
    },
  ) {
    checkOptions(id, 'choice', options);
    const { condition, then, otherwise, ...rest } = options;
    const when = builtCondition(this.list, condition, `the condition of "${id}"`);
    const branch = (members: Branch<K> | undefined) => {
      const list = this.list.inside(id);
      members?.(new WorkflowBuilder(this.options, list) as Steps<K, object>);
      return list.steps;
    };
    const branches = { then: branch(then), otherwise: branch(otherwise) };
    this.list.add({
      ...builtBase(this.list, id, 'conditional', rest, { texts: [conditionText(when)] }),
      kind: 'choice',
      when,
      ...branches,
    });
    return this.as<WithSteps<K, Record<Id, unknown>>, Id, unknown>();
  }

  /** Another workflow inside this one, with variables of its own; its outputs are the step's. */
  nested<const Id extends string, Input, NestedOutputs>(
    id: NewId<K, Id>,
    workflow: TypedWorkflow<Input, NestedOutputs>,
    options: NestedOptions<K, Input> = {},
  ) {
    checkOptions(id, 'nested', options);
    const inputs = builtValues(this.list, options.inputs ?? {}, `the inputs of "${id}"`);
    this.list.add({
      ...builtBase(this.list, id, 'workflow', options, { texts: [template(inputs)] }),
      kind: 'workflow',
      ref: workflow.name,
      workflow,
      inputs,
    });
    return this.as<WithSteps<K, Record<Id, NestedOutputs>>, Id, NestedOutputs>();
  }

  /** Waits for a signal from outside; its payload is the step's output. */
  waitForSignal<const Id extends string, Output extends Schema = undefined>(id: NewId<K, Id>, options: SignalOptions<K, Output> = {}) {
    checkOptions(id, 'signal', options);
    const { signal = id, timeout } = options;
    const limit = timeout === undefined ? {} : { timeout: builtDuration(timeout) };
    this.list.add({ ...builtBase(this.list, id, 'wait-for-signal', options), kind: 'signal', signal, ...limit });
    return this.as<WithSteps<K, Record<Id, OutputOf<Output>>>, Id, OutputOf<Output>>();
  }

  /** A place where steps of the same group meet. Steps that depend on it wait until all its members have arrived. */
  syncPoint<const Id extends string>(id: NewId<K, Id>, options: SyncOptions<K>) {
    checkOptions(id, 'sync', options);
    this.list.add(builtSync(this.list, id, options));
    return this.as<WithSteps<K, Record<Id, unknown>>, Id, unknown>();
  }

  /** Several agents answer the same task, and the answers become one. A tie that nobody decides waits for the signal `<id>.decision`. */
  vote<const Id extends string, Output extends Schema = undefined, Choice extends AnyReference | undefined = Reference<OutputOf<Output>>>(
    id: NewId<K, Id>,
    options: VoteOptions<K, Output, Choice>,
  ) {
    checkOptions(id, 'vote', options);
    this.list.add(builtVote<K, Output, Choice>(this.list, id, options, this.options.defaults ?? {}));
    return this.as<WithSteps<K, Record<Id, VoteResultOf<Output, Choice>>>, Id, VoteResultOf<Output, Choice>>();
  }

  /**
   * The same steps for every item of a list. The body sees what the map sees; the map depends on it. It gives the list of what the body
   * gives, in order, with null for items that failed.
   */
  map<
    const Id extends string,
    Over extends string | AnyReference | undefined,
    Inner extends Known,
    InnerOwn,
    Result,
    const As extends string = 'item',
  >(
    id: NewId<K, Id>,
    options: MapOptions<K, Over, As>,
    body: Body<KnownInMap<K, ItemOf<Over>, As>, Inner, InnerOwn, ItemOf<Over>, Result>,
  ) {
    checkOptions(id, 'map', options);
    const { as = 'item' } = options;
    const references = itemReferences<ItemOf<Over>>(id, as);
    const list = this.list.body([as, 'index']);
    const inner = new WorkflowBuilder<KnownInMap<K, ItemOf<Over>, As>, object, 'body'>(
      { ...this.options, name: `${this.options.name}/${id}` },
      list,
    );
    body(inner, references);
    this.list.add(builtMap(this.list, id, options, list, builtBody(this.options, id, list, inner.workflowOutputs)));
    return this.as<WithSteps<K, Record<Id, (Result | null)[]>>, Id, (Result | null)[]>();
  }

  /** What the run, or an item of a map, gives back, rendered at its end. Without it: the outputs by step. */
  outputs<Values extends GivenMap>(this: WorkflowBuilder<K, Own, 'workflow' | 'body', Outputs>, values: FromScope<K, Values>) {
    this.workflowOutputs = builtValues(this.list, values, 'the outputs');
    return this as unknown as WorkflowBuilder<K, Own, In, ResolvedMap<Values>>;
  }

  /** Steps that run when a step has failed for good. */
  onStepFailure(this: WorkflowBuilder<K, Own, 'workflow', Outputs>, steps: Branch<K>) {
    steps(new WorkflowBuilder(this.options, this.onStepFailureList) as Steps<K, object>);
    return this as unknown as WorkflowBuilder<K, Own, In, Outputs>;
  }

  /** Steps that run when the run has failed. */
  onWorkflowFailure(this: WorkflowBuilder<K, Own, 'workflow', Outputs>, steps: Branch<K>) {
    steps(new WorkflowBuilder(this.options, this.onWorkflowFailureList) as Steps<K, object>);
    return this as unknown as WorkflowBuilder<K, Own, In, Outputs>;
  }

  /** The workflow, checked as a file would be. Throws DEFINITION_INVALID naming every problem. */
  build(this: WorkflowBuilder<K, Own, 'workflow', Outputs>): TypedWorkflow<K['input'], Outputs> {
    const workflow = builtWorkflow(this.options, {
      steps: this.list,
      onStepFailure: this.onStepFailureList,
      onWorkflowFailure: this.onWorkflowFailureList,
      outputs: this.workflowOutputs,
    });
    checkBuilt(workflow);
    return workflow;
  }

  private members<Id extends string, Inner extends Known, InnerOwn>(
    id: Id,
    mode: GroupStep['mode'],
    options: GroupOptions<K>,
    members: Members<K, Inner, InnerOwn>,
  ) {
    const list = this.list.inside(id);
    members(new WorkflowBuilder(this.options, list) as Steps<K, object>);
    this.list.add(builtGroup(this.list, id, mode, options, list));
    type Next = WithSteps<WithVariables<K, Inner['variables']>, InnerOwn & Record<Id, unknown>>;
    return this as unknown as WorkflowBuilder<
      Next,
      Own & InnerOwn & Record<Id, unknown>,
      In,
      Default<In, Own, unknown, Own & InnerOwn & Record<Id, unknown>>
    >;
  }

  private as<Next extends Known, Id extends string, Output>() {
    return this as unknown as WorkflowBuilder<Next, Own & Record<Id, Output>, In, Default<In, Own, Output, Own & Record<Id, Output>>>;
  }
}
