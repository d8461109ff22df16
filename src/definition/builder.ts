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
import type { JsonObject } from '../protocol/json.ts';
import { checkBuilt } from './builder-check.ts';
import { StepList } from './builder-list.ts';
import type {
  ConditionOption,
  FromScope,
  GivenMap,
  GroupOptions,
  Known,
  NestedOptions,
  SignalOptions,
  StepOptions,
  TaskOptions,
  WorkflowOptions,
} from './builder-options.ts';
import { builtBase, builtCondition, builtMap, builtTask } from './builder-steps.ts';
import { builtDuration } from './builder-timing.ts';
import type { ResolvedMap } from './reference.ts';
import type { SchemaOutput, StandardSchema } from './standard-schema.ts';
import type { GroupStep, Workflow } from './workflow.ts';

declare const TYPES: unique symbol;
declare const ROOT: unique symbol;

/** A workflow whose input and outputs have known types. At run time it is a plain workflow. */
export type TypedWorkflow<Input = unknown, Outputs = unknown> = Workflow & {
  readonly [TYPES]?: { readonly input: Input; readonly outputs: Outputs };
};

type Schema = StandardSchema | undefined;
type OutputOf<S extends Schema> = S extends StandardSchema ? SchemaOutput<S> : unknown;
/** An id that no earlier step has. */
type NewId<K extends Known, Id extends string> = Id & (Id extends keyof K['steps'] ? never : unknown);
type WithSteps<K extends Known, Added> = { input: K['input']; variables: K['variables']; steps: K['steps'] & Added };
type WithVariables<K extends Known, Added> = { input: K['input']; variables: Omit<K['variables'], keyof Added> & Added; steps: K['steps'] };

/** A list of steps being built: of a workflow, a group, a branch or a failure handler. */
export type Steps<K extends Known, Own> = WorkflowBuilder<K, Own, false>;
/** Adds the members of a group to an empty list of steps; what it returns says which steps there are. */
export type Members<K extends Known, Inner extends Known, Own> = (members: Steps<K, object>) => Steps<Inner, Own>;

/** Adds the steps of a branch or failure handler, which nothing outside refers to. */
export type Branch<K extends Known> = (members: Steps<K, object>) => unknown;

/** Starts a workflow. Durations given as numbers are milliseconds; texts have a unit ("30s", "1h30m"). */
export function defineWorkflow<const Input extends Schema = undefined, Variables extends GivenMap = Record<never, never>>(
  options: WorkflowOptions<Input, Variables>,
): WorkflowBuilder<{ input: OutputOf<Input>; variables: ResolvedMap<Variables>; steps: Record<never, never> }, Record<never, never>, true> {
  return new WorkflowBuilder(options, new StepList());
}

/** See `defineWorkflow`. Every method adds to this builder; errors are TroupeErrors with the code DEFINITION_INVALID. */
export class WorkflowBuilder<K extends Known, Own, Root extends boolean, Outputs = Own> {
  /** Only for the type: a part of a workflow is not a workflow. */
  declare readonly [ROOT]: Root;
  private readonly options: WorkflowOptions<Schema, GivenMap>;
  private readonly list: StepList;
  private readonly onStepFailureList: StepList;
  private readonly onWorkflowFailureList: StepList;
  private workflowOutputs: Workflow['outputs'];

  constructor(options: WorkflowOptions<Schema, GivenMap>, list: StepList) {
    this.options = options;
    this.list = list;
    this.onStepFailureList = new StepList(undefined, undefined, list);
    this.onWorkflowFailureList = new StepList(undefined, undefined, list);
  }

  /** Work for an agent: found by the persona, or by a registered step type. */
  step<const Id extends string, Output extends Schema = undefined>(id: NewId<K, Id>, options: TaskOptions<K, Output>) {
    this.list.add(builtTask(this.list, id, options, this.options.defaults ?? {}));
    return this.as<WithSteps<K, Record<Id, OutputOf<Output>>>, Own & Record<Id, OutputOf<Output>>>();
  }

  /** Sets variables of the run; later steps refer to them as `variables.<name>`. */
  set<const Id extends string, Values extends GivenMap>(id: NewId<K, Id>, values: FromScope<K, Values>, options: StepOptions<K> = {}) {
    const set = builtMap(this.list, values, `the variables of "${id}"`);
    this.list.add({ ...builtBase(this.list, id, 'variables', options, [template(set)]), kind: 'variables', set });
    this.list.sets(Object.keys(set), id);
    return this.as<WithVariables<K, ResolvedMap<Values>>, Own>();
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
    options: StepOptions<K>,
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
    const { condition, then, otherwise, ...rest } = options;
    const when = builtCondition(this.list, condition);
    const branch = (members: Branch<K> | undefined) => {
      const list = new StepList(this.list, id);
      members?.(new WorkflowBuilder(this.options, list) as Steps<K, object>);
      return list.steps;
    };
    const branches = { then: branch(then), otherwise: branch(otherwise) };
    this.list.add({
      ...builtBase(this.list, id, 'conditional', rest, [{ kind: 'condition', value: when }]),
      kind: 'choice',
      when,
      ...branches,
    });
    return this.as<WithSteps<K, Record<Id, unknown>>, Own & Record<Id, unknown>>();
  }

