/** Random task graphs, random limits and the recorded graphs of the corpus. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Limits } from '../../src/planning/limits.ts';
import { type TaskGraph, type TaskNode, taskGraph } from '../../src/planning/task-graph.ts';

const CORPUS = '../shared/corpus/dags';

const node = fc.record({
  ms: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300_000 })),
  demands: fc.record({
    memoryMb: fc.integer({ min: 0, max: 4 }),
    cpu: fc.constantFrom(0, 0.1, 0.2, 1),
    tokens: fc.integer({ min: 0, max: 100 }),
    capabilities: fc.subarray(['review', 'build']),
  }),
  takesPlace: fc.boolean().map((no) => !no || undefined),
  waitsFor: fc.array(fc.nat(29), { maxLength: 4 }),
});

/** Graphs of up to 30 tasks; edges lead from earlier to later ones, which is no restriction where there are no circles. */
export const graphs: fc.Arbitrary<TaskGraph> = fc.array(node, { maxLength: 30 }).map((drafts) =>
  taskGraph(
    drafts.map(
      ({ ms, demands, takesPlace }, at): TaskNode => ({ id: `t${at}`, ms, demands, ...(takesPlace ? {} : { takesPlace: false }) }),
    ),
    drafts.flatMap(({ waitsFor }, at) => waitsFor.filter((other) => other < at).map((other) => ({ from: `t${other}`, to: `t${at}` }))),
  ),
);

/** Limits that every task of `graphs` fits into. */
export const limits: fc.Arbitrary<Limits> = fc
  .record(
    {
      memoryMb: fc.integer({ min: 4, max: 9 }),
      cpu: fc.constantFrom(1, 1.3, 2),
      tokensPerMinute: fc.integer({ min: 100, max: 300 }),
      capabilities: fc.record({ review: fc.integer({ min: 1, max: 3 }), build: fc.integer({ min: 1, max: 3 }) }),
    },
    { requiredKeys: [] },
  )
  .chain((more) => fc.integer({ min: 1, max: 6 }).map((places) => ({ places, ...more })));

interface RecordedTask {
  readonly id: string;
  readonly parents: readonly string[];
  readonly seconds: number;
}

/** A recorded graph of the corpus. */
export interface Recorded {
  readonly name: string;
  readonly graph: TaskGraph;
}

/** The recorded graphs; none, with the reason printed, where the corpus is absent. */
export function recordedGraphs(): Recorded[] {
  if (!existsSync(CORPUS)) {
    console.warn(`${CORPUS} is absent: nothing is tried on recorded graphs`);
    return [];
  }
  return readdirSync(CORPUS).map((file) => {
    const { instance, tasks }: { instance: string; tasks: RecordedTask[] } = JSON.parse(readFileSync(`${CORPUS}/${file}`, 'utf8'));
    const edges = tasks.flatMap(({ id, parents }) => parents.map((from) => ({ from, to: id })));
    return {
      name: instance,
      graph: taskGraph(
        tasks.map(({ id, seconds }) => ({ id, ms: seconds * 1000 })),
        edges,
      ),
    };
  });
}

/** A graph with other durations. */
export function withDurations(graph: TaskGraph, durations: readonly number[]): TaskGraph {
  return { ...graph, nodes: graph.nodes.map((each, at) => ({ ...each, ms: durations[at] ?? each.ms })) };
}
