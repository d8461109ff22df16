/**
 * How a workflow would go if nothing failed, no condition were false, and there were room for everything at once: each leaf starts as
 * soon as what it waits for has ended. Of a choice the longer branch counts.
 */
import type { Workflow } from '../definition/workflow.ts';
import { blueprintOf, type GroupBlueprint, type StepBlueprint } from './blueprint.ts';
import { type Estimate, estimateOf } from './estimate.ts';

/** A leaf of a workflow (a step that does something itself) in its plan. */
export interface PlannedStep {
  /** Its path. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly persona: string | null;
  /** 1 for what can start at once; otherwise one more than the highest level it waits for. */
  readonly level: number;
  readonly estimate: Estimate;
  /** Earliest start and end, ms after the start of the run. */
  readonly startMs: number;
  readonly endMs: number;
  /** What it waits for, by path: steps of its group; for the first ones of a group, what the group waits for. */
  readonly waitsFor: readonly string[];
  readonly isCritical: boolean;
}

/** When each step could start at the earliest, and what decides how long the whole takes. */
export interface WorkflowPlan {
  /** In the order of their earliest start; at the same time in the order of the run. */
  readonly steps: readonly PlannedStep[];
  /** Paths by level, the first level first. */
  readonly levels: readonly (readonly string[])[];
  /** The longest chain of steps that wait for each other, by path: nothing makes the run shorter than this. */
  readonly criticalPath: readonly string[];
  /** Its length, ms. */
  readonly criticalMs: number;
  /** All estimates together, of each choice those of the longer branch, ms: the length with room for one. */
  readonly workMs: number;
  /** The longer branch of each choice, by path. */
  readonly longerBranches: Readonly<Record<string, 'then' | 'otherwise'>>;
}

/** Plans a workflow. Pure; throws as `workflowGraph` does. */
export function planWorkflow(workflow: Workflow): WorkflowPlan {
  const paper: Paper = { drafts: [], longerBranches: {}, workMs: 0 };
  const { drafts, longerBranches } = paper;
  const end = planGroup(blueprintOf(workflow).root, { prefix: '', waitsFor: [], endMs: 0, level: 0, last: null }, paper);
  const critical = new Set<Draft>();
  for (let leaf = end.last; leaf !== null; leaf = leaf.after) critical.add(leaf);
  const steps = drafts
    .map(({ after: _, ...step }, index) => ({ ...step, isCritical: critical.has(drafts[index] as Draft) }))
    .sort((a, b) => a.startMs - b.startMs || a.level - b.level);
  const depth = Math.max(0, ...steps.map(({ level }) => level));
  const levels = Array.from({ length: depth }, (): string[] => []);
  for (const { level, id } of steps) levels[level - 1]?.push(id);
  return {
    steps,
    levels,
    criticalPath: [...critical].reverse().map(({ id }) => id),
    criticalMs: end.endMs,
    workMs: paper.workMs,
    longerBranches,
  };
}

type Draft = Omit<PlannedStep, 'isCritical'> & {
  /** The leaf whose end decided when this one starts. */
  readonly after: Draft | null;
};

/** How far a plan has come: when, at which level, and which leaf decided it. */
interface Moment {
  readonly endMs: number;
  readonly level: number;
  readonly last: Draft | null;
}

interface Place extends Moment {
  readonly prefix: string;
  /** What is waited for to come here, by path. */
  readonly waitsFor: readonly string[];
}

/** What a plan is drawn on. */
interface Paper {
  readonly drafts: Draft[];
  readonly longerBranches: Record<string, 'then' | 'otherwise'>;
  /** All estimates so far, of each choice only those of the longer branch. */
  workMs: number;
}

const isLater = (a: Moment, b: Moment): boolean => b.endMs > a.endMs || (b.endMs === a.endMs && b.level > a.level);
const later = (a: Moment, b: Moment): Moment => ({ ...(isLater(a, b) ? b : a), level: Math.max(a.level, b.level) });
const sooner = (a: Moment, b: Moment): Moment => ({ ...(b.endMs < a.endMs ? b : a), level: Math.max(a.level, b.level) });

function planGroup(group: GroupBlueprint, place: Place, paper: Paper): Moment {
  const { members, dependents, waitFor } = group;
  const before: number[][] = members.map(() => []);
  dependents.forEach((list, member) => {
    for (const dependent of list) before[dependent]?.push(member);
  });
  const open = [...group.waitsFor];
  const ready = open.flatMap((count, member) => (count === 0 ? [member] : []));
  const ends: Moment[] = [];
  for (const member of ready) {
    const others = before[member] ?? [];
    const start = others.reduce<Moment>((latest, other) => later(latest, ends[other] ?? place), place);
    const waitsFor = others.length === 0 ? place.waitsFor : others.map((other) => place.prefix + (members[other]?.step.id ?? ''));
    ends[member] = planStep(members[member] as StepBlueprint, { ...start, prefix: place.prefix, waitsFor }, paper);
    for (const dependent of dependents[member] ?? []) {
      open[dependent] = (open[dependent] ?? 0) - 1;
      if (open[dependent] === 0) ready.push(dependent);
    }
  }
  const [first, ...rest] = ends;
  return first === undefined ? place : rest.reduce(waitFor === 'any' ? sooner : later, first);
}

function planStep(blueprint: StepBlueprint, place: Place, paper: Paper): Moment {
  const { step, members, branches, nested } = blueprint;
  const path = place.prefix + step.id;
  if (members !== null) return planGroup(members, place, paper);
  if (branches !== null) {
    const before = paper.workMs;
    const then = planGroup(branches.then, place, paper);
    const thenMs = paper.workMs - before;
    paper.workMs = before;
    const otherwise = planGroup(branches.otherwise, place, paper);
    const longer = isLater(then, otherwise) ? 'otherwise' : 'then';
    if (longer === 'then') paper.workMs = before + thenMs;
    paper.longerBranches[path] = longer;
    return later(then, otherwise);
  }
  if (nested !== null) return planGroup(nested.root, { ...place, prefix: `${path}/` }, paper);
  const estimate = estimateOf(step);
  const level = place.level + 1;
  const endMs = place.endMs + estimate.ms;
  const { name, type } = step;
  const { waitsFor } = place;
  const persona = step.kind === 'task' ? (step.persona ?? null) : null;
  const leaf: Draft = { id: path, name, type, persona, level, estimate, startMs: place.endMs, endMs, waitsFor, after: place.last };
  paper.drafts.push(leaf);
  paper.workMs += estimate.ms;
  return { endMs, level, last: leaf };
}
