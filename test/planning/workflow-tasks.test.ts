import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { criticalPath, timing } from '../../src/planning/graph-measures.ts';
import { planWorkflow } from '../../src/planning/workflow-plan.ts';
import { workflowTasks } from '../../src/planning/workflow-tasks.ts';
import { plays } from '../runtime/random-workflow.ts';

function load(steps: string): Workflow {
  const { workflow, diagnostics } = loadWorkflowSync(`name: w\nsteps:\n${steps}`);
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

describe('a workflow as a task graph', () => {
  it('takes as long as its plan says, with room for everything', () => {
    fc.assert(
      fc.property(plays({ anyJoins: true }), ({ workflow }) => {
        const { graph, sources } = workflowTasks(workflow);
        const plan = planWorkflow(workflow);
        expect(timing(graph).criticalMs).toBe(plan.criticalMs);
        const leaves = new Set(plan.steps.map(({ id }) => id));
        graph.nodes.forEach(({ id, takesPlace, ms }, at) => {
          expect(leaves.has(id)).toBe(sources[at] !== null);
          if (sources[at] === null) expect({ takesPlace, ms }).toEqual({ takesPlace: false, ms: 0 });
        });
      }),
    );
  });

  it('asks about every leaf by its path: what history knows counts, unless the definition declares it', () => {
    const workflow = load(`  - {id: a, type: work, params: {estimate: 5}}
  - {id: b, type: work, dependencies: [a], timeout: 90}
  - {id: c, type: work, dependencies: [b], retries: 2}
  - {id: d, type: wait-for-signal, signal: go, dependencies: [c]}
`);
    const { graph, sources } = workflowTasks(workflow, (path) => (path === 'c' ? {} : { ms: 7000, failureRate: 0.1 }));
    expect(sources).toEqual(['estimate', 'history', 'default', 'history']);
    expect(graph.nodes.map(({ ms }) => ms)).toEqual([5000, 7000, 1000, 7000]);
    expect(graph.nodes[2]).toMatchObject({ id: 'c', retries: 2 });
    expect(graph.nodes[3]).toMatchObject({ takesPlace: false });
  });

  it('says why a step waits: for success, for what may be skipped, or only for its turn', () => {
    const steps = `  - {id: a, type: work}
  - {id: b, type: work, condition: variables.x === 1, dependencies: [a]}
  - {id: c, type: work, dependencies: [b]}
`;
    const kinds = (workflow: Workflow) => workflowTasks(workflow).graph.edges.map(({ kind }) => kind);
    expect(kinds(load(steps))).toEqual(['hard', 'conditional']);
    expect(kinds({ ...load(steps), onFailure: 'best_effort' })).toEqual(['soft', 'soft']);
  });

  it('of groups joined end to end has edges by the member, not by the pair', () => {
    const wide = (id: string, more = '') =>
      `  - {id: ${id}, type: parallel, ${more} steps: [${Array.from({ length: 50 }, (_, i) => `{id: ${id}${i}, type: work}`).join(', ')}]}\n`;
    const { graph } = workflowTasks(load(wide('a') + wide('b', 'dependencies: [a],')));
    expect(graph.edges).toHaveLength(201);
    expect(criticalPath(graph).map((at) => graph.nodes[at]!.id)).toEqual([
      'a (before)',
      'a0',
      'a (after)',
      'b (before)',
      'b0',
      'b (after)',
    ]);
  });
});
