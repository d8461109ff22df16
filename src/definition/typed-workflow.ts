import type { Workflow } from './workflow.ts';

declare const TYPES: unique symbol;

/** A workflow whose input and outputs have known types. At run time it is a plain workflow. */
export type TypedWorkflow<Input = unknown, Outputs = unknown> = Workflow & {
  readonly [TYPES]?: { readonly input: Input; readonly outputs: Outputs };
};
