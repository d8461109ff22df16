/** Where tasks of a plan meet and part, found from the graph, beside the sync points that a workflow declares. */
import type { SyncKind } from '../definition/joining.ts';
import { blockOf } from './block-drawing.ts';
import type { TaskGraph } from './task-graph.ts';
import type { TaskOrigin } from './task-origin.ts';

/**
 * A place where several meet. `merge`: something goes on when several have ended; `parallel_start`: several begin at once; else as the
 * workflow declares it.
 */
export interface SyncPoint {
  readonly kind: 'merge' | 'parallel_start' | SyncKind;
  /** Path of the step or block it belongs to; null for the beginning of the run. */
  readonly at: string | null;
  /** Whether it stands before or after that: a merge before a step is what the step waits for, one after a block what ends the block. */
  readonly side: 'before' | 'after';
  /** Paths of those that meet, or begin. */
  readonly members: readonly string[];
}

/** All of them, in the order of the graph. `origins`: by task; null for a graph that was given. */
export function syncPointsOf(graph: TaskGraph, origins: readonly (TaskOrigin | null)[] | null): SyncPoint[] {
  const found: SyncPoint[] = [];
  const names = (places: readonly number[]) => [...new Set(places.flatMap((at) => nameOf(graph, at)))];
  const add = (kind: SyncPoint['kind'], at: string | null, side: SyncPoint['side'], members: readonly string[]) => {
    if (members.length > 1) found.push({ kind, at, side, members });
  };
  add('parallel_start', null, 'after', names(graph.order.filter((at) => graph.predecessors[at]?.length === 0)));
  for (const at of graph.order) {
    const { id = '', joint } = graph.nodes[at] ?? {};
    const name = joint === undefined ? id : blockOf(id);
    const step = origins?.[at]?.step;
    if (step?.kind === 'sync') {
      const prefix = id.slice(0, id.length - step.id.length);
      found.push({ kind: step.sync, at: name, side: 'before', members: step.members.map((member) => prefix + member) });
    } else add('merge', name, joint ?? 'before', names(graph.predecessors[at] ?? []));
    add('parallel_start', name, joint ?? 'after', names(graph.successors[at] ?? []));
  }
  return found;
}

/** The step or block that a node stands for; nothing for a deadline. */
function nameOf(graph: TaskGraph, at: number): string[] {
  const { id = '', joint } = graph.nodes[at] ?? {};
  if (joint === undefined) return [id];
  return id.endsWith(' (deadline)') ? [] : [blockOf(id)];
}
