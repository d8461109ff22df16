/** Making workflows ready to run: expressions compiled, dependencies numbered, orders of launch fixed. */

import { shownTo } from '../definition/approval-terms.ts';
import type { DurationSpec } from '../definition/attempt-timing.ts';
import { compileCondition } from '../definition/condition.ts';
import { standIns, standingFor } from '../definition/fallbacks.ts';
import type { ConflictSettings } from '../definition/joining.ts';
import { compileTemplate } from '../definition/template.ts';
import { depthFirstOrder } from '../definition/topological-order.ts';
import {
  type ChoiceStep,
  type Dialect,
  everyStep,
  type GroupStep,
  type Scope,
  type Step,
  type TaskStep,
  votersOf,
  type Workflow,
} from '../definition/workflow.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { DrawnDuration, GroupBlueprint, JoinBlueprint, StepBlueprint, WorkflowBlueprint } from './blueprint.ts';
import { drawEdges } from './drawn-edges.ts';
import { drawPhase, givesFeedback, waysBack } from './drawn-phase.ts';
import { orderingOf } from './engine-order.ts';
import { goesBack } from './goes-back.ts';
import { hasBudgets } from './has-budgets.ts';
import { ownKeys, writesShared } from './shared-keys.ts';
import { undoableIn } from './undoable.ts';
import { upwardPlaces } from './upward-places.ts';

const known = new WeakMap<Workflow, WorkflowBlueprint>();

/** The blueprint of a workflow; made once per definition object. */
export function blueprintOf(workflow: Workflow): WorkflowBlueprint {
  let made = known.get(workflow);
  if (made === undefined) {
    made = drawWorkflow(workflow);
    known.set(workflow, made);
  }
  return made;
}

function drawWorkflow(workflow: Workflow): WorkflowBlueprint {
  const handlers = (steps: readonly Step[]) => (steps.length === 0 ? null : drawGroup(workflow, steps, { mode: 'sequential' }));
  const byId = new Map([...everyStep(workflow.steps)].map((step) => [step.id, step]));
  const ids = new Set(byId.keys());
  return {
    workflow,
    root: drawGroup(workflow, workflow.steps, { mode: workflow.mode, inOrder: workflow.compat === 'engine' }),
    onStepFailure: handlers(workflow.onStepFailure),
    onWorkflowFailure: handlers(workflow.onWorkflowFailure),
    variables: Object.entries(workflow.variables).map(([name, value]) => [name, compileTemplate(value ?? null, workflow.dialect)]),
    outputs: workflow.outputs === undefined ? null : compileTemplate(workflow.outputs as Json, workflow.dialect),
    size: ids.size,
    byId,
    ids,
    shared: workflow.shared === undefined ? null : compileTemplate(workflow.shared, workflow.dialect),
    budgeted: hasBudgets(workflow),
    givesFeedback: givesFeedback(workflow.steps),
    sharesContext: workflow.shared !== undefined || touchesShared(workflow.steps),
    undoable: undoableIn(workflow),
    blocks: blocksOf([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure]),
  };
}

/** Bodies of maps work on the context of what holds them. */
function touchesShared(steps: readonly Step[]): boolean {
  return [...everyStep(steps)].some((step) => {
    const { reads, writes } = ownKeys(step);
    return reads.length + writes.length > 0 || (step.kind === 'map' && touchesShared(step.workflow.steps));
  });
}

function blocksOf(steps: readonly Step[]): Map<string, readonly Step[]> {
  const blocks = new Map<string, readonly Step[]>();
  for (const step of everyStep(steps)) {
    if (step.kind === 'group') blocks.set(step.id, step.steps);
    if (step.kind === 'vote') blocks.set(step.id, votersOf(step));
    if (step.kind === 'choice') blocks.set(step.id, [...step.then, ...step.otherwise]);
  }
  return blocks;
}

interface Shape {
  readonly mode: 'graph' | 'sequential' | 'parallel';
  readonly join?: JoinBlueprint;
  readonly conflicts?: ConflictSettings | undefined;
  readonly inOrder?: boolean;
}

const PLAIN_JOIN: JoinBlueprint = { waitFor: 'all', quorum: null, deadline: null, policy: null, maxConcurrent: null };

