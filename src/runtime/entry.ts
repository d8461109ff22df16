/** Deciding whether and how a step enters. Whatever cannot be evaluated refuses the step with the reason: never a silent false. */

import { RETRY_SHAPE } from '../definition/attempt-timing.ts';
import { gatherInputs, requireData } from '../definition/data-source.ts';
import { checkDeclared } from '../definition/value-schema.ts';
import type { Dialect, Scope, SleepStep, TaskStep } from '../definition/workflow.ts';
import type { StepEntry, StepInput } from '../machines/step.ts';
import type { StepBlueprint, WorkflowBlueprint } from '../planning/blueprint.ts';
import { type ErrorCode, type ErrorData, errorData, TroupeError } from '../protocol/errors.ts';
import { frozen } from '../protocol/frozen.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { checkPeople } from './asked-people.ts';
import { timesAsked } from './asked-times.ts';
import { claimFor } from './budget-accounts.ts';
import { timeLeft } from './kept-deadlines.ts';
import { showFeedback } from './kept-rounds.ts';
import { checkOversight, needsApproval } from './oversight.ts';
import type { LiveGroup, RunScope, RunState } from './run-state.ts';
import { openScope, renderDuration, renderRetries, type Surroundings, scopeOf } from './scope.ts';
import { cellOf } from './shared-cell.ts';
import { isWait, waitMs } from './waits.ts';

/** Everything that is known of a step when it enters. */
export interface EntryPlan {
  readonly input: StepInput;
  readonly name: string;
  readonly given: JsonObject;
  readonly branch: boolean;
  readonly nested: RunScope | null;
  readonly persona: string | null;
}

const NOTHING: JsonObject = Object.freeze({});

/** Workflows may stand in each other this deep: as deep as a file may nest them (`WORKFLOW_DEPTH`). */
const MAX_NESTING = 16;

/** Items that the maps of a run may have in all: as many as a workflow file may have steps (`WORKFLOW_TOO_LARGE`). */
const MAX_ITEMS = 50_000;

/** A member whose turn has come. */
interface Entering {
  readonly state: RunState;
  readonly group: LiveGroup;
  readonly member: number;
  readonly path: string;
  readonly blueprint: StepBlueprint;
  readonly scope: Scope;
  /** What is being evaluated, for the complaint. */
  doing: Doing;
}

/** Plans the entry of a member. */
export function planEntry(state: RunState, group: LiveGroup, member: number, path: string): EntryPlan {
  const blueprint = group.blueprint.members[member];
  if (blueprint === undefined) throw new TroupeError('INTERNAL', `group ${group.path} has no member ${member}`);
  const scope = scopeOf(group, member);
  const entering: Entering = { state, group, member, path, blueprint, scope, doing: ['CONDITION_FAILED', 'condition'] };
  try {
    return enter(entering);
  } catch (thrown) {
    return plan(entering, 'refuse', { error: refusal(thrown, entering.doing, blueprint.step.id) });
  }
}

function plan(
  { state, path, blueprint: { step } }: Entering,
  entry: StepEntry,
  input: Partial<StepInput> = {},
  more: Partial<Omit<EntryPlan, 'input'>> = {},
): EntryPlan {
  const retry = step.kind === 'task' ? step.retry : undefined;
  return {
    input: {
      path,
      entry,
      retries: 0,
      attemptsBefore: state.attemptsSoFar.size === 0 ? 0 : (state.attemptsSoFar.get(path) ?? 0),
      retryOn: retry?.on ?? 'failure',
      backoff: retry ?? RETRY_SHAPE,
      seed: state.seed,
      timeoutMs: null,
      timeoutGrowth: step.kind === 'task' ? step.timeoutGrowth : undefined,
      variables: null,
      error: null,
      reason: null,
      ...(step.recovery === undefined || step.recovery.length === 0 ? {} : { recovers: true }),
      ...input,
    },
    name: step.name,
    given: NOTHING,
    branch: false,
    nested: null,
    persona: null,
    ...more,
  };
}

