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
import { checkBuilt } from './builder-check.ts';
import type { Branch, BuilderKind, Place } from './builder-family.ts';
import { StepList } from './builder-list.ts';
import { checkOptions } from './builder-option-keys.ts';
import type { FromScope, GivenMap, Known, OutputOf, Schema, WorkflowOptions } from './builder-options.ts';
import { builtValues } from './builder-scope.ts';
import { WaitSteps } from './builder-wait-steps.ts';
import { type AnyWorkflowOptions, builtWorkflow } from './builder-workflow.ts';
import type { ResolvedMap } from './reference.ts';
import { withPhasesAround } from './sending-steps.ts';
import type { TypedWorkflow } from './typed-workflow.ts';

/** The builder that every family of methods adds to. */
interface Whole extends BuilderKind {
  readonly type: WorkflowBuilder<this['known'], this['own'], this['place'], this['outputs']>;
}

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
  checkOptions(String(options?.name), 'workflow', options);
  return new WorkflowBuilder(options, StepList.root());
}

/**
 * See `defineWorkflow`. Every method adds to this builder; errors are TroupeErrors with the code DEFINITION_INVALID. The methods that add
 * steps are in the families it stands on; those here are about the workflow as a whole.
 */
export class WorkflowBuilder<K extends Known, Own, In extends Place, Outputs = Own> extends WaitSteps<Whole, K, Own, In> {
  private readonly onStepFailureList: StepList;
  private readonly onWorkflowFailureList: StepList;

  constructor(options: AnyWorkflowOptions, list: StepList) {
    super(options, list);
    this.onStepFailureList = list.beside();
    this.onWorkflowFailureList = list.beside();
  }

  /** What the run, or an item of a map, gives back, rendered at its end. Without it: the outputs by step. */
  outputs<Values extends GivenMap>(this: WorkflowBuilder<K, Own, 'workflow' | 'body', Outputs>, values: FromScope<K, Values>) {
    this.workflowOutputs = builtValues(this.list, values, 'the outputs');
    return this as unknown as WorkflowBuilder<K, Own, In, ResolvedMap<Values>>;
  }

  /** Steps that run when a step has failed for good. */
  onStepFailure(this: WorkflowBuilder<K, Own, 'workflow', Outputs>, steps: Branch<Whole, K>) {
    this.fill('onStepFailure', steps, this.handlers(this.onStepFailureList));
    return this as unknown as WorkflowBuilder<K, Own, In, Outputs>;
  }

  /** Steps that run when the run has failed. */
  onWorkflowFailure(this: WorkflowBuilder<K, Own, 'workflow', Outputs>, steps: Branch<Whole, K>) {
    this.fill('onWorkflowFailure', steps, this.handlers(this.onWorkflowFailureList));
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
    return withPhasesAround(workflow);
  }

  /** What is said of the recovery of all tasks is not said of those that run after a failure. */
  private handlers(list: StepList): this {
    const { recovery: _recovery, ...options } = this.options;
    return this.over(list, options);
  }
}
