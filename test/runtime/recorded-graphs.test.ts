import { describe, expect, test } from 'vitest';
import { loadWorkflow } from '../../src/definition/load-workflow.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { extentOf, type RecordedGraph, recordedGraphs, timedWorker, workflowOf, yamlOf } from './recorded-graph.ts';

const LIMITS = [1, 4, 8, Number.POSITIVE_INFINITY];

/** Runs a graph and returns what happened, in order: `begin <step>` and `settle <step>`. */
async function play(workflow: Workflow, maxConcurrency: number) {
  const worker = timedWorker();
  const log: string[] = [];
  const end = await simulate(workflow, {
    crew: { personas: { worker: worker.perform } },
    maxConcurrency,
    onEvent: (event) => {
      if (event.type === 'task.started') log.push(`begin ${event.step}`);
      if (event.type === 'step.settled') log.push(`settle ${event.step}`);
    },
  });
  return { end, log, peak: worker.peak(), begun: worker.begun };
}

function earlyStarts({ tasks }: RecordedGraph, log: readonly string[]): string[] {
  const place = new Map(log.map((line, at) => [line, at]));
  const at = (line: string) => place.get(line) ?? Number.NaN;
  return tasks.flatMap(({ id, parents }) =>
    parents.filter((parent) => !(at(`settle ${parent}`) < at(`begin ${id}`))).map((parent) => `${id} before ${parent}`),
  );
}

const graphs = recordedGraphs();

describe.each(graphs.map((graph) => [graph.instance, graph] as const))('%s', (_, graph) => {
  const { workMs, criticalPathMs } = extentOf(graph);
  const rounding = graph.tasks.length;

  test.each(LIMITS)('keeps order, limit and bounds with %d at a time', async (limit) => {
    const { end, log, peak, begun } = await play(workflowOf(graph), limit);
    const capacity = Math.min(limit, graph.tasks.length);
    expect(end.status).toBe('completed');
    expect(begun.toSorted()).toEqual(graph.tasks.map(({ id }) => id).toSorted());
    expect(earlyStarts(graph, log)).toEqual([]);
    expect(peak).toBeLessThanOrEqual(limit);
    expect(end.makespanMs).toBeGreaterThanOrEqual(criticalPathMs - rounding);
    expect(end.makespanMs).toBeGreaterThanOrEqual(workMs / capacity - rounding);
    // Whoever never leaves room empty while work is ready stays below this (R. L. Graham, Bounds on multiprocessing timing anomalies, 1969).
    expect(end.makespanMs).toBeLessThanOrEqual(workMs / capacity + criticalPathMs * (1 - 1 / capacity) + rounding);
  });

  test('takes exactly its work one at a time, and its longest path with room for all', async () => {
    const alone = await play(workflowOf(graph), 1);
    expect(Math.abs(alone.end.makespanMs - workMs)).toBeLessThanOrEqual(rounding);
    const roomy = await play(workflowOf(graph), Number.POSITIVE_INFINITY);
    expect(Math.abs(roomy.end.makespanMs - criticalPathMs)).toBeLessThanOrEqual(rounding);
  });

  test('runs from its YAML text as it does from its internal form', async () => {
    const { workflow, diagnostics } = await loadWorkflow(yamlOf(graph));
    expect(diagnostics).toEqual([]);
    const written = await play(workflow as Workflow, 4);
    const built = await play(workflowOf(graph), 4);
    expect(written.log).toEqual(built.log);
    expect(written.end.makespanMs).toBe(built.end.makespanMs);
    expect(written.end.outputs).toEqual(built.end.outputs);
  });
});

test('the recorded graphs were looked for', () => {
  expect(graphs.every(({ tasks }) => tasks.length > 0)).toBe(true);
});