function enter(entering: Entering): EntryPlan {
  const { state, group, blueprint, scope } = entering;
  const { step } = blueprint;
  if (blueprint.condition !== null && !blueprint.condition(scope)) {
    return plan(entering, 'skip', { reason: `its condition was false: ${step.condition}` });
  }
  if (blueprint.branches !== null) return plan(entering, 'coordinate', {}, { branch: blueprint.branches.when(scope) });
  entering.doing = ['TEMPLATE_FAILED', 'name'];
  const name = String(blueprint.name(scope));
  if (group.blueprint.terms !== null) checkEdges(entering);
  entering.doing = ['TEMPLATE_FAILED', step.kind === 'workflow' ? 'inputs' : 'parameters'];
  const rendered = frozen(blueprint.given(scope));
  const given = isJsonObject(rendered) ? rendered : NOTHING;
  switch (step.kind) {
    case 'variables':
      return plan(entering, 'assign', { variables: resolved(step.set, given, blueprint.dialect) }, { given, name });
    case 'map':
      entering.doing = ['TEMPLATE_FAILED', 'list'];
      return plan(entering, 'coordinate', {}, { given: { items: counted(entering, listOf(blueprint, scope)) }, name });
    case 'workflow': {
      if (blueprint.nested === null) return plan(entering, 'refuse', { error: missingWorkflow(step.ref) }, { name });
      entering.doing = ['TEMPLATE_FAILED', 'variables of the nested workflow'];
      return plan(entering, 'coordinate', {}, { given, name, nested: openNested(entering, blueprint.nested, given) });
    }
    case 'approval':
    case 'sync':
    case 'vote':
    case 'signal': {
      entering.doing = ['TEMPLATE_FAILED', 'timeout'];
      const timeoutMs = timeLeft(state, entering.path, renderDuration(blueprint.timeout, step.id, scope));
      entering.doing = ['TEMPLATE_FAILED', 'assignee'];
      if (step.kind === 'approval') {
        checkPeople(step, given, state.approvals.roles);
        entering.doing = ['TEMPLATE_FAILED', 'times'];
        timesAsked(step, given);
        // What the run asks about on its own behalf is shown beside what the terms say.
        if (group.isPrivate && group.extra !== null)
          return plan(entering, 'coordinate', { timeoutMs }, { given: shown(given, group.extra), name });
      }
      return plan(entering, step.kind === 'signal' && !isWait(blueprint) ? 'await' : 'coordinate', { timeoutMs }, { given, name });
    }
    case 'sleep': {
      entering.doing = ['TEMPLATE_FAILED', 'end of the sleep'];
      return plan(entering, 'coordinate', { timeoutMs: sleepLeft(entering, step) }, { given, name });
    }
    case 'task':
      return enterTask(entering, step, name, given);
    default:
      return plan(entering, 'coordinate', {}, { given, name });
  }
}

/** A moment is a moment; of a time, what is left of it. */
function sleepLeft({ state, blueprint, scope, path }: Entering, { for: time }: SleepStep): number | null {
  const wholeMs = waitMs(blueprint, scope, state.clock.now());
  return time === undefined ? wholeMs : timeLeft(state, path, wholeMs);
}

const shown = (given: JsonObject, extra: JsonObject): JsonObject =>
  frozen({ ...given, params: { ...extra, ...(isJsonObject(given.params) ? given.params : {}) } });

function enterTask(entering: Entering, step: TaskStep, name: string, given: JsonObject): EntryPlan {
  const { blueprint, group, scope } = entering;
  entering.doing = ['TEMPLATE_FAILED', 'timeout'];
  const timeoutMs = renderDuration(blueprint.timeout, step.id, scope);
  entering.doing = ['TEMPLATE_FAILED', 'retries'];
  const retries = renderRetries(blueprint, scope);
  entering.doing = ['TEMPLATE_FAILED', 'persona'];
  const persona = blueprint.persona === null ? null : String(blueprint.persona(scope));
  const gathered = step.inputs === undefined ? given : frozen({ ...given, ...gatherInputs(step.inputs, scope) });
  const told = group.feedback.get(entering.member);
  const extra = told === undefined ? group.extra : { ...group.extra, feedback: frozen(told as unknown as Json) };
  const whole = extra === null ? gathered : frozen({ ...gathered, ...extra });
  const claims = claimFor(entering.state, entering) !== null;
  const isOverseen = needsApproval(entering.state, group, step);
  entering.doing = ['TEMPLATE_FAILED', 'oversight'];
  if (isOverseen) checkOversight(entering.state, group);
  const how = isOverseen ? 'oversee' : claims ? 'claim' : 'attempt';
  return plan(entering, how, { timeoutMs, retries, ...(claims ? { claims } : {}) }, { given: whole, name, persona });
}

