import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timing } from '../../src/planning/graph-measures.ts';
import { outlook } from '../../src/planning/monte-carlo.ts';
import { taskGraph } from '../../src/planning/task-graph.ts';
import { graphs, limits } from './random-graph.ts';

const PLACES = { places: 4 };

describe('the outlook of a plan', () => {
  it('is the same for the same seed, and nine of ten never end before five of ten', () => {
    fc.assert(
      fc.property(graphs, limits, fc.nat(), (graph, within, seed) => {
        const first = outlook(graph, within, { trials: 20, seed });
        expect(outlook(graph, within, { trials: 20, seed })).toEqual(first);
        for (const { p50, p90 } of [first.finishMs, first.tokens, first.workMs]) expect(p90).toBeGreaterThanOrEqual(p50);
        expect(first.successShare).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it('without chance is what is expected', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { finishMs, tokens } = outlook(graph, { places: 100 }, { trials: 3, spread: 1 });
        const { criticalMs } = timing(graph);
        expect(finishMs).toEqual({ p50: criticalMs, p90: criticalMs });
        expect(tokens.p50).toBe(graph.nodes.reduce((sum, { demands }) => sum + (demands?.tokens ?? 0), 0));
      }),
    );
  });

  it('draws durations whose mean is the expected one, and observed ones as they are', () => {
    const many = taskGraph(
      Array.from({ length: 400 }, (_, at) => ({ id: `t${at}`, ms: 1000 })),
      [],
    );
    expect(outlook(many, PLACES, { trials: 50 }).workMs.p50 / 400_000).toBeCloseTo(1, 1);
    const one = taskGraph([{ id: 'a', ms: 5 }], []);
    expect(outlook(one, PLACES, { trials: 99, observed: { a: [100, 200, 300] } }).finishMs).toEqual({ p50: 200, p90: 300 });
  });

  it('counts every attempt’s time and tokens, and what failures block, except over soft edges', () => {
    const rate = 0.999999;
    const nodes = [
      { id: 'a', ms: 10, failureRate: rate, retries: 2, demands: { tokens: 7 } },
      { id: 'b', ms: 10, demands: { tokens: 1 } },
    ];
    const run = (kind: 'hard' | 'soft' | 'conditional') =>
      outlook(taskGraph(nodes, [{ from: 'a', to: 'b', kind }]), PLACES, { trials: 10, spread: 1 });
    expect(run('hard')).toMatchObject({ finishMs: { p50: 30 }, tokens: { p50: 21 }, successShare: 0 });
    expect(run('conditional')).toMatchObject({ finishMs: { p50: 30 }, successShare: 0 });
    expect(run('soft')).toMatchObject({ finishMs: { p50: 40 }, tokens: { p50: 22 }, successShare: 0 });
  });

  it('with more retries succeeds at least as often', () => {
    const graph = (retries: number) =>
      taskGraph(
        Array.from({ length: 10 }, (_, at) => ({ id: `t${at}`, ms: 10, failureRate: 0.2, retries })),
        [],
      );
    const shares = [0, 1, 3].map((retries) => outlook(graph(retries), PLACES, { trials: 300 }).successShare);
    expect(shares[0]).toBeCloseTo(0.8 ** 10, 0.5);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });
});
