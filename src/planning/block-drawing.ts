/**
 * A block of a workflow (members coordinated together) as a piece of a task graph: its members between a joint before and a joint after,
 * so that a hundred steps after a block of a hundred are two hundred edges and not ten thousand. Of a block that is joined early only
 * the members that could end first are drawn, with what they wait for; the others are kept apart as cut short.
 */

import type { MemberEdge } from '../definition/member-edges.ts';
import { keptMembers, type PlannedJoin } from './early-join.ts';
import type { TaskEdge, TaskNode } from './task-graph.ts';
import type { TaskOrigin } from './task-origin.ts';

/** A task of a drawing and the step it stands for; null for a joint. */
export interface DrawnTask {
  readonly node: TaskNode;
  readonly origin: TaskOrigin | null;
}

/** Something drawn: its tasks, the first of which all others come after, the last of which comes after all others. */
export interface Drawing {
  readonly tasks: readonly DrawnTask[];
  readonly edges: readonly TaskEdge[];
  /** When it ends, with room for everything, ms. */
  readonly endMs: number;
  /** Tasks that are begun and cancelled when a block is joined without them. */
  readonly cutShort: readonly DrawnTask[];
  /** Whether its tasks run one after the other. */
  readonly isChain: boolean;
}

/** A member of a block. */
export interface BlockMember {
  readonly edges: readonly MemberEdge[];
  /** Whether it may be skipped. */
  readonly isConditional: boolean;
  /** `startMs`: when it can start, with room for everything. */
  readonly draw: (startMs: number) => Drawing;
}

/** A block to draw. */
export interface Block {
  /** Its path. */
  readonly name: string;
  readonly startMs: number;
  /** Whether failures block nothing. */
  readonly soft: boolean;
  readonly members: readonly BlockMember[];
  readonly join: PlannedJoin;
  /** Members at work at once; null for as many as there is room for. */
  readonly maxConcurrent: number | null;
}

const SUFFIX = { before: ' (before)', after: ' (after)' } as const;

/** The path of the block that a joint belongs to. */
export function blockOf(joint: string): string {
  return joint.replace(/ \((?:before|after|deadline)\)$/u, '');
}

const joint = (name: string, side: 'before' | 'after', ms = 0, suffix: string = SUFFIX[side]): DrawnTask => ({
  node: { id: name + suffix, ms, takesPlace: false, joint: side },
  origin: null,
});

const firstOf = (drawing: Pick<Drawing, 'tasks'> | undefined): string => drawing?.tasks[0]?.node.id ?? '';
const lastOf = (drawing: Pick<Drawing, 'tasks'> | undefined): string => drawing?.tasks.at(-1)?.node.id ?? '';

/** Draws a block. */
export function drawBlock(block: Block): Drawing {
  const { name, startMs, soft, members, join } = block;
  const before = members.map(({ edges }) => edges.map(({ from }) => from));
  const order = startOrder(before);
  const drawn = drawMembers(block, before, order);
  const ends = drawn.map(({ endMs }) => endMs);
  const { kept, untilMs } = keptMembers({ ends, before, startMs, join });
  const isKept = new Set(kept);
  const exit = joint(name, 'after');
  const tasks = [joint(name, 'before'), ...kept.flatMap((member) => drawn[member]?.tasks ?? [])];
  const edges = kept.flatMap((member) => [...edgesTo(member, block, drawn), ...(drawn[member]?.edges ?? [])]);
  // Where members could stand in for each other, none of them blocks what follows.
  const kind = soft || kept.length < members.length ? 'soft' : 'hard';
  const inner = new Set(kept.flatMap((member) => before[member] ?? []));
  for (const member of kept) if (!inner.has(member)) edges.push({ from: lastOf(drawn[member]), to: exit.node.id, kind });
  if (kept.length === 0) edges.push({ from: firstOf({ tasks }), to: exit.node.id });
  if (untilMs !== null) {
    const wait = joint(name, 'before', untilMs, ' (deadline)');
    tasks.push(wait);
    edges.push({ from: firstOf({ tasks }), to: wait.node.id }, { from: wait.node.id, to: exit.node.id });
  }
  return {
    tasks: [...tasks, exit],
    edges,
    endMs: kept.reduce((latest, member) => Math.max(latest, ends[member] ?? 0), startMs + (untilMs ?? 0)),
    cutShort: drawn.flatMap((made, member) => (isKept.has(member) ? made.cutShort : [...made.cutShort, ...tasksOf(made)])),
    isChain: kept.every((member) => drawn[member]?.isChain === true) && isRow(order, before, isKept),
  };
}

function drawMembers(
  { name, startMs, members, maxConcurrent }: Block,
  before: readonly (readonly number[])[],
  order: readonly number[],
): Drawing[] {
  const drawn: Drawing[] = [];
  for (const member of order) {
    const begins = (before[member] ?? []).reduce((latest, other) => Math.max(latest, drawn[other]?.endMs ?? 0), startMs);
    const made = (members[member] as BlockMember).draw(begins);
    drawn[member] = maxConcurrent === null || !made.isChain ? made : within(made, name);
  }
  return drawn;
}

/** What a member waits for: others of the block, or its beginning. */
function edgesTo(member: number, { name, soft, members }: Block, drawn: readonly Drawing[]): TaskEdge[] {
  const to = firstOf(drawn[member]);
  const waits = members[member]?.edges ?? [];
  if (waits.length === 0) return [{ from: joint(name, 'before').node.id, to }];
  return waits.map(({ from, kind, data }) => {
    const softened = kind === 'hard' && members[from]?.isConditional === true ? 'conditional' : kind;
    return { from: lastOf(drawn[from]), to, kind: soft ? 'soft' : softened, data };
  });
}

const tasksOf = ({ tasks }: Drawing): DrawnTask[] => tasks.filter(({ origin }) => origin !== null);

/** Members after what they wait for. */
function startOrder(before: readonly (readonly number[])[]): number[] {
  const dependents: number[][] = before.map(() => []);
  before.forEach((others, member) => {
    for (const other of others) dependents[other]?.push(member);
  });
  const open = before.map(({ length }) => length);
  const order = open.flatMap((count, member) => (count === 0 ? [member] : []));
  for (const member of order) {
    for (const dependent of dependents[member] ?? []) {
      open[dependent] = (open[dependent] ?? 0) - 1;
      if (open[dependent] === 0) order.push(dependent);
    }
  }
  return order;
}

/** Whether each member waits for the one before it. */
function isRow(order: readonly number[], before: readonly (readonly number[])[], kept: ReadonlySet<number>): boolean {
  const row = order.filter((member) => kept.has(member));
  return row.every((member, i) => i === 0 || before[member]?.includes(row[i - 1] ?? -1) === true);
}

/** A member of a block in which only so many are at work at once. */
function within(drawing: Drawing, block: string): Drawing {
  const tasks = drawing.tasks.map((task): DrawnTask => {
    if (task.node.takesPlace === false) return task;
    const { demands = {} } = task.node;
    return { ...task, node: { ...task.node, demands: { ...demands, blocks: [...(demands.blocks ?? []), block] } } };
  });
  return { ...drawing, tasks };
}
