import type { WorkflowLimits } from './workflow-limits.ts';

/** What a step with members may say about what they take. */
export interface LimitOptions {
  /** What its members may take together while they run, however deep they stand. Default: only what is around it limits them. */
  readonly limits?: WorkflowLimits;
}

/** The limits that are said, for the step. */
export const builtLimits = ({ limits }: LimitOptions): LimitOptions => (limits === undefined ? {} : { limits });
