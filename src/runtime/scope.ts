/** What steps see of each other: rendering what a step is given, and taking in what it left behind. */

import { parseDuration } from '../definition/duration.ts';
import { readVerdict } from '../definition/verdict.ts';
import type { Scope, TaskStep } from '../definition/workflow.ts';
import type { StepBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import { TroupeError } from '../protocol/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import type { StepSettled } from '../protocol/messages.ts';
import type { RunScope } from './run-state.ts';

/** A new scope: the workflow's own variables rendered over what was given, and what was given on top. */
export function openScope(prefix: string, blueprint: WorkflowBlueprint, given: JsonObject, nestedIn: StepBlueprint | null): RunScope {
  const variables: Record<string, Json | undefined> = { ...given };
  const scope = { variables, steps: {} };
  for (const [name, value] of blueprint.variables) {
    if (!Object.hasOwn(given, name)) variables[name] = value(scope);
  }
  if (blueprint.workflow.dialect === 'native' && !Object.hasOwn(variables, 'input')) variables.input = given;
  return { prefix, blueprint, variables, steps: {}, actor: null, group: null, nestedIn };
}

/** The timeout of a step in ms, or null. Templates may render to a number of the unit or to a string such as "30m". */
export function renderTimeout(blueprint: StepBlueprint, scope: Scope): number | null {
  const { timeout, step } = blueprint;
  if (timeout === null || typeof timeout === 'number') return timeout;
  const value = timeout(scope);
  const spec = step.kind === 'task' || step.kind === 'signal' ? step.timeout : undefined;
  const unit = typeof spec === 'object' && spec.unit === 's' ? 1000 : 1;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && number > 0) return Math.round(number * unit);
  const parsed = typeof value === 'string' ? parseDuration(value) : null;
  if (parsed !== null) return parsed;
  throw new TroupeError('TEMPLATE_FAILED', `the timeout of ${step.id} rendered to ${JSON.stringify(value)}, which is no duration`, {
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

/** Makes a completed step's output and variables visible to the steps after it. */
export function takeIn(scope: RunScope, blueprint: StepBlueprint, settled: StepSettled): void {
  const { step } = blueprint;
  const { output, variables } = settled;
  if (step.kind === 'variables') Object.assign(scope.variables, settled.variables);
  scope.steps[step.id] = output;
  if (step.kind !== 'task') return;
  if (step.persona !== undefined || isReview(step)) {
    scope.variables[`${step.id}_result`] = output;
    scope.variables[`${step.id}_status`] = statusOf(output, step.persona);
  }
  if (isJsonObject(output)) {
    for (const name of step.outputs ?? []) if (Object.hasOwn(output, name)) scope.variables[name] = output[name];
  }
  if (variables !== null) Object.assign(scope.variables, variables);
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
