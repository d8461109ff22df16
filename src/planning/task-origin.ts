import type { Estimate } from '../definition/estimate.ts';
import type { Step } from '../definition/workflow.ts';

/** Where the duration of a task comes from: as for `estimateOf`, or `history`. */
export type DurationSource = Estimate['source'] | 'history';

/** The step that a task of a plan stands for. */
export interface TaskOrigin {
  readonly step: Step;
  readonly source: DurationSource;
}