/** What the edges of a member require of the outputs it depends on. */
function checkEdges(entering: Entering): void {
  const { blueprint, scope, unjudged } = entering.group;
  for (const edges of blueprint.terms?.[entering.member]?.values() ?? []) {
    for (const edge of edges) {
      const { step, data } = edge;
      entering.doing = ['CONDITION_FAILED', `condition of the edge from ${step}`];
      if (unjudged.has(edge)) throw unjudged.get(edge);
      if (data.length > 0 && Object.hasOwn(scope.steps, step)) requireData(data, scope.steps[step] ?? null, step);
    }
  }
}

function listOf(blueprint: StepBlueprint, scope: Scope): readonly Json[] {
  const list = blueprint.over?.(scope) ?? null;
  if (Array.isArray(list)) return frozen(list) as readonly Json[];
  const was = list === null ? 'nothing' : isJsonObject(list) ? 'a map' : `a ${typeof list}`;
  throw new TroupeError('TEMPLATE_FAILED', `a map goes over a list, but this gave ${was}`, {
    ...(isJsonObject(list) ? { hint: 'write values(…) or keys(…) around a map to go over its values or its keys' } : {}),
    retryable: false,
  });
}

/** Takes the items of a map into the count of the run: a run holds every one of them. */
function counted({ state, path }: Entering, items: readonly Json[]): readonly Json[] {
  if (state.items + items.length > MAX_ITEMS) {
    const all = (state.items + items.length).toLocaleString('en');
    throw new TroupeError(
      'MAP_FAILED',
      `with the ${items.length} items of ${path} the run would have ${all}, more than ${MAX_ITEMS.toLocaleString('en')}`,
      {
        hint: 'let an agent take many of them at once, or start a run of its own for each part',
        retryable: false,
      },
    );
  }
  state.items += items.length;
  return items;
}

function openNested({ state, group, member, path, blueprint }: Entering, nested: WorkflowBlueprint, given: JsonObject): RunScope {
  const at = state.clock.now();
  if (group.scope.depth >= MAX_NESTING) {
    throw new TroupeError('NESTING_TOO_DEEP', `workflows are nested more than ${MAX_NESTING} deep at ${path}`, {
      hint: 'a workflow that holds itself by way of others never ends; hand the work over with a signal or start a run of its own',
      retryable: false,
    });
  }
  const around = { nestedIn: blueprint, at, outer: group.scope };
  const opened = (where: Surroundings, values: JsonObject) => {
    const scope = openScope(`${path}/`, nested, values, where);
    showFeedback(state.keeping, scope);
    return scope;
  };
  if (blueprint.inherits) {
    return opened(group.context === null ? around : { ...around, cell: cellOf(group.context, member) }, given);
  }
  const { values, issues } = checkDeclared(nested.workflow.inputs ?? {}, given);
  if (issues.length > 0) {
    throw new TroupeError('INPUT_INVALID', `${nested.workflow.name} cannot be given this: ${issues.map(inWords).join('; ')}`, {
      hint: `see what ${nested.workflow.name} declares under "inputs"`,
      retryable: false,
    });
  }
  return opened(around, values);
}

const inWords = ({ path, message }: { readonly path: string; readonly message: string }) =>
  `${path === '' ? 'the whole' : path} ${message}`;

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

/** These say by themselves what is wrong; to say what was being done would only stand in the way. */
const SPEAKING: ReadonlySet<ErrorCode> = new Set(['DATA_MISSING', 'INPUT_INVALID', 'MAP_FAILED', 'NESTING_TOO_DEEP']);

/** Why a step could not be entered, in one sentence; the code frame of an expression stays with the cause. */
function refusal(thrown: unknown, [code, what]: Doing, step: string): ErrorData {
  const cause = errorData(thrown, code);
  if (SPEAKING.has(cause.code)) return { ...cause, retryable: false };
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
