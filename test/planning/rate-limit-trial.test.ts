import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateLimitTrial } from '../../src/planning/rate-limit-trial.ts';
import { schedule } from '../../src/planning/schedule.ts';
import { weighOptions } from '../../src/planning/schedule-options.ts';
import { seededChances } from '../../src/planning/seeded-chance.ts';
import { taskGraph } from '../../src/planning/task-graph.ts';
import { graphs } from './random-graph.ts';

const LIMITS = { places: 6, tokensPerMinute: 150 };

describe('a run against a limit on tokens per minute', () => {
  it('who heeds the limit and knows what is needed is never refused', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { priority } = schedule(graph, LIMITS, { rule: 'upward_rank' });
        expect(rateLimitTrial(graph, { limits: LIMITS, priority, heedsTokens: true })).toMatchObject({ refusedCalls: 0, wastedTokens: 0 });
      }),
    );
  });

  it('whoever is refused gets through in the end: all work is done, no sooner than the longest chain', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.boolean(), (graph, seed, heedsTokens) => {
        const chance = seededChances(seed);
        const overuse = graph.nodes.map(() => 2 ** (2 * chance() - 1));
        const priority = graph.nodes.map((_, at) => at);
        const outcome = rateLimitTrial(graph, { limits: LIMITS, priority, heedsTokens, overuse });
        const needed = graph.nodes.reduce((sum, { demands }, at) => sum + (demands?.tokens ?? 0) * overuse[at]!, 0);
        expect(outcome.usedTokens).toBeCloseTo(needed, 3);
        expect(outcome.makespanMs).toBeGreaterThanOrEqual(schedule(graph, { places: 999 }, { rule: 'upward_rank' }).bound.plainMs);
      }),
    );
  });

  it('who does not heed it wastes tokens as soon as two want more than there is', () => {
    const graph = taskGraph(
      ['a', 'b'].map((id) => ({ id, ms: 1000, demands: { tokens: 100 } })),
      [],
    );
    const outcome = rateLimitTrial(graph, { limits: LIMITS, priority: [0, 1], heedsTokens: false });
    // Calls at 0, 2, 6, 14, 30 s are refused; the one at 62 s is not.
    expect(outcome).toEqual({ makespanMs: 63_000, refusedCalls: 5, wastedTokens: 125, usedTokens: 200 });
    expect(rateLimitTrial(graph, { limits: LIMITS, priority: [0, 1], heedsTokens: true }).makespanMs).toBe(61_000);
  });

  it('the chosen plan wastes at least 30 % fewer tokens than whatever starts as soon as it can, wherever that wastes any', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 20, max: 60 }), (seed, tasks) => {
        const chance = seededChances(seed);
        const graph = taskGraph(
          Array.from({ length: tasks }, (_, at) => {
            const demands = { tokens: Math.round(500 + chance() * 5000) };
            return { id: `t${at}`, ms: Math.round(1000 + chance() * 100_000), demands };
          }),
          [],
        );
        const overuse = graph.nodes.map(() => 2 ** (2 * chance() - 1));
        const limits = { places: 16, tokensPerMinute: 8000 };
        const { chosen } = weighOptions(graph, limits, { effort: 1000 });
        const naive = rateLimitTrial(graph, { limits, priority: graph.nodes.map((_, at) => at), heedsTokens: false, overuse });
        const planned = rateLimitTrial(graph, {
          limits,
          heeded: chosen.limits,
          priority: chosen.schedule.priority,
          heedsTokens: true,
          overuse,
        });
        expect(planned.wastedTokens).toBeLessThanOrEqual(0.7 * naive.wastedTokens);
      }),
    );
  });
});
