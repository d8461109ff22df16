/** What steps see of each other: rendering what a step is given, and taking in what it left behind. */

import { parseDuration } from '../definition/duration.ts';
import { readVerdict } from '../definition/verdict.ts';
import type { Scope, Step, TaskStep } from '../definition/workflow.ts';
import type { DrawnDuration, StepBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import { openContext } from '../policy/shared-context.ts';
import { TroupeError } from '../protocol/errors.ts';
import { frozen } from '../protocol/frozen.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { LiveGroup, RunScope } from './run-state.ts';
import { type ContextCell, cellOf, sharedValues } from './shared-cell.ts';
import { remember, type UndoLog } from './undo-log.ts';

/** Where a scope stands. */
export interface Surroundings {
  /** Ms since the epoch. */
  readonly at: number;
  /** The step it is nested in, and the scope around it. */
  readonly nestedIn?: StepBlueprint;
  readonly outer?: RunScope;
  /** The shared context it works on, where that is not its own: then it also sees what the scope around it does (the body of a map). */
  readonly cell?: ContextCell;
}

/** A new scope: the workflow's own variables rendered over what was given, and what was given on top. */
export function openScope(prefix: string, blueprint: WorkflowBlueprint, given: JsonObject, around: Surroundings): RunScope {
  const { nestedIn = null, outer } = around;
  const inherits = nestedIn?.inherits === true && outer !== undefined;
  const variables: Record<string, Json | undefined> = inherits ? { ...outer.variables, ...given } : { ...given };
  const steps: Record<string, Json | undefined> = inherits ? { ...outer.steps } : {};
  const scope = { variables, steps };
  for (const [name, value] of blueprint.variables) {
    if (!Object.hasOwn(given, name)) variables[name] = value(scope);
  }
  if (blueprint.workflow.dialect === 'native' && !Object.hasOwn(variables, 'input')) variables.input = given;
  if (blueprint.givesFeedback) variables.feedback = [];
  return {
    prefix,
    blueprint,
    variables,
    steps,
    cell: around.cell ?? openCell(blueprint, scope, around.at),
    barred: new Map(),
    depth: outer === undefined ? 0 : outer.depth + 1,
    actor: null,
    group: null,
    nestedIn,
    outer: outer ?? null,
    isLeaving: false,
  };
}

/** The shared context of a workflow with its initial values; null where no step touches one. */
function openCell(blueprint: WorkflowBlueprint, scope: Scope, at: number): ContextCell | null {
  if (!blueprint.sharesContext) return null;
  const initial = blueprint.shared?.(scope) ?? {};
  return { current: openContext(isJsonObject(initial) ? frozen(initial) : {}, at) };
}

/** What the texts of a member see. */
export function scopeOf({ scope, context }: LiveGroup, member: number): Scope {
  if (context === null) return scope;
  return { variables: scope.variables, steps: scope.steps, shared: sharedValues(cellOf(context, member)) };
}

/** A duration in ms, or null. Templates may render to a number of the unit or to a string such as "30m". `whose`: for the complaint. */
export function renderDuration(drawn: DrawnDuration | null, whose: string, scope: Scope): number | null {
  if (drawn === null || typeof drawn === 'number') return drawn;
  return renderedDuration(drawn.render(scope), drawn.unit, `the timeout of ${whose}`);
}

/** What a template of a duration has given, in ms. Throws TEMPLATE_FAILED for anything that is none; `what` names it. */
export function renderedDuration(value: Json, per: 's' | 'ms', what: string): number {
  const unit = per === 's' ? 1000 : 1;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && number > 0) return Math.round(number * unit);
  const parsed = typeof value === 'string' ? parseDuration(value) : null;
  if (parsed !== null) return parsed;
  throw new TroupeError('TEMPLATE_FAILED', `${what} rendered to ${JSON.stringify(value)}, which is no duration`, {
    hint: 'give a positive number or a string such as "30m"',
    retryable: false,
  });
}

/** The number of retries of a step. */
export function renderRetries(blueprint: StepBlueprint, scope: Scope): number {
  if (typeof blueprint.retries === 'number') return blueprint.retries;
  const rendered = blueprint.retries(scope);
  const value = Number(rendered);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TroupeError('TEMPLATE_FAILED', `the retries of ${blueprint.step.id} rendered to ${JSON.stringify(rendered)}`, {
    hint: 'give a whole number from 0',
    retryable: false,
  });
}

/** Makes a completed step's output and variables visible to the steps after it. What stood there before goes to `undo`, where there is one. */
export function takeIn(scope: RunScope, blueprint: StepBlueprint, settled: StepSettled, undo: UndoLog | null): void {
  const { step } = blueprint;
  const { output, variables } = settled;
  const set = (name: string, value: Json | undefined) => {
    remember(undo, 'variables', scope.variables, name);
    scope.variables[name] = value;
  };
  remember(undo, 'steps', scope.steps, step.id);
  scope.steps[step.id] = output;
  takeInAround(scope, step, output, undo);
  if (step.kind === 'task') {
    if (step.persona !== undefined || isReview(step)) {
      set(`${step.id}_result`, output);
      set(`${step.id}_status`, statusOf(output, step.persona));
    }
    if (isJsonObject(output)) {
      for (const name of step.outputs ?? []) if (Object.hasOwn(output, name)) set(name, output[name]);
    }
  }
  if (variables !== null && (step.kind === 'task' || step.kind === 'variables')) {
    for (const [name, value] of Object.entries(variables)) set(name, value);
  }
}

/** Somebody may have stood in for a phase that is there for the sake of one step, and so for that step. */
function takeInAround({ steps }: RunScope, step: Step, output: Json, undo: UndoLog | null): void {
  const around = step.kind === 'group' ? step.phase?.around : undefined;
  if (around === undefined || output === null) return;
  remember(undo, 'steps', steps, around);
  steps[around] = output;
}

/** The engine dialect's deterministic reviews answer with a status as personas do. */
const isReview = (step: TaskStep) => step.type === 'DeterministicReviewStep';

/** What a program said: of a command's text output (`exitCode`, `stdout`, …) only stdout is the reply. */
function replyOf(output: Json): Json {
  return isJsonObject(output) && typeof output.stdout === 'string' && typeof output.exitCode === 'number' ? output.stdout : output;
}

/** The verdict of a reply; a status in nobody's word list is kept as it was written. */
function statusOf(output: Json, persona: string | undefined): string {
  const { status } = readVerdict(replyOf(output), persona === undefined ? {} : { persona });
  return status === 'unknown' && isJsonObject(output) && typeof output.status === 'string' ? output.status : status;
}
