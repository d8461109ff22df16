/**
 * A blueprint is a workflow made ready to run: expressions compiled, dependencies turned into numbers, order of launch fixed.
 * It is derived from the definition alone, shared by all runs of it and never changes.
 */
import { compileCondition } from '../definition/condition.ts';
import { compileTemplate } from '../definition/template.ts';
import { depthFirstOrder } from '../definition/topological-order.ts';
import {
  type Dialect,
  type DurationSpec,
  everyStep,
  type Scope,
  type Step,
  type TaskStep,
  type WaitFor,
  type Workflow,
} from '../definition/workflow.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import { type Ordering, orderingOf } from './engine-order.ts';

/** A step with everything about it that can be computed before it runs. */
export interface StepBlueprint {
  readonly step: Step;
  readonly dialect: Dialect;
  readonly condition: ((scope: Scope) => boolean) | null;
  /** What the step is given: params, values to set, inputs of a nested workflow. */
  readonly given: (scope: Scope) => Json;
  readonly name: (scope: Scope) => Json;
  readonly persona: ((scope: Scope) => Json) | null;
  readonly timeout: ((scope: Scope) => Json) | number | null;
  readonly retries: ((scope: Scope) => Json) | number;
  /** The group a step stands for: members of a group; null for leaves, branches and nested workflows. */
  readonly members: GroupBlueprint | null;
  readonly branches: { readonly when: (scope: Scope) => boolean; readonly then: GroupBlueprint; readonly otherwise: GroupBlueprint } | null;
  readonly nested: WorkflowBlueprint | null;
  readonly nestedOutputs: ((scope: Scope) => Json) | null;
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
  readonly waitFor: WaitFor;
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
  /** Their ids. */
  readonly ids: ReadonlySet<string>;
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
  const handlers = (steps: readonly Step[]) => (steps.length === 0 ? null : drawGroup(workflow, steps, 'sequential', 'all', false));
  const ids = new Set([...everyStep(workflow.steps)].map((step) => step.id));
  return {
    workflow,
    root: drawGroup(workflow, workflow.steps, workflow.mode, 'all', workflow.compat === 'engine'),
    onStepFailure: handlers(workflow.onStepFailure),
    onWorkflowFailure: handlers(workflow.onWorkflowFailure),
    variables: Object.entries(workflow.variables).map(([name, value]) => [name, compileTemplate(value ?? null, workflow.dialect)]),
    outputs: workflow.outputs === undefined ? null : compileTemplate(workflow.outputs as Json, workflow.dialect),
    size: ids.size,
    ids,
    blocks: blocksOf([...workflow.steps, ...workflow.onStepFailure, ...workflow.onWorkflowFailure]),
  };
}

function blocksOf(steps: readonly Step[]): Map<string, readonly Step[]> {
  const blocks = new Map<string, readonly Step[]>();
  for (const step of everyStep(steps)) {
    if (step.kind === 'group') blocks.set(step.id, step.steps);
    if (step.kind === 'choice') blocks.set(step.id, [...step.then, ...step.otherwise]);
  }
  return blocks;
}

function drawGroup(
  workflow: Workflow,
  steps: readonly Step[],
  mode: 'graph' | 'sequential' | 'parallel',
  waitFor: WaitFor,
  inOrder: boolean,
): GroupBlueprint {
  const edges = memberEdges(steps, mode);
  const dependents: number[][] = steps.map(() => []);
  edges.forEach((from, to) => {
    for (const member of from) dependents[member]?.push(to);
  });
  const rank: number[] = new Array(steps.length).fill(0);
  depthFirstOrder(steps).forEach((member, place) => {
    rank[member] = place;
  });
  return {
    members: steps.map((step) => drawStep(workflow, step)),
    waitsFor: edges.map((from) => from.size),
    dependencies: edges.map((from) => [...from]),
    dependents,
    rank,
    waitFor,
    allNeedRoom: steps.every((step) => needsRoom({ step })),
    ordering: inOrder ? orderingOf(workflow, steps, rank) : null,
  };
}

/** By member: the members it depends on. A dependency on a step inside another member is one on that member. */
function memberEdges(steps: readonly Step[], mode: 'graph' | 'sequential' | 'parallel'): Set<number>[] {
  const home = new Map<string, number>();
  const settle = (inner: readonly Step[], member: number) => {
    for (const step of inner) {
      home.set(step.id, member);
      if (step.kind === 'group') settle(step.steps, member);
      if (step.kind === 'choice') settle([...step.then, ...step.otherwise], member);
    }
  };
  steps.forEach((step, member) => {
    settle([step], member);
  });
  return steps.map((step, member) => {
    const from = new Set<number>();
    for (const id of dependenciesWithin(step)) {
      const other = home.get(id);
      if (other !== undefined && other !== member) from.add(other);
    }
    if (mode === 'sequential' && member > 0) from.add(member - 1);
    return from;
  });
}

/** A member's own dependencies and those that its inner steps have on the outside. */
function* dependenciesWithin(step: Step): Generator<string> {
  yield* step.dependencies;
  const inner = step.kind === 'group' ? step.steps : step.kind === 'choice' ? [...step.then, ...step.otherwise] : [];
  for (const member of inner) yield* dependenciesWithin(member);
}

function drawStep(workflow: Workflow, step: Step): StepBlueprint {
  const { dialect } = workflow;
  const nested = step.kind === 'workflow' ? step : null;
  return {
    step,
    dialect,
    condition: step.condition === undefined ? null : compileCondition(step.condition, dialect),
    given: compileTemplate(givenOf(step) as Json, dialect),
    name: compileTemplate(step.name, dialect),
    persona: step.kind === 'task' && step.persona !== undefined ? compileTemplate(step.persona, dialect) : null,
    timeout: step.kind === 'task' || step.kind === 'signal' ? drawDuration(step.timeout, dialect) : null,
    retries: step.kind === 'task' ? drawRetries(step, dialect) : 0,
    members: step.kind === 'group' ? drawGroup(workflow, step.steps, step.mode, step.waitFor, false) : null,
    branches:
      step.kind === 'choice'
        ? {
            when: compileCondition(step.when, dialect),
            then: drawGroup(workflow, step.then, branchMode(workflow), 'all', false),
            otherwise: drawGroup(workflow, step.otherwise, branchMode(workflow), 'all', false),
          }
        : null,
    nested: nested?.workflow === undefined ? null : blueprintOf(nested.workflow),
    nestedOutputs: nested?.outputs === undefined ? null : compileTemplate(nested.outputs as Json, nested.workflow?.dialect ?? dialect),
  };
}

/** A branch of the engine dialect is a list worked off in order; a native branch is a graph like any other group. */
const branchMode = (workflow: Workflow) => (workflow.compat === 'engine' ? 'sequential' : 'graph');

function givenOf(step: Step): JsonObject {
  if (step.kind === 'task') return step.params;
  if (step.kind === 'variables') return step.set;
  return step.kind === 'workflow' ? step.inputs : {};
}

function drawDuration(duration: DurationSpec | undefined, dialect: Dialect): ((scope: Scope) => Json) | number | null {
  if (duration === undefined) return null;
  return typeof duration === 'number' ? duration : compileTemplate(duration.template, dialect);
}

function drawRetries(step: TaskStep, dialect: Dialect): ((scope: Scope) => Json) | number {
  const retries = step.retry?.retries ?? 0;
  return typeof retries === 'number' ? retries : compileTemplate(retries.template, dialect);
}
