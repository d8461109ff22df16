import type { JsonObject } from '../protocol/json.ts';
import { builtBudget } from './builder-budget.ts';
import { builtConflicts } from './builder-conflicts.ts';
import type { StepList } from './builder-list.ts';
import type { GivenMap, Schema, WorkflowOptions } from './builder-options.ts';
import { builtOversight } from './builder-oversight.ts';
import { refused } from './builder-refusal.ts';
import { writtenDeclarations } from './builder-schema.ts';
import { builtValues } from './builder-scope.ts';
import { COMPENSATE_ON, canBeUndone } from './compensating.ts';
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
    ...(options.budget === undefined ? {} : { budget: builtBudget(options.budget) }),
    ...(options.oversight === undefined ? {} : { oversight: builtOversight(options.oversight) }),
    steps: [...steps.steps],
    mode,
    ...(outputs === undefined ? {} : { outputs }),
    onFailure,
    ...builtCompensateOn(options.compensateOn, steps.steps),
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

/** When steps are undone. Throws DEFINITION_INVALID where none says how. */
function builtCompensateOn(option: AnyWorkflowOptions['compensateOn'], steps: Workflow['steps']): Pick<Workflow, 'compensateOn'> {
  const mayBeUndone = canBeUndone(steps);
  if (!mayBeUndone && option !== undefined) {
    const hint = 'say "compensate" at the steps that can be undone';
    throw refused('DECLARATION_CONFLICT', '"compensateOn" says when steps are undone, and none says how', hint);
  }
  if (!mayBeUndone) return {};
  const causes: readonly unknown[] = option === undefined ? COMPENSATE_ON : option === 'never' ? [] : [option].flat();
  const stray = causes.find((cause) => cause !== 'failure' && cause !== 'cancel');
  if (stray !== undefined)
    throw refused('VALUE_UNKNOWN', `${JSON.stringify(stray)} is no end`, 'say "failure", "cancel", a list of these, or "never"');
  return { compensateOn: COMPENSATE_ON.filter((cause) => causes.includes(cause)) };
}
