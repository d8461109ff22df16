import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan, planGraph } from '../../src/planning/plan.ts';
import { taskGraph } from '../../src/planning/task-graph.ts';
import { plays } from '../runtime/random-workflow.ts';
import { load, task, workflowOf } from './load-steps.ts';
import { graphs, limits } from './random-graph.ts';

const REVIEW = load(`  - {id: build, type: work, params: {estimate: 60}}
  - id: panel
    type: parallel
    dependencies: [build]
    steps: [{id: security, type: work, params: {estimate: 30}}, {id: style, type: work, params: {estimate: 10}}, {id: speed, type: work}]
  - {id: merge, type: work, params: {estimate: 5}, dependencies: [panel, build]}
`);

describe('the plan of a workflow', () => {
  it('names steps only, each once, critical ones without slack, and ends when its chosen option does', () => {
    fc.assert(
      fc.property(plays({ anyJoins: true }), ({ workflow, maxConcurrency }) => {
        const { tasks, chosen, criticalPath, levels, criticalMs } = plan(workflow, { limits: { places: maxConcurrency }, effort: 300 });
        const ids = new Set(tasks.map(({ id }) => id));
        expect(ids.size).toBe(tasks.length);
        expect(levels.flat().sort()).toEqual([...ids].sort());
        expect(criticalPath.filter((id) => !ids.has(id))).toEqual([]);
        for (const { isCritical, slackMs, startMs, earliestMs } of tasks) {
          if (isCritical) expect(slackMs).toBe(0);
          expect(startMs).toBeGreaterThanOrEqual(earliestMs);
        }
        // A group that is cut short by its deadline ends then, whoever has ended before.
        const isTimed = JSON.stringify(workflow).includes('"waitFor":"deadline"');
        const lastMs = Math.max(0, ...tasks.map(({ endMs }) => endMs));
        if (isTimed) expect(lastMs).toBeLessThanOrEqual(chosen.schedule.makespanMs);
        else expect(lastMs).toBe(chosen.schedule.makespanMs);
        expect(chosen.schedule.makespanMs).toBeGreaterThanOrEqual(criticalMs);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same for the same workflow, knowledge and options', () => {
    const known = () => ({ failureRate: 0.1, retries: 1, demands: { tokens: 100 } });
    expect(plan(REVIEW, { seed: 3, known })).toEqual(plan(REVIEW, { seed: 3, known }));
  });

  it('tells what steps with a budget are expected to use of it', () => {
    const text = `  - id: build
    type: parallel
    budget: {tokens: 1500}
    steps:
      - {id: a, type: persona-request, persona: p, requires: {tokens: 1000}, budget: {tokens: 1000}}
      - {id: b, type: persona-request, persona: p, requires: {tokens: 1000}}
  - {id: each, type: map, over: '[1, 2]', budget: {tokens: 900}, steps: [{id: one, type: persona-request, persona: p, requires: {tokens: 400}}]}
  - id: either
    type: conditional
    condition: 'true'
    then_steps: [{id: long, type: persona-request, persona: p, estimate: 10m}]
    else_steps: [{id: short, type: persona-request, persona: p, estimate: 1m, requires: {tokens: 5}, budget: {tokens: 5}}]
`;
    expect(plan(load(text), { known: (path) => (path === 'b' ? { failureRate: 0.5, retries: 1 } : {}) }).budgets).toEqual([
      { step: 'a', tokens: 1000, expectedTokens: 1000 },
      { step: 'build', tokens: 1500, expectedTokens: 2500 },
      { step: 'each', tokens: 900, expectedTokens: 800 },
    ]);
  });

  it('reckons with what a budget expects of every attempt, where a step says nothing and nothing is known of it', () => {
    const text = `
  - id: build
    type: parallel
    budget: {tokens: 900, attempt: 500}
    steps:
      - {id: a, type: persona-request, persona: p}
      - {id: b, type: persona-request, persona: p, requires: {tokens: 100}}
  - {id: each, type: map, over: '[1, 2]', budget: {tokens: 4000}, steps: [{id: one, type: persona-request, persona: p}]}
  - {id: gate, type: wait-for-signal, signal: go, timeout: 1h}
budget: {tokens: 5000, attempt: 2000}
`;
    const frugal = load(text);
    const made = plan(frugal);
    expect(made.budgets).toEqual([
      { step: 'build', tokens: 900, expectedTokens: 600 },
      { step: 'each', tokens: 4000, expectedTokens: 4000 },
    ]);
    expect([made.expectedTokens, made.budget, made.outlook.tokens]).toEqual([4600, 5000, { p50: 4600, p90: 4600 }]);
    const learned = plan(frugal, { known: (path) => (path === 'build/a' || path === 'a' ? { demands: { tokens: 50 } } : {}) });
    expect(learned.budgets[0]?.expectedTokens).toBe(150);
  });

  it('tells what a person asks of a plan', () => {
    const made = plan(REVIEW, {
      limits: { places: 2, tokensPerMinute: 5000 },
      known: (path) => ({
        ms: 20_000,
        demands: { tokens: 1000, memoryMb: 10 },
        failureRate: path === 'build' ? 0.5 : 0,
        ...(path === 'build' ? { retries: 1 } : { writes: ['report'] }),
      }),
    });
    expect(made.tasks.map(({ id, source }) => [id, source])).toEqual([
      ['build', 'estimate'],
      ['security', 'estimate'],
      ['speed', 'history'],
      ['style', 'estimate'],
      ['merge', 'estimate'],
    ]);
    expect(made.criticalPath).toEqual(['build', 'security', 'merge']);
    expect(made.expectedTokens).toBe(5500);
    expect(made.totals).toMatchObject({ tasks: 5, tokens: 5000, memoryMb: 50, workMs: 125_000 });
    expect(made.groups).toMatchObject([
      { members: ['security', 'style', 'speed'], conflicts: [{ name: 'report' }], requirements: { tasks: 3, tokens: 3000 } },
    ]);
    expect(made.outlook.finishMs.p90).toBeGreaterThanOrEqual(made.outlook.finishMs.p50);
    expect(made.rejected.length).toBeGreaterThan(3);
    expect(made.opportunities.map(({ kind, subject }) => `${kind} ${subject}`)).toContain('shorten_task build');
  });

  it('takes what the workflow says of limits and critical domains, unless it is told otherwise', () => {
    const needs = { memoryMb: 600, domains: ['schema'] };
    const two = workflowOf([task('a', 1, { needs }), task('b', 1, { needs })], { limits: { memoryMb: 1000 }, criticalDomains: ['schema'] });
    expect(plan(two)).toMatchObject({ chosen: { schedule: { makespanMs: 2000 } }, conflicts: [{ name: 'schema', critical: true }] });
    expect(
      plan(two, { limits: { memoryMb: 1200 }, weights: { time: 1, resources: 0, quality: 0, risk: 0 } }).chosen.schedule.makespanMs,
    ).toBe(1000);
    expect(() => plan(two, { limits: { memoryMb: 500 } })).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  it('names what each task waits for by step and block, on which level it stands, and who does it', () => {
    const { tasks } = plan(REVIEW);
    expect(tasks.map(({ id, level, waitsFor, type }) => [id, level, waitsFor, type])).toEqual([
      ['build', 1, [], 'work'],
      ['security', 2, ['build'], 'work'],
      ['style', 2, ['build'], 'work'],
      ['speed', 2, ['build'], 'work'],
      ['merge', 3, ['panel', 'build'], 'work'],
    ]);
  });

  it('of graphs within limits never exceeds them, and names what would help only where it does', () => {
    fc.assert(
      fc.property(graphs, limits, (graph, within) => {
        const { chosen, opportunities, tasks } = planGraph(graph, { limits: within, effort: 300 });
        for (const { peak, limit } of chosen.peaks) expect(peak).toBeLessThanOrEqual(limit * (1 + 1e-9));
        for (const { savesMs, kind } of opportunities) expect(savesMs > 0).toBe(kind !== 'spare_dependency');
        expect(tasks).toHaveLength(graph.nodes.length);
      }),
      { numRuns: 50 },
    );
  });

  it('says what a slower way spares: steps that did not share would run side by side', () => {
    const sharing = (...names: readonly string[]) =>
      plan(workflowOf(['a', 'b', 'c'].map((id, at) => task(id, 2, { writes: [names[at] ?? 'x'] }))), { limits: { places: 3 } });
    const careful = sharing('x', 'x', 'x');
    expect(careful.chosen.name).toBe('sequential');
    expect(careful.opportunities).toMatchObject([{ kind: 'share_less', subject: 'x', savesMs: 4000 }]);
    expect(sharing('x', 'y', 'z').opportunities.map(({ kind }) => kind)).not.toContain('share_less');
  });

  it('names dependencies that others imply, but none that carries data', () => {
    const nodes = ['a', 'b', 'c'].map((id) => ({ id, ms: 1 }));
    const chain = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ];
    const spare = (data: readonly string[]) =>
      planGraph(taskGraph(nodes, [...chain, { from: 'a', to: 'c', data }]), { limits: { places: 1 } })
        .opportunities.filter(({ kind }) => kind === 'spare_dependency')
        .map(({ subject }) => subject);
    expect(spare([])).toEqual(['a → c']);
    expect(spare(['x'])).toEqual([]);
  });

  it('of nothing is nothing', () => {
    expect(planGraph(taskGraph([], []), { limits: { places: 1 } })).toMatchObject({
      tasks: [],
      criticalMs: 0,
      groups: [],
      opportunities: [],
    });
  });
});
