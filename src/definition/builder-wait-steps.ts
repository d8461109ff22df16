import { builtBase } from './builder-base.ts';
import type { BuilderKind, Place, ThenStep } from './builder-family.ts';
import { GroupSteps } from './builder-group-steps.ts';
import { checkOptions } from './builder-option-keys.ts';
import type { Known, NewId, OutputOf, Schema, SignalOptions } from './builder-options.ts';
import { builtSync, type SyncOptions } from './builder-sync.ts';
import { builtDuration } from './builder-timing.ts';

/** The methods that wait: for each other, for the world outside. */
export abstract class WaitSteps<Kind extends BuilderKind, K extends Known, Own, In extends Place> extends GroupSteps<Kind, K, Own, In> {
  /** Waits for a signal from outside; its payload is the step's output. */
  waitForSignal<const Id extends string, Output extends Schema = undefined>(id: NewId<K, Id>, options: SignalOptions<K, Output> = {}) {
    checkOptions(id, 'signal', options);
    const { signal = id, timeout } = options;
    const limit = timeout === undefined ? {} : { timeout: builtDuration(timeout) };
    this.list.add({ ...builtBase(this.list, id, 'wait-for-signal', options), kind: 'signal', signal, ...limit });
    return this as unknown as ThenStep<Kind, K, Own, In, Id, OutputOf<Output>>;
  }

  /** A place where steps of the same group meet. Steps that depend on it wait until all its members have arrived. */
  syncPoint<const Id extends string>(id: NewId<K, Id>, options: SyncOptions<K>) {
    checkOptions(id, 'sync', options);
    this.list.add(builtSync(this.list, id, options));
    return this as unknown as ThenStep<Kind, K, Own, In, Id, unknown>;
  }
}
