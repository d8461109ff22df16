import type { Workflow } from '../definition/workflow.ts';

/** What a run was started as. */
export interface RunOrigin {
  readonly id: string;
  /** ms. */
  readonly startedAt: number;
  /** Hash of its definition. */
  readonly definition: string;
  /** Its definition, one object for all runs of it: a passivated run is folded with it. */
  readonly workflow: Workflow;
}