function drawGroup(
  workflow: Workflow,
  steps: readonly Step[],
  { mode, join = PLAIN_JOIN, conflicts, inOrder = false }: Shape,
): GroupBlueprint {
  const { before, terms } = drawEdges(steps, mode, workflow.dialect, join.waitFor !== 'all');
  const dependents: number[][] = steps.map(() => []);
  before.forEach((from, to) => {
    for (const member of from) dependents[member]?.push(to);
  });
  const rank: number[] = new Array(steps.length).fill(0);
  depthFirstOrder(steps).forEach((member, place) => {
    rank[member] = place;
  });
  const settings = conflicts ?? workflow.conflicts;
  const syncPoints = steps.flatMap(({ kind }, member) => (kind === 'sync' ? [member] : []));
  return {
    members: steps.map((step) => drawStep(workflow, step, checkpointsOf(step, steps, syncPoints))),
    waitsFor: before.map((from) => from.size),
    dependencies: before.map((from) => [...from]),
    dependents,
    rank,
    urgency: workflow.compat === 'engine' ? rank : upwardPlaces(steps, before),
    terms,
    waitFor: join.waitFor,
    join,
    conflicts: settings ?? null,
    conflictTimeout: drawDuration(settings?.timeout, workflow.dialect),
    syncPoints,
    meetings: syncPoints.length === 0 ? null : steps.map(({ id }) => syncPoints.filter((point) => awaits(steps[point], id))),
    isolates: (mode === 'parallel' || join.policy === 'fall_back_sequential') && steps.some(writesShared),
    sideBySide: mode === 'parallel',
    ordering: inOrder ? orderingOf(workflow, steps, rank) : null,
    ...waysBack(steps),
    ...goesBack(steps),
    ...drawStandIns(steps),
  };
}

function drawStandIns(steps: readonly Step[]): Pick<GroupBlueprint, 'standIns' | 'stages'> {
  const found = standIns(steps);
  return found.size === 0 ? {} : { standIns: found, stages: standingFor(steps) };
}

const awaits = (point: Step | undefined, id: string) => point?.kind === 'sync' && point.members.includes(id);

const NO_CHECKPOINTS: readonly number[] = [];

function checkpointsOf({ id }: Step, steps: readonly Step[], syncPoints: readonly number[]): readonly number[] {
  if (syncPoints.length === 0) return NO_CHECKPOINTS;
  const shares = syncPoints.flatMap((point) => {
    const step = steps[point];
    return step?.kind === 'sync' && step.sync === 'progress_checkpoint' && awaits(step, id) ? [step.threshold ?? 100] : [];
  });
  return [...new Set(shares)].sort((a, b) => a - b);
}

/** Groups one after the other, as one: the members of each in their order. */
export function drawSequence(groups: readonly GroupBlueprint[]): GroupBlueprint {
  const members = groups.flatMap((group) => group.members);
  const places = members.map((_, member) => member);
  return {
    members,
    waitsFor: places.map((member) => (member === 0 ? 0 : 1)),
    dependencies: places.map((member) => (member === 0 ? [] : [member - 1])),
    dependents: places.map((member) => (member + 1 < members.length ? [member + 1] : [])),
    rank: places,
    urgency: places,
    terms: null,
    waitFor: 'all',
    join: PLAIN_JOIN,
    conflicts: groups[0]?.conflicts ?? null,
    conflictTimeout: groups[0]?.conflictTimeout ?? null,
    syncPoints: [],
    meetings: null,
    isolates: false,
    sideBySide: false,
    ordering: null,
    ...goesBack(members.map(({ step }) => step)),
  };
}

/** A group of steps that the run asks for on its own behalf, one after the other: to merge, to judge, to compensate, to decide. */
export function drawErrand(workflow: Workflow, steps: readonly Step[]): GroupBlueprint {
  return drawGroup(workflow, steps, { mode: 'sequential' });
}

/** The body of a map settles its conflicts as what stands around it does, unless it says otherwise. */
function drawBody({ conflicts }: Workflow, body: Workflow): WorkflowBlueprint {
  return conflicts === undefined || body.conflicts !== undefined ? blueprintOf(body) : drawWorkflow({ ...body, conflicts });
}

