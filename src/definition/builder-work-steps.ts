import { builtBase, template } from './builder-base.ts';
import { spending } from './builder-budget.ts';
import { type BuilderKind, type Place, StepFamily, type Then, type ThenStep } from './builder-family.ts';
import { builtLimits } from './builder-limits.ts';
import { checkOptions } from './builder-option-keys.ts';
import type {
  FromScope,
  GivenMap,
  Known,
  NestedOptions,
  NewId,
  OutputOf,
  Schema,
  StepOptions,
  WithSteps,
  WithVariables,
} from './builder-options.ts';
import { builtRecovery, type RecoveryOptions } from './builder-recovery.ts';
import { builtValues } from './builder-scope.ts';
import { builtTask, type StoredParts, type StoredValues, type TaskOptions } from './builder-task.ts';
import { builtVote, type VoteOptions, type VoteResultOf } from './builder-votes.ts';
import type { AnyReference, Reference, ResolvedMap } from './reference.ts';
import type { TypedWorkflow } from './typed-workflow.ts';

/** What a workflow says for every task that says nothing of its own. */
const recoveryOf = ({ recovery }: RecoveryOptions): RecoveryOptions => (recovery === undefined ? {} : { recovery });

/** The methods that have work done: by agents, by several at once, by another workflow, or by the run itself. */
export abstract class WorkSteps<Kind extends BuilderKind, K extends Known, Own, In extends Place> extends StepFamily<In> {
  /** Work for an agent: found by the persona, or by a registered step type. */
  step<const Id extends string, Output extends Schema = undefined, Stored extends StoredParts = Record<never, never>>(
    id: NewId<K, Id>,
    options: TaskOptions<K, Output, Stored>,
  ) {
    checkOptions(id, 'step', options);
    this.list.add(builtTask<K, Output>(this.list, id, options, { ...this.options.defaults, ...recoveryOf(this.options) }));
    type Next = WithVariables<WithSteps<K, Record<Id, OutputOf<Output>>>, StoredValues<Stored>>;
    return this as unknown as Then<Kind, Next, Own, In, Id, OutputOf<Output>>;
  }

  /** Sets variables of the run; later steps refer to them as `variables.<name>`. */
  set<const Id extends string, Values extends GivenMap>(id: NewId<K, Id>, values: FromScope<K, Values>, options: StepOptions<K> = {}) {
    checkOptions(id, 'set', options);
    const set = builtValues(this.list, values, `the variables of "${id}"`);
    this.list.add({ ...builtBase(this.list, id, 'variables', options, { texts: [template(set)] }), kind: 'variables', set });
    this.list.sets(Object.keys(set), id);
    return this as unknown as Then<Kind, WithVariables<K, ResolvedMap<Values>>, Own, In, Id, null>;
  }

  /** Another workflow inside this one, with variables of its own; its outputs are the step's. */
  nested<const Id extends string, Input, NestedOutputs>(
    id: NewId<K, Id>,
    workflow: TypedWorkflow<Input, NestedOutputs>,
    options: NestedOptions<K, Input> = {},
  ) {
    checkOptions(id, 'nested', options);
    const inputs = builtValues(this.list, options.inputs ?? {}, `the inputs of "${id}"`);
    const base = builtBase(this.list, id, 'workflow', options, { texts: [template(inputs)] });
    const recovery = options.recovery === undefined ? {} : { recovery: builtRecovery(id, options.recovery, false) };
    const { budget = workflow.budget } = spending(options);
    const within = { ...builtLimits(options), ...(budget === undefined ? {} : { budget }) };
    this.list.add({ ...base, kind: 'workflow', ref: workflow.name, workflow, inputs, ...recovery, ...within });
    return this as unknown as ThenStep<Kind, K, Own, In, Id, NestedOutputs>;
  }

  /** Several agents answer the same task, and the answers become one. A tie that nobody decides waits for the signal `<id>.decision`. */
  vote<const Id extends string, Output extends Schema = undefined, Choice extends AnyReference | undefined = Reference<OutputOf<Output>>>(
    id: NewId<K, Id>,
    options: VoteOptions<K, Output, Choice>,
  ) {
    checkOptions(id, 'vote', options);
    this.list.add(builtVote<K, Output, Choice>(this.list, id, options, this.options.defaults ?? {}));
    return this as unknown as ThenStep<Kind, K, Own, In, Id, VoteResultOf<Output, Choice>>;
  }
}
