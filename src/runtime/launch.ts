/** Launching members of a group: deciding how a step enters, creating its actor, giving it room. */

import { type Dialect, RETRY_SHAPE } from '../definition/workflow.ts';
import type { StepEntry, StepInput } from '../machines/step.ts';
import { needsRoom, type StepBlueprint } from '../planning/blueprint.ts';
import { type ErrorCode, type ErrorData, errorData } from '../protocol/errors.ts';
import { frozen } from '../protocol/frozen.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { createStep } from './actor-system.ts';
import type { LiveGroup, LiveStep, RunScope, RunState } from './run-state.ts';
import { openScope, renderRetries, renderTimeout } from './scope.ts';

/** Launches what is ready and has room; a group left with ready members stands in line for room. */
export function launchReady(state: RunState, group: LiveGroup): void {
  if (group.ending !== null) return;
  const early: number[] = [];
  for (let member = group.progress.takeReady(); member !== undefined; member = group.progress.takeReady()) {
    const blueprint = group.blueprint.members[member] as StepBlueprint;
    if (group.ordered !== null && (group.ordered.barrier[member] ?? 0) > group.ordered.count) {
      early.push(member);
      continue;
    }
    const room = needsRoom(blueprint);
    if (room && !hasRoom(state, group)) {
      early.push(member);
      standInLine(state, group);
      // What needs no room is not held up by what does.
      if (group.blueprint.allNeedRoom) break;
      continue;
    }
    if (room) state.slots.take();
    state.births.push(() => launch(state, group, member, room));
  }
  for (const member of early) group.progress.putBack(member);
}

function hasRoom(state: RunState, group: LiveGroup): boolean {
  if (state.granted === group.path) {
    state.granted = null;
    return true;
  }
  return state.slots.free;
}

function standInLine(state: RunState, group: LiveGroup): void {
  state.slots.await(group.path, () => {
    state.granted = group.path;
    group.actor.send({ type: 'slot.granted' });
    state.granted = null;
  });
}

function launch(state: RunState, group: LiveGroup, member: number, room: boolean): void {
  const blueprint = group.blueprint.members[member];
  if (blueprint === undefined || group.progress.outcome(member) !== undefined) {
    if (room) state.slots.giveBack();
    return;
  }
  const path = group.prefix + blueprint.step.id;
  const plan = planEntry(state, group, path, blueprint);
  const actor = createStep(group.actor, plan.input);
  const live: LiveStep = {
    path,
    member,
    blueprint,
    group,
    actor,
    startedAt: state.clock.now(),
    name: plan.name,
    given: plan.given,
    branch: plan.branch,
    nested: plan.nested,
    persona: plan.persona,
    attemptStartedAt: state.clock.now(),
    holdsSlot: room,
    body: null,
  };
  group.live.set(member, live);
  state.steps.set(path, live);
  actor.start();
}

interface EntryPlan {
  readonly input: StepInput;
  readonly name: string;
  readonly given: JsonObject;
  readonly branch: boolean;
  readonly nested: RunScope | null;
  readonly persona: string | null;
}

const NOTHING: JsonObject = Object.freeze({});

/** Decides whether and how a step enters. Whatever cannot be evaluated refuses the step with the reason: never a silent false. */
function planEntry(state: RunState, group: LiveGroup, path: string, blueprint: StepBlueprint): EntryPlan {
  const { step } = blueprint;
  const retry = step.kind === 'task' ? step.retry : undefined;
  const input = (entry: StepEntry, more: Partial<StepInput> = {}): StepInput => ({
    path,
    entry,
    retries: 0,
    retryOn: retry?.on ?? 'failure',
    backoff: retry ?? RETRY_SHAPE,
    seed: state.seed,
    timeoutMs: null,
    timeoutGrowth: step.kind === 'task' ? step.timeoutGrowth : undefined,
    variables: null,
    error: null,
    reason: null,
    ...more,
  });
  const plan = (entry: StepInput, more: Partial<EntryPlan> = {}): EntryPlan => ({
    input: entry,
    name: step.name,
    given: NOTHING,
    branch: false,
    nested: null,
    persona: null,
    ...more,
  });
  let doing: Doing = ['CONDITION_FAILED', 'condition'];
  try {
    if (blueprint.condition !== null && !blueprint.condition(group.scope)) {
      return plan(input('skip', { reason: `its condition was false: ${step.condition}` }));
    }
    if (blueprint.branches !== null) return plan(input('coordinate'), { branch: blueprint.branches.when(group.scope) });
    doing = ['TEMPLATE_FAILED', 'name'];
    const name = String(blueprint.name(group.scope));
    doing = ['TEMPLATE_FAILED', step.kind === 'workflow' ? 'inputs' : 'parameters'];
    const rendered = frozen(blueprint.given(group.scope));
    const given = isJsonObject(rendered) ? rendered : NOTHING;
    if (step.kind === 'variables')
      return plan(input('assign', { variables: resolved(step.set, given, blueprint.dialect) }), { given, name });
    if (step.kind === 'group') return plan(input('coordinate'), { given, name });
    if (step.kind === 'workflow') {
      if (blueprint.nested === null) return plan(input('refuse', { error: missingWorkflow(step.ref) }), { name });
      doing = ['TEMPLATE_FAILED', 'variables of the nested workflow'];
      return plan(input('coordinate'), { given, name, nested: openScope(`${path}/`, blueprint.nested, given, blueprint) });
    }
    doing = ['TEMPLATE_FAILED', 'timeout'];
    const timeoutMs = renderTimeout(blueprint, group.scope);
    if (step.kind === 'signal') return plan(input('await', { timeoutMs }), { given, name });
    doing = ['TEMPLATE_FAILED', 'retries'];
    const retries = renderRetries(blueprint, group.scope);
    doing = ['TEMPLATE_FAILED', 'persona'];
    const persona = blueprint.persona === null ? null : String(blueprint.persona(group.scope));
    return plan(input('attempt', { timeoutMs, retries }), { given, name, persona });
  } catch (thrown) {
    return plan(input('refuse', { error: refusal(thrown, doing, step.id) }));
  }
}

type Doing = readonly [code: ErrorCode, what: string];

/**
 * What a variables step sets. In the engine dialect an unresolved expression leaves its text everywhere else, but a variable that is
 * resolved to nothing is set to nothing: it loses its earlier value.
 */
function resolved(source: JsonObject, given: JsonObject, dialect: Dialect): JsonObject {
  if (dialect !== 'engine') return given;
  const unresolved = (name: string) => given[name] === source[name] && /^\$\{[^{}]*\}$/.test(String(source[name]));
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, unresolved(name) ? null : value]));
}

/** Why a step could not be entered, in one sentence; the code frame of an expression stays with the cause. */
function refusal(thrown: unknown, [code, what]: Doing, step: string): ErrorData {
  const cause = errorData(thrown, code);
  const { hint, where } = innermost(cause);
  return {
    code,
    message: `the ${what} of ${step} could not be evaluated: ${cause.message.split('\n', 1)[0]}`,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where }),
    retryable: false,
    cause,
  };
}

const innermost = (error: ErrorData): ErrorData => (error.cause === undefined ? error : innermost(error.cause));

function missingWorkflow(ref: string): ErrorData {
  return {
    code: 'WORKFLOW_NOT_FOUND',
    message: `there is no workflow named "${ref}"`,
    hint: 'put it beside the file that asks for it, or give a resolver when loading',
    retryable: false,
  };
}
