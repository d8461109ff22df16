/**
 * A blueprint is a workflow made ready to run: expressions compiled, dependencies turned into numbers, order of launch fixed.
 * It is derived from the definition alone, shared by all runs of it and never changes.
 */
import { compileCondition } from '../definition/condition.ts';
import { compileTemplate } from '../definition/template.ts';
import { depthFirstOrder } from '../definition/topological-order.ts';
import {
  type ConflictSettings,
  type Dialect,
  type DurationSpec,
  everyStep,
  type GroupFailurePolicy,
  type GroupStep,
  type Scope,
  type Step,
  type TaskStep,
  votersOf,
  type WaitFor,
  type Workflow,
} from '../definition/workflow.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { drawEdges, type EdgeTerms } from './drawn-edges.ts';
import { type Ordering, orderingOf } from './engine-order.ts';
import { ownKeys, type SharedKeys, writesShared } from './shared-keys.ts';
import { upwardPlaces } from './upward-places.ts';

/** A duration, ms, or what renders to one. */
export type DrawnDuration = number | { readonly render: (scope: Scope) => Json; readonly unit: 's' | 'ms' };

/** A step with everything about it that can be computed before it runs. */
export interface StepBlueprint {
  readonly step: Step;
  readonly dialect: Dialect;
  readonly condition: ((scope: Scope) => boolean) | null;
  /** What the step is given: params, values to set, inputs of a nested workflow. */
  readonly given: (scope: Scope) => Json;
  readonly name: (scope: Scope) => Json;
  readonly persona: ((scope: Scope) => Json) | null;
  readonly timeout: DrawnDuration | null;
  readonly retries: ((scope: Scope) => Json) | number;
  /** The group a step stands for: members of a group; null for leaves, branches and nested workflows. */
  readonly members: GroupBlueprint | null;
  readonly branches: { readonly when: (scope: Scope) => boolean; readonly then: GroupBlueprint; readonly otherwise: GroupBlueprint } | null;
  readonly nested: WorkflowBlueprint | null;
  /** Whether its workflow sees what stands around it: an item of a map. */
  readonly inherits: boolean;
  readonly nestedOutputs: ((scope: Scope) => Json) | null;
  /** What it reads and writes of the shared context; null for nothing. */
  readonly keys: SharedKeys | null;
  /** Whether it, or anything inside it, changes the shared context. */
  readonly writesShared: boolean;
  /** Shares of its work, percent, at which a sync point waits for it. */
  readonly checkpoints: readonly number[];
  /** Of a map: its list. */
  readonly over: ((scope: Scope) => Json) | null;
  /** Of a quality gate: what must hold. */
  readonly check: ((scope: Scope) => boolean) | null;
  /** Of a vote: its voters, and who decides when they cannot. */
  readonly ballot: { readonly voters: GroupBlueprint; readonly judge: GroupBlueprint | null } | null;
}

/** How a group is joined and what its members may do, as far as the definition says. */
export interface JoinBlueprint {
  readonly waitFor: WaitFor;
  readonly quorum: number | null;
  readonly deadline: DrawnDuration | null;
  readonly policy: GroupFailurePolicy | null;
  readonly maxConcurrent: number | null;
}

export interface GroupBlueprint {
  readonly members: readonly StepBlueprint[];
  /** By member: how many dependencies it waits for. */
  readonly waitsFor: readonly number[];
  /** By member: what it waits for. */
  readonly dependencies: readonly (readonly number[])[];
  /** By member: who waits for it. */
  readonly dependents: readonly (readonly number[])[];
  /** By member: its place in the depth-first order; the ready member with the lowest rank is launched first. */
  readonly rank: readonly number[];
  /** By member: its place in the order by longest chain; runs of the native dialect launch in it. */
  readonly urgency: readonly number[];
  /** Special terms of edges, by member and the member it waits for. */
  readonly terms: readonly (ReadonlyMap<number, readonly EdgeTerms[]> | null)[] | null;
  readonly waitFor: WaitFor;
  readonly join: JoinBlueprint;
  readonly conflicts: ConflictSettings | null;
  /** How long the merge persona, and later a person, may take. */
  readonly conflictTimeout: DrawnDuration | null;
  /** Members that are sync points. */
  readonly syncPoints: readonly number[];
  /** By member: the sync points that wait for it. Null where there are none. */
  readonly meetings: readonly (readonly number[])[] | null;
  /** Members see the shared context as it was when the group began, and what they write is merged at the join. */
  readonly isolates: boolean;
  /** Members work side by side rather than on each other’s results. */
  readonly sideBySide: boolean;
  readonly allNeedRoom: boolean;
  /** Present where results count in the order of the sequential run. */
  readonly ordering: Ordering | null;
}

