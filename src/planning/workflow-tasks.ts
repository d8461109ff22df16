/**
 * A workflow as a task graph: its leaves, and a joint before and after everything that holds others, so that a hundred steps after a
 * group of a hundred are two hundred edges and not ten thousand. As everywhere in planning, no condition is false and nothing fails: of
 * a choice the longer branch counts, of a race the member that could end first and what it waits for; handlers of failures are left out.
 */
import type { Step, TaskStep, Workflow } from '../definition/workflow.ts';
import { blueprintOf, type GroupBlueprint, needsRoom, type StepBlueprint } from './blueprint.ts';
import { type Estimate, estimateOf } from './estimate.ts';
import { type TaskEdge, type TaskGraph, type TaskNode, taskGraph } from './task-graph.ts';

/**
 * What is known of a leaf beyond its definition. Its `ms` is what earlier runs have taught: it counts unless the definition declares an
 * estimate. What is absent is taken from the definition, else it is nothing.
 */
export type StepKnowledge = Partial<Omit<TaskNode, 'id' | 'takesPlace'>>;

/** Where the duration of a leaf comes from: as for `estimateOf`, or `history`. */
export type DurationSource = Estimate['source'] | 'history';

/** A workflow's leaves and joints, in the order they are bound to. The id of a leaf is its path. */
export interface WorkflowTasks {
  readonly graph: TaskGraph;
  /** By task: where its duration comes from; null for a joint. */
  readonly sources: readonly (DurationSource | null)[];
}

/** Draws the graph. `known` is asked once for every leaf, by its path. Throws as `taskGraph` and `workflowGraph` do. */
export function workflowTasks(workflow: Workflow, known: (path: string, step: Step) => StepKnowledge = () => ({})): WorkflowTasks {
  const drawn = drawGroup(
    blueprintOf(workflow).root,
    { prefix: '', name: '', startMs: 0, soft: workflow.onFailure === 'best_effort' },
    known,
  );
  const tasks = drawn.tasks.slice(1, -1);
  const ids = new Set(tasks.map(({ node }) => node.id));
  const graph = taskGraph(
    tasks.map(({ node }) => node),
    drawn.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
  );
  return { graph, sources: tasks.map(({ source }) => source) };
}

const BEFORE = ' (before)';
const AFTER = ' (after)';

/** The path of the block that the joint after it stands for; none for a joint before a block, which stands for what the block waits for. */
export function blockOf(joint: string): string[] {
  return joint.endsWith(AFTER) ? [joint.slice(0, -AFTER.length)] : [];
}

type Known = (path: string, step: Step) => StepKnowledge;

interface Place {
  /** Of the paths of what is drawn. */
  readonly prefix: string;
  /** Path of what holds it. */
  readonly name: string;
  /** When it can start, if there is room for everything, ms. */
  readonly startMs: number;
  /** Whether failures block nothing. */
  readonly soft: boolean;
}

interface Task {
  readonly node: TaskNode;
  readonly source: DurationSource | null;
}

/** Something drawn: its tasks, the first of which all others come after, the last of which comes after all others. */
interface Drawing {
  readonly tasks: readonly Task[];
  readonly edges: readonly TaskEdge[];
  readonly endMs: number;
}

const firstOf = ({ tasks }: Drawing): string => tasks[0]?.node.id ?? '';
const lastOf = ({ tasks }: Drawing): string => tasks.at(-1)?.node.id ?? '';
const joint = (id: string): Task => ({ node: { id, ms: 0, takesPlace: false }, source: null });

