/** The tasks of a graph as they stand in the chosen option. */
import type { Step } from '../definition/workflow.ts';
import { blockOf } from './block-drawing.ts';
import type { PlacedTask } from './execution-plan.ts';
import { criticalPath, levels, timing } from './graph-measures.ts';
import type { TaskGraph } from './task-graph.ts';
import type { TaskOrigin } from './task-origin.ts';

/** All but joints, in the order of their start. `origins`: by task; null for a graph that was given. `startMs`: by task. */
export function placedTasks(graph: TaskGraph, origins: readonly (TaskOrigin | null)[] | null, startMs: readonly number[]): PlacedTask[] {
  const { earliestMs, slackMs } = timing(graph);
  const critical = new Set(criticalPath(graph));
  const waits = waitedFor(graph);
  const level = new Map(levels(graph).flatMap((list, i) => list.map((at) => [at, i + 1] as const)));
  const placed = graph.nodes.flatMap(({ id, ms, joint }, at): PlacedTask[] => {
    if (joint !== undefined) return [];
    const start = startMs[at] ?? 0;
    const origin = origins?.[at] ?? null;
    return [
      {
        id,
        ...describe(id, origin?.step),
        level: level.get(at) ?? 1,
        ms,
        source: origin?.source ?? null,
        startMs: start,
        endMs: start + ms,
        earliestMs: earliestMs[at] ?? 0,
        slackMs: slackMs[at] ?? 0,
        isCritical: critical.has(at),
        waitsFor: waits[at] ?? [],
      },
    ];
  });
  return placed.sort((a, b) => a.startMs - b.startMs || a.level - b.level);
}

function describe(id: string, step: Step | undefined): Pick<PlacedTask, 'name' | 'type' | 'persona'> {
  if (step === undefined) return { name: id, type: null, persona: null };
  return { name: step.name, type: step.type, persona: step.kind === 'task' ? (step.persona ?? null) : null };
}

/** By task: what it waits for, by name: a block for the joint after it, and what a block waits for in place of the joint before it. */
function waitedFor(graph: TaskGraph): (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (const at of graph.order) {
    const [first = -1, ...others] = graph.predecessors[at] ?? [];
    // The first members of a block share one list: a thousand of them after a thousand are not a million names.
    found[at] = others.length === 0 ? namesOf(first) : [...new Set([first, ...others].flatMap(namesOf))];
  }
  function namesOf(before: number): readonly string[] {
    const { id, joint } = graph.nodes[before] ?? {};
    if (id === undefined) return [];
    if (joint === 'before') return found[before] ?? [];
    return [joint === 'after' ? blockOf(id) : id];
  }
  return found;
}
