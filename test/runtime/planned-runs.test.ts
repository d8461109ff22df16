import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Workflow } from '../../src/definition/workflow.ts';
import { plan } from '../../src/planning/plan.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { type RecordedGraph, recordedGraphs, workflowOf } from './recorded-graph.ts';

/** The graph with its durations declared, whole milliseconds as plans count them. */
function declared(graph: RecordedGraph): Workflow {
  const workflow = workflowOf(graph);
  const msOf = new Map(graph.tasks.map(({ id, seconds }) => [id, Math.round(seconds * 1000)]));
  return {
    ...workflow,
    steps: workflow.steps.map((step) => (step.kind === 'task' ? { ...step, estimateMs: msOf.get(step.id) ?? 0 } : step)),
  };
}

/** Runs a workflow as planned; every task takes `factor(id)` times what was declared. */
async function carriedOut(workflow: Workflow, places: number, factor: (id: string) => number = () => 1) {
  const made = plan(workflow, { limits: { places }, effort: 50_000 });
  const msOf = new Map(workflow.steps.map((step) => [step.id, step.kind === 'task' ? (step.estimateMs ?? 0) : 0]));
  const end = await simulate(workflow, {
    plan: made,
    crew: { personas: { worker: async ({ task, sleep }) => sleep((msOf.get(task.step) ?? 0) * factor(task.step)) } },
  });
  return { made, end };
}

const graphs = recordedGraphs().toSorted((a, b) => a.tasks.length - b.tasks.length);

describe('a run that is carried out as planned', () => {
  test.each(graphs.slice(0, 5).map((graph) => [graph.instance, graph] as const))(
    '%s takes just as long as the plan says',
    async (_, graph) => {
      for (const places of [4, 8]) {
        const { made, end } = await carriedOut(declared(graph), places);
        expect([end.status, end.makespanMs]).toEqual(['completed', made.chosen.schedule.makespanMs]);
      }
    },
  );

  test('takes as long as planned, whatever the graph, the durations and the places', async () => {
    const tasks = fc.array(fc.record({ seconds: fc.integer({ min: 0, max: 20 }), parents: fc.array(fc.nat(), { maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(tasks, fc.integer({ min: 1, max: 4 }), async (drawn, places) => {
        const graph: RecordedGraph = {
          instance: 'drawn',
          tasks: drawn.map(({ seconds, parents }, at) => ({
            id: `t${at}`,
            kind: 'task',
            seconds,
            parents: [...new Set(at === 0 ? [] : parents.map((parent) => `t${parent % at}`))],
          })),
        };
        const { made, end } = await carriedOut(declared(graph), places);
        expect([end.status, end.makespanMs]).toEqual(['completed', made.chosen.schedule.makespanMs]);
      }),
      { numRuns: process.env.TROUPE_DEEP === undefined ? 60 : 2000 },
    );
  });

  test('keeps its order when durations turn out otherwise, and completes', async () => {
    const [graph] = graphs;
    if (graph === undefined) return;
    const workflow = declared(graph);
    const { made, end } = await carriedOut(workflow, 4, (id) => 1 + (id.length % 3) / 2);
    expect(end.status).toBe('completed');
    expect(end.makespanMs).toBeGreaterThanOrEqual(made.criticalMs);
  });

  test('launches alike when its journal is folded again: the order is recorded with the start', async () => {
    const [graph] = graphs;
    if (graph === undefined) return;
    const { made, end } = await carriedOut(declared(graph), 4);
    const started = end.journal[0]?.fact;
    expect(started).toMatchObject({
      type: 'run.started',
      maxConcurrency: made.chosen.limits.places,
      order: made.tasks.map(({ id }) => id),
    });
  });
});