  /** Another workflow inside this one, with variables of its own; its outputs are the step's. */
  nested<const Id extends string, Input, NestedOutputs>(
    id: NewId<K, Id>,
    workflow: TypedWorkflow<Input, NestedOutputs>,
    options: NestedOptions<K, Input> = {},
  ) {
    const inputs = builtMap(this.list, options.inputs ?? {}, `the inputs of "${id}"`);
    this.list.add({
      ...builtBase(this.list, id, 'workflow', options, [template(inputs)]),
      kind: 'workflow',
      ref: workflow.name,
      workflow,
      inputs,
    });
    return this.as<WithSteps<K, Record<Id, NestedOutputs>>, Own & Record<Id, NestedOutputs>>();
  }

  /** Waits for a signal from outside; its payload is the step's output. */
  waitForSignal<const Id extends string, Output extends Schema = undefined>(id: NewId<K, Id>, options: SignalOptions<K, Output> = {}) {
    const { signal = id, timeout } = options;
    const limit = timeout === undefined ? {} : { timeout: builtDuration(timeout) };
    this.list.add({ ...builtBase(this.list, id, 'wait-for-signal', options, []), kind: 'signal', signal, ...limit });
    return this.as<WithSteps<K, Record<Id, OutputOf<Output>>>, Own & Record<Id, OutputOf<Output>>>();
  }

  /** What the run gives back, rendered at its end. Without it: the outputs by step. */
  outputs<Values extends GivenMap>(this: WorkflowBuilder<K, Own, true, Outputs>, values: FromScope<K, Values>) {
    this.workflowOutputs = builtMap(this.list, values, 'the outputs');
    return this as unknown as WorkflowBuilder<K, Own, Root, ResolvedMap<Values>>;
  }

  /** Steps that run when a step has failed for good. */
  onStepFailure(this: WorkflowBuilder<K, Own, true, Outputs>, steps: Branch<K>) {
    steps(new WorkflowBuilder(this.options, this.onStepFailureList) as Steps<K, object>);
    return this as unknown as WorkflowBuilder<K, Own, Root, Outputs>;
  }

  /** Steps that run when the run has failed. */
  onWorkflowFailure(this: WorkflowBuilder<K, Own, true, Outputs>, steps: Branch<K>) {
    steps(new WorkflowBuilder(this.options, this.onWorkflowFailureList) as Steps<K, object>);
    return this as unknown as WorkflowBuilder<K, Own, Root, Outputs>;
  }

  /** The workflow, checked as a file would be. Throws DEFINITION_INVALID naming every problem. */
  build(this: WorkflowBuilder<K, Own, true, Outputs>): TypedWorkflow<K['input'], Outputs> {
    const {
      name,
      version,
      description,
      variables = {},
      mode = 'graph',
      onFailure = 'continue',
      onSkip = 'satisfy',
      trigger,
    } = this.options;
    const workflow: Workflow = {
      name,
      ...(version === undefined ? {} : { version }),
      ...(description === undefined ? {} : { description }),
      dialect: 'native',
      variables: builtMap(this.list, variables, 'the variables'),
      steps: [...this.list.steps],
      mode,
      ...(this.workflowOutputs === undefined ? {} : { outputs: this.workflowOutputs }),
      onFailure,
      onSkip,
      onStepFailure: [...this.onStepFailureList.steps],
      onWorkflowFailure: [...this.onWorkflowFailureList.steps],
      ...(trigger === undefined ? {} : { trigger }),
    };
    checkBuilt(workflow);
    return workflow;
  }

  private members<Id extends string, Inner extends Known, InnerOwn>(
    id: Id,
    mode: GroupStep['mode'],
    options: GroupOptions<K>,
    members: Members<K, Inner, InnerOwn>,
  ) {
    const type = mode === 'sequential' ? 'sequence' : mode === 'graph' ? 'group' : 'parallel';
    const list = new StepList(this.list, id);
    members(new WorkflowBuilder(this.options, list) as Steps<K, object>);
    const base = builtBase(this.list, id, type, options, []);
    this.list.add({ ...base, kind: 'group', mode, waitFor: options.waitFor ?? 'all', steps: list.steps });
    return this.as<WithSteps<WithVariables<K, Inner['variables']>, InnerOwn & Record<Id, unknown>>, Own & InnerOwn & Record<Id, unknown>>();
  }

  private as<Next extends Known, NextOwn>(): WorkflowBuilder<Next, NextOwn, Root> {
    return this as unknown as WorkflowBuilder<Next, NextOwn, Root>;
  }
}

function template(value: JsonObject): { readonly kind: 'template'; readonly value: JsonObject } {
  return { kind: 'template', value };
}
