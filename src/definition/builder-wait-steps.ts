import { type ApprovalOptions, type ApprovalResultOf, builtApproval, type FormOption } from './builder-approvals.ts';
import type { BuilderKind, Place, ThenStep } from './builder-family.ts';
import { GroupSteps } from './builder-group-steps.ts';
import { checkOptions } from './builder-option-keys.ts';
import type { Known, NewId, OutputOf, Schema } from './builder-options.ts';
import { builtSync, type SyncOptions } from './builder-sync.ts';
import { type Awakening, builtSignal, builtSleep, type SignalOptions, type SleepOptions } from './builder-waits.ts';

/** The methods that wait: for each other, for people, for a time, for the world outside. */
export abstract class WaitSteps<Kind extends BuilderKind, K extends Known, Own, In extends Place> extends GroupSteps<Kind, K, Own, In> {
  /** Asks people, and waits for what they say. Its output has the type of its form. */
  approval<const Id extends string, const Form extends FormOption = undefined, const OnReject extends 'fail' | 'continue' = 'fail'>(
    id: NewId<K, Id>,
    options: ApprovalOptions<K, Form, OnReject>,
  ) {
    checkOptions(id, 'approval', options);
    this.list.add(builtApproval<K, Form, OnReject>(this.list, id, options));
    return this as unknown as ThenStep<Kind, K, Own, In, Id, ApprovalResultOf<Form, OnReject>>;
  }

  /** Waits for a signal from outside; its payload is the step's output. */
  waitForSignal<const Id extends string, Output extends Schema = undefined>(id: NewId<K, Id>, options: SignalOptions<K, Output> = {}) {
    checkOptions(id, 'signal', options);
    this.list.add(builtSignal<K>(this.list, id, options));
    return this as unknown as ThenStep<Kind, K, Own, In, Id, OutputOf<Output>>;
  }

  /** Waits for a time, or until something holds; survives restarts. */
  sleep<const Id extends string>(id: NewId<K, Id>, options: SleepOptions<K>) {
    checkOptions(id, 'sleep', options);
    this.list.add(builtSleep<K>(this.list, id, options));
    return this as unknown as ThenStep<Kind, K, Own, In, Id, Awakening>;
  }

  /** A place where steps of the same group meet. Steps that depend on it wait until all its members have arrived. */
  syncPoint<const Id extends string>(id: NewId<K, Id>, options: SyncOptions<K>) {
    checkOptions(id, 'sync', options);
    this.list.add(builtSync(this.list, id, options));
    return this as unknown as ThenStep<Kind, K, Own, In, Id, unknown>;
  }
}