export interface WorkflowBlueprint {
  readonly workflow: Workflow;
  readonly root: GroupBlueprint;
  readonly onStepFailure: GroupBlueprint | null;
  readonly onWorkflowFailure: GroupBlueprint | null;
  readonly variables: readonly (readonly [name: string, value: (scope: Scope) => Json])[];
  readonly outputs: ((scope: Scope) => Json) | null;
  /** Steps of the workflow, members included; those of nested workflows and handlers are not counted. */
  readonly size: number;
  /** The steps by id. */
  readonly byId: ReadonlyMap<string, Step>;
  /** Their ids. */
  readonly ids: ReadonlySet<string>;
  /** Initial values of the shared context, rendered at the start of the workflow. */
  readonly shared: ((scope: Scope) => Json) | null;
  /** Whether any step works on the shared context. */
  readonly sharesContext: boolean;
  /** The members of every block (group or choice), by the block's id. */
  readonly blocks: ReadonlyMap<string, readonly Step[]>;
}

/** Leaves take room; what only coordinates, or waits for a person, does not. */
export function needsRoom({ step }: { readonly step: Step }): boolean {
  return step.kind === 'task' || step.kind === 'variables';
}

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
    sharesContext: workflow.shared !== undefined || touchesShared(workflow.steps),
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
  const { before, terms } = drawEdges(steps, mode, workflow.dialect);
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
    allNeedRoom: steps.every((step) => needsRoom({ step })),
    ordering: inOrder ? orderingOf(workflow, steps, rank) : null,
  };
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
    allNeedRoom: members.every(needsRoom),
    ordering: null,
  };
}

/** A group of steps that the run asks for on its own behalf, one after the other: to merge, to judge, to compensate, to decide. */
export function drawErrand(workflow: Workflow, steps: readonly Step[]): GroupBlueprint {
  return drawGroup(workflow, steps, { mode: 'sequential' });
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
    timeout: 'timeout' in step ? drawDuration(step.timeout, dialect) : null,
    retries: step.kind === 'task' ? drawRetries(step, dialect) : 0,
    members: step.kind === 'group' ? drawGroup(workflow, step.steps, shapeOf(step, dialect)) : null,
    branches:
      step.kind === 'choice'
        ? {
            when: compileCondition(step.when, dialect),
            then: drawGroup(workflow, step.then, { mode: branchMode(workflow) }),
            otherwise: drawGroup(workflow, step.otherwise, { mode: branchMode(workflow) }),
          }
        : null,
    nested: step.kind === 'map' ? blueprintOf(step.workflow) : nested?.workflow === undefined ? null : blueprintOf(nested.workflow),
    inherits: false,
    nestedOutputs: nested?.outputs === undefined ? null : compileTemplate(nested.outputs as Json, nested.workflow?.dialect ?? dialect),
    keys: keys.reads.length + keys.writes.length === 0 ? null : keys,
    writesShared: writesShared(step),
    checkpoints,
    over: step.kind === 'map' ? compileTemplate(`{{ ${step.over} }}`, dialect) : null,
    check: step.kind === 'sync' && step.check !== undefined ? compileCondition(step.check, dialect) : null,
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
const branchMode = (workflow: Workflow) => (workflow.compat === 'engine' ? 'sequential' : 'graph');

function givenOf(step: Step): JsonObject {
  if (step.kind === 'task') return step.params;
  if (step.kind === 'variables') return step.set;
  return step.kind === 'workflow' ? step.inputs : {};
}

function drawDuration(duration: DurationSpec | undefined, dialect: Dialect): DrawnDuration | null {
  if (duration === undefined) return null;
  return typeof duration === 'number' ? duration : { render: compileTemplate(duration.template, dialect), unit: duration.unit };
}

function drawRetries(step: TaskStep, dialect: Dialect): ((scope: Scope) => Json) | number {
  const retries = step.retry?.retries ?? 0;
  return typeof retries === 'number' ? retries : compileTemplate(retries.template, dialect);
}
