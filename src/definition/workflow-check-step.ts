import type { DiagnosticCode } from './diagnostic.ts';
import type { SourcePath } from './source-node.ts';
import type { Step } from './workflow.ts';
import type { WorkflowLimits } from './workflow-limits.ts';

/** What is known of the surroundings. */
export interface CheckOptions {
  /** Personas that somebody plays; `*` plays everybody. Absent: unknown. */
  readonly personas?: readonly string[];
  /** What there is to run on. */
  readonly limits?: WorkflowLimits;
}

/** A problem of a step, before it has a place in a file. */
export interface StepProblem {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly step: Step;
  /** Where in the step as it is written in a native file, as far as that can be said. */
  readonly path: SourcePath;
}
