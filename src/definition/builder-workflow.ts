import type { JsonObject } from '../protocol/json.ts';
import { builtConflicts } from './builder-conflicts.ts';
import type { StepList } from './builder-list.ts';
import type { GivenMap, Schema, WorkflowOptions } from './builder-options.ts';
import { writtenDeclarations } from './builder-schema.ts';
import { builtValues } from './builder-scope.ts';
import type { Workflow } from './workflow.ts';

/** The head of any workflow that a program builds. */
export type AnyWorkflowOptions = WorkflowOptions<Schema, GivenMap, GivenMap>;

/** The lists of steps of a workflow and its outputs, where it says them. */
export interface BuiltParts {
  readonly steps: StepList;
  readonly onStepFailure: StepList;
  readonly onWorkflowFailure: StepList;
  readonly outputs: JsonObject | undefined;
}

/** The internal form of a workflow, unchecked. */
export function builtWorkflow(options: AnyWorkflowOptions, { steps, onStepFailure, onWorkflowFailure, outputs }: BuiltParts): Workflow {
  const { name, version, description, variables = {}, shared, conflicts, critical, limits, trigger } = options;
  const { mode = 'graph', onFailure = 'continue', onSkip = 'satisfy' } = options;
  const typed = options.input === undefined ? undefined : writtenDeclarations(options.input, 'the input');
  const inputs = { ...typed, ...(options.inputs === undefined ? {} : writtenDeclarations(options.inputs, 'the input')) };
  const outputTypes = options.outputTypes === undefined ? undefined : writtenDeclarations(options.outputTypes, 'the output type');
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    dialect: 'native',
    variables: builtValues(steps, variables, 'the variables'),
    ...(typed === undefined && options.inputs === undefined ? {} : { inputs }),
    ...(outputTypes === undefined ? {} : { outputTypes }),
    ...(shared === undefined ? {} : { shared: builtValues(steps, shared, 'the shared context') }),
    ...(conflicts === undefined ? {} : { conflicts: builtConflicts(conflicts) }),
    ...(critical === undefined ? {} : { criticalDomains: critical }),
    ...(limits === undefined ? {} : { limits }),
    steps: [...steps.steps],
    mode,
    ...(outputs === undefined ? {} : { outputs }),
    onFailure,
    onSkip,
    onStepFailure: [...onStepFailure.steps],
    onWorkflowFailure: [...onWorkflowFailure.steps],
    ...(trigger === undefined ? {} : { trigger }),
  };
}

/** The body of a map: a workflow of its own name, without variables, that goes on after a failure; skips mean what they mean around it. */
export function builtBody(options: AnyWorkflowOptions, id: string, steps: StepList, outputs: JsonObject | undefined): Workflow {
  return {
    name: `${options.name}/${id}`,
    dialect: 'native',
    variables: {},
    steps: [...steps.steps],
    mode: 'graph',
    ...(outputs === undefined ? {} : { outputs }),
    onFailure: 'continue',
    onSkip: options.onSkip ?? 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
  };
}
