import type { FailurePolicy } from './joining.ts';
import type { Timing } from './native-timing.ts';
import type { Reading } from './reading.ts';
import type { SourceNode } from './source-node.ts';
import type { StepHomes } from './step-homes.ts';
import type { Step, Workflow } from './workflow.ts';

/** What every step has, as it is read. */
export type NativeBase = Pick<
  Step,
  'id' | 'name' | 'type' | 'dependencies' | 'edges' | 'description' | 'condition' | 'fallback' | 'recovery' | 'position'
> & {
  readonly onFailure?: FailurePolicy;
  readonly forSteps?: readonly string[];
};

/** Where a list of steps stands, for reading it. */
export interface NativePlace {
  readonly reading: Reading;
  /** What tasks that say nothing about their attempts inherit. */
  readonly inherited: Timing;
  readonly homes: StepHomes;
  /** What the workflow the steps belong to says. */
  readonly workflow: Pick<Workflow, 'name' | 'onSkip'>;
}

/** Reads a list of steps at a place. */
export type ReadSteps = (list: SourceNode | undefined, place: NativePlace) => Step[];