function drawStep(workflow: Workflow, step: Step, checkpoints: readonly number[]): StepBlueprint {
  const { dialect } = workflow;
  const nested = step.kind === 'workflow' ? step : null;
  const keys = ownKeys(step);
  return {
    step,
    dialect,
    condition: step.condition === undefined ? null : compileCondition(step.condition, dialect),
    given: compileTemplate(givenOf(step) as Json, dialect),
    name: compileTemplate(step.name, dialect),
    persona: step.kind === 'task' && step.persona !== undefined ? compileTemplate(step.persona, dialect) : null,
    ...drawEnd(step, dialect),
    retries: step.kind === 'task' ? drawRetries(step, dialect) : 0,
    members: step.kind === 'group' ? drawGroup(workflow, step.steps, shapeOf(step, dialect)) : null,
    branches:
      step.kind === 'choice'
        ? {
            when: compileCondition(step.when, dialect),
            then: drawGroup(workflow, step.then, branchShape(workflow, step)),
            otherwise: drawGroup(workflow, step.otherwise, branchShape(workflow, step)),
          }
        : null,
    nested: step.kind === 'map' ? drawBody(workflow, step.workflow) : nested?.workflow === undefined ? null : blueprintOf(nested.workflow),
    inherits: false,
    nestedOutputs: nested?.outputs === undefined ? null : compileTemplate(nested.outputs as Json, nested.workflow?.dialect ?? dialect),
    keys: keys.reads.length + keys.writes.length === 0 ? null : keys,
    writesShared: writesShared(step),
    checkpoints,
    over: step.kind === 'map' ? compileTemplate(`{{ ${step.over} }}`, dialect) : null,
    check: step.kind === 'sync' && step.check !== undefined ? compileCondition(step.check, dialect) : null,
    phase: drawPhase(workflow, step, drawErrand),
    ballot:
      step.kind === 'vote'
        ? {
            voters: drawGroup(workflow, step.steps, { mode: 'parallel' }),
            judge: step.judge === undefined ? null : drawErrand(workflow, [step.judge]),
          }
        : null,
  };
}

function shapeOf(step: GroupStep, dialect: Dialect): Shape {
  return {
    mode: step.mode,
    conflicts: step.conflicts,
    join: {
      waitFor: step.waitFor,
      quorum: step.quorum ?? null,
      deadline: drawDuration(step.deadline, dialect),
      policy: step.onFailure ?? null,
      maxConcurrent: step.maxConcurrent ?? null,
    },
  };
}

/** A branch of the engine dialect is a list worked off in order; a native branch is a graph like any other group. */
function branchShape({ compat }: Workflow, { onFailure }: ChoiceStep): Shape {
  const mode = compat === 'engine' ? 'sequential' : 'graph';
  return onFailure === undefined ? { mode } : { mode, join: { ...PLAIN_JOIN, policy: onFailure } };
}

function givenOf(step: Step): JsonObject {
  if (step.kind === 'task') return step.params;
  if (step.kind === 'variables') return step.set;
  if (step.kind === 'approval') return shownTo(step);
  return step.kind === 'workflow' ? step.inputs : {};
}

function drawDuration(duration: DurationSpec | undefined, dialect: Dialect): DrawnDuration | null {
  if (duration === undefined) return null;
  return typeof duration === 'number' ? duration : { render: compileTemplate(duration.template, dialect), unit: duration.unit };
}

/** What ends a step that nobody ends. */
function drawEnd(step: Step, dialect: Dialect): Pick<StepBlueprint, 'timeout' | 'until' | 'moment'> {
  const until = 'until' in step && step.until !== undefined ? compileCondition(step.until, dialect) : null;
  if (step.kind !== 'sleep') return { timeout: 'timeout' in step ? drawDuration(step.timeout, dialect) : null, until, moment: null };
  const { moment = null } = step;
  return {
    timeout: drawDuration(step.for, dialect),
    until,
    moment: typeof moment === 'object' && moment !== null ? compileTemplate(moment.template, dialect) : moment,
  };
}

function drawRetries(step: TaskStep, dialect: Dialect): ((scope: Scope) => Json) | number {
  const retries = step.retry?.retries ?? 0;
  return typeof retries === 'number' ? retries : compileTemplate(retries.template, dialect);
}
