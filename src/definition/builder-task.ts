import { TroupeError } from '../protocol/errors.ts';
import { builtBase, template } from './builder-base.ts';
import { type SpendingOptions, spending } from './builder-budget.ts';
import { builtData, type LeavingOptions, type TakingOptions } from './builder-data.ts';
import { builtFeedback, type FeedbackOptions, feedbackTexts } from './builder-feedback.ts';
import type { StepList } from './builder-list.ts';
import type { FromScope, GivenMap, Known, OutputOf, Schema, StepOptions } from './builder-options.ts';
import { builtRecovery, type RecoveryOptions } from './builder-recovery.ts';
import { writtenSchema } from './builder-schema.ts';
import { builtValues } from './builder-scope.ts';
import { builtTiming, type TimingOptions } from './builder-timing.ts';
import type { Criticality } from './oversight.ts';
import type { AnyReference, Resolved } from './reference.ts';
import type { TaskStep } from './workflow.ts';

/** What every task may say, be it a step of its own or one of several voters. */
export interface WorkOptions<K extends Known, Output extends Schema>
  extends StepOptions<K>,
    TimingOptions,
    TakingOptions<K>,
    SpendingOptions {
  /** A registered step type. Default `persona-request`, which needs a persona. */
  readonly type?: string;
  readonly params?: FromScope<K, GivenMap>;
  /**
   * Says of which type the output is; later steps refer to it by that type. A zod schema is also enforced: an output that does not meet
   * it fails the attempt before anything depends on it. Transformations and refinements are not. Any other schema is for the types only.
   */
  readonly output?: Output;
  readonly onAmbiguous?: 'rerun' | 'escalate';
  /** Sends work back to an earlier phase beside it, with what was found: where its verdict is no pass, or `when` holds. Its `when` sees its own output. */
  readonly feedback?: FeedbackOptions<K>;
}

/** By variable: the part of a task's output that is stored in it. */
export type StoredParts = Readonly<Record<string, AnyReference | undefined>>;

/** The types of the variables that parts of a task's output are stored in. */
export type StoredValues<Stored> = { -readonly [Name in keyof Stored]: Resolved<NonNullable<Stored[Name]>> };

/** What a task may say. */
export interface TaskOptions<K extends Known, Output extends Schema, Stored>
  extends WorkOptions<K, Output>,
    LeavingOptions<K, OutputOf<Output>, Stored>,
    RecoveryOptions {
  /** The role that is asked. */
  readonly persona?: string;
  /** What it means that this goes wrong: decides whether people approve it before it begins. Default medium. */
  readonly criticality?: Criticality;
}

/** A task step. Throws DEFINITION_INVALID when neither a persona nor a type says who is to do it. */
export function builtTask<K extends Known, Output extends Schema>(
  list: StepList,
  id: string,
  options: TaskOptions<K, Output, StoredParts>,
  defaults: TimingOptions & RecoveryOptions,
): TaskStep {
  const recovery = options.recovery ?? defaults.recovery;
  const { persona, type = persona === undefined ? undefined : 'persona-request', output, criticality, onAmbiguous } = options;
  if (type === undefined) {
    throw new TroupeError('DEFINITION_INVALID', `the step "${id}" says neither "persona" nor "type": nobody would do it`);
  }
  const params = builtValues(list, options.params ?? {}, `the params of "${id}"`);
  const outputSchema = output === undefined ? undefined : writtenSchema(output, `the output of "${id}"`);
  const { data, reads } = builtData<K, OutputOf<Output>>(list, id, options);
  if (options.feedback !== undefined) list.announce(id);
  const feedback = options.feedback === undefined ? undefined : builtFeedback(list, id, options.feedback);
  const back = feedback === undefined ? [] : feedbackTexts(feedback);
  const base = builtBase(list, id, type, options, { ...reads, texts: [template(params), ...reads.texts, ...back] });
  return {
    ...base,
    // what its way back reads of its own output is no reason to wait
    dependencies: base.dependencies.filter((dependency) => dependency !== id),
    ...(feedback === undefined ? {} : { feedback }),
    kind: 'task',
    ...(persona === undefined ? {} : { persona }),
    params,
    ...builtTiming(options, defaults),
    ...(criticality === undefined ? {} : { criticality }),
    ...(onAmbiguous === undefined ? {} : { onAmbiguous }),
    ...(recovery === undefined ? {} : { recovery: builtRecovery(id, recovery, true) }),
    ...spending(options),
    ...data,
    ...(outputSchema === undefined ? {} : { outputSchema }),
  };
}