function drawStep(blueprint: StepBlueprint, place: Place, known: Known): Drawing {
  const { step, members, branches, nested } = blueprint;
  const name = place.prefix + step.id;
  if (members !== null) return drawGroup(members, { ...place, name }, known);
  if (branches !== null) {
    const then = drawGroup(branches.then, { ...place, name }, known);
    const otherwise = drawGroup(branches.otherwise, { ...place, name }, known);
    return otherwise.endMs > then.endMs ? otherwise : then;
  }
  if (nested !== null) {
    return drawGroup(nested.root, { ...place, prefix: `${name}/`, name, soft: nested.workflow.onFailure === 'best_effort' }, known);
  }
  const estimate = estimateOf(step);
  const { ms, ...rest } = known(name, step);
  const isLearned = ms !== undefined && estimate.source !== 'estimate';
  const node: TaskNode = {
    id: name,
    ...(step.kind === 'task' ? retriesOf(step) : {}),
    ...rest,
    ms: isLearned ? ms : estimate.ms,
    ...(needsRoom(blueprint) ? {} : { takesPlace: false }),
  };
  return { tasks: [{ node, source: isLearned ? 'history' : estimate.source }], edges: [], endMs: place.startMs + node.ms };
}

function retriesOf({ retry }: TaskStep): { readonly retries?: number } {
  return typeof retry?.retries === 'number' ? { retries: retry.retries } : {};
}

function drawGroup(group: GroupBlueprint, place: Place, known: Known): Drawing {
  const before: number[][] = group.members.map(() => []);
  group.dependents.forEach((list, member) => {
    for (const dependent of list) before[dependent]?.push(member);
  });
  const drawn: Drawing[] = [];
  const endOf = (members: readonly number[]) =>
    members.reduce((latest, member) => Math.max(latest, drawn[member]?.endMs ?? 0), place.startMs);
  for (const member of startOrder(group)) {
    drawn[member] = drawStep(group.members[member] as StepBlueprint, { ...place, startMs: endOf(before[member] ?? []) }, known);
  }
  const kept = keptMembers(group, before, drawn);
  const entry = joint(place.name + BEFORE);
  const exit = joint(place.name + AFTER);
  const edges: TaskEdge[] = [];
  const tasks: Task[] = [entry];
  const sinks = new Set(kept);
  for (const member of kept) {
    const here = drawn[member] as Drawing;
    const others = before[member] ?? [];
    for (const other of others) {
      sinks.delete(other);
      edges.push({ from: lastOf(drawn[other] as Drawing), to: firstOf(here), kind: kindOf(group.members[other] as StepBlueprint, place) });
    }
    if (others.length === 0) edges.push({ from: entry.node.id, to: firstOf(here) });
    for (const task of here.tasks) tasks.push(task);
    for (const edge of here.edges) edges.push(edge);
  }
  for (const member of sinks) edges.push({ from: lastOf(drawn[member] as Drawing), to: exit.node.id, kind: place.soft ? 'soft' : 'hard' });
  if (kept.length === 0) edges.push({ from: entry.node.id, to: exit.node.id });
  return { tasks: [...tasks, exit], edges, endMs: endOf(kept) };
}

function kindOf({ step }: StepBlueprint, place: Place): 'soft' | 'conditional' | 'hard' {
  if (place.soft) return 'soft';
  return step.condition === undefined ? 'hard' : 'conditional';
}

/** Members after what they wait for. */
function startOrder(group: GroupBlueprint): number[] {
  const open = [...group.waitsFor];
  const order = open.flatMap((count, member) => (count === 0 ? [member] : []));
  for (const member of order) {
    for (const dependent of group.dependents[member] ?? []) {
      open[dependent] = (open[dependent] ?? 0) - 1;
      if (open[dependent] === 0) order.push(dependent);
    }
  }
  return order;
}

/** All members; of a race the one that could end first, and what it waits for. */
function keptMembers(group: GroupBlueprint, before: readonly (readonly number[])[], drawn: readonly Drawing[]): number[] {
  const all = group.members.map((_, member) => member);
  if (group.waitFor === 'all' || all.length === 0) return all;
  const winner = all.reduce((best, member) => ((drawn[member]?.endMs ?? 0) < (drawn[best]?.endMs ?? 0) ? member : best));
  const kept = new Set([winner]);
  for (const member of kept) {
    for (const other of before[member] ?? []) kept.add(other);
  }
  return all.filter((member) => kept.has(member));
}
