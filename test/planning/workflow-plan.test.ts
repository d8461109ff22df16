import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { workflowGraph } from '../../src/planning/workflow-graph.ts';
import { planWorkflow } from '../../src/planning/workflow-plan.ts';
import { forecast } from '../../src/testing/forecast.ts';
import { plays } from '../runtime/random-workflow.ts';

function load(steps: string): Workflow {
  const { workflow, diagnostics } = loadWorkflowSync(`name: w\nsteps:\n${steps}`);
  if (workflow === null) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

const step = (id: string, estimate: number, more = ''): string =>
  `{id: ${id}, type: persona-request, persona: p, params: {estimate: ${estimate}}${more}}`;

const NESTED = load(`  - ${step('a', 1)}
  - id: fan
    type: parallel
    dependencies: [a]
    steps:
      - ${step('left', 5)}
      - ${step('right', 2)}
  - id: choose
    type: conditional
    condition: variables.x === 1
    dependencies: [fan]
    then_steps: [${step('short', 1)}]
    else_steps: [${step('long', 3)}, ${step('longer', 4, ', dependencies: [long]')}]
  - id: race
    type: parallel
    wait_for: any
    dependencies: [choose]
    steps: [${step('hare', 2)}, ${step('tortoise', 9)}]
  - ${step('end', 1, ', dependencies: [race]')}
`);

describe('the plan of a workflow', () => {
  it('goes through groups, takes the longer branch of a choice, and the first of a race', () => {
    const plan = planWorkflow(NESTED);
    expect(plan.criticalPath).toEqual(['a', 'left', 'long', 'longer', 'hare', 'end']);
    expect(plan.criticalMs).toBe(16_000);
    expect(plan.levels).toEqual([['a'], ['left', 'right'], ['short', 'long'], ['longer'], ['hare', 'tortoise'], ['end']]);
    expect(plan.longerBranches).toEqual({ choose: 'otherwise' });
    expect(plan.steps.find(({ id }) => id === 'right')).toMatchObject({ startMs: 1000, endMs: 3000, waitsFor: ['a'], isCritical: false });
  });

  it('takes an estimate, else a timeout, else a second; nobody knows how long a person takes', () => {
    const plan = planWorkflow(
      load(`  - {id: a, type: persona-request, persona: p, params: {estimate: 20m}, timeout: 1h}
  - {id: b, type: persona-request, persona: p, timeout: 90}
  - {id: c, type: persona-request, persona: p, params: {estimate: soon}}
  - {id: d, type: wait-for-signal, signal: go, timeout: 1d}
  - {id: e, type: variables, set: {x: 1}}
`),
    );
    expect(plan.steps.map(({ estimate }) => estimate)).toEqual([
      { ms: 1_200_000, source: 'estimate' },
      { ms: 90_000, source: 'timeout' },
      { ms: 1000, source: 'default' },
      { ms: 0, source: 'person' },
      { ms: 0, source: 'none' },
    ]);
  });

  it('a chain of 10,000 steps is planned without running out of stack', () => {
    const task = { kind: 'task', type: 'persona-request', persona: 'p', params: {} } as const;
    const steps = Array.from({ length: 10_000 }, (_, n) => ({
      ...task,
      id: `s${n}`,
      name: `s${n}`,
      dependencies: n === 0 ? [] : [`s${n - 1}`],
    }));
    const plan = planWorkflow({ ...NESTED, steps });
    expect(plan.criticalPath).toHaveLength(10_000);
    expect(plan.criticalMs).toBe(10_000_000);
  });
});

describe('plan and forecast of any workflow', () => {
  it('with room for everything a run takes exactly as long as its longest chain; with less never shorter, and never longer than all work in turn', async () => {
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: false }), async ({ workflow, maxConcurrency }) => {
        const plan = planWorkflow(workflow);
        expect((await forecast(workflow, { maxConcurrency: 1000 })).makespanMs).toBe(plan.criticalMs);
        const { makespanMs } = await forecast(workflow, { maxConcurrency });
        expect(makespanMs).toBeGreaterThanOrEqual(plan.criticalMs);
        expect(makespanMs).toBeLessThanOrEqual(plan.workMs);
      }),
      { numRuns: 60 },
    );
  });

  it('with room for one a run takes all its work, of each choice that of the longer branch', async () => {
    expect(planWorkflow(NESTED).workMs).toBe(27_000);
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: false }), async ({ workflow }) => {
        const { makespanMs, plan } = await forecast(workflow, { maxConcurrency: 1 });
        expect(makespanMs).toBe(plan.workMs);
      }),
      { numRuns: 60 },
    );
  });

  it('every step starts when or after all it waits for have ended, one level above them; the critical path has no gaps', () => {
    fc.assert(
      fc.property(plays({ anyJoins: false }), ({ workflow }) => {
        const plan = planWorkflow(workflow);
        const byId = new Map(plan.steps.map((each) => [each.id, each]));
        for (const { startMs, level, waitsFor } of plan.steps) {
          for (const other of waitsFor.map((id) => byId.get(id))) {
            expect(startMs).toBeGreaterThanOrEqual(other?.endMs ?? 0);
            expect(level).toBeGreaterThan(other?.level ?? 0);
          }
        }
        const chain = plan.criticalPath.map((id) => byId.get(id)!);
        expect(chain.map(({ startMs }) => startMs)).toEqual(chain.map((_, place) => chain[place - 1]?.endMs ?? 0));
        expect(chain.at(-1)?.endMs ?? 0).toBe(plan.criticalMs);
        expect(plan.levels.flat().length).toBe(plan.steps.length);
      }),
    );
  });

  it('every edge of the graph joins two steps of one place, and no step is its own ancestor', () => {
    fc.assert(
      fc.property(plays({ anyJoins: true }), ({ workflow }) => {
        const { nodes, edges } = workflowGraph(workflow);
        const byId = new Map(nodes.map((node) => [node.id, node]));
        expect(byId.size).toBe(nodes.length);
        for (const { from, to } of edges) {
          expect([byId.get(from)?.parent, byId.get(from)?.part]).toEqual([byId.get(to)?.parent, byId.get(to)?.part]);
        }
        const seen = new Set<string>();
        for (const { id, parent } of nodes) {
          if (parent !== null) expect(seen).toContain(parent);
          seen.add(id);
        }
      }),
    );
  });
});
