import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schedule } from '../../src/planning/schedule.ts';
import { clashShare, lossShare, peaks } from '../../src/planning/schedule-figures.ts';
import { weighOptions } from '../../src/planning/schedule-options.ts';
import { type TaskGraph, taskGraph } from '../../src/planning/task-graph.ts';
import { graphs, limits, recordedGraphs } from './random-graph.ts';

const KEYS = ['x', 'y'];
const sharing = fc.record({
  reads: fc.subarray(KEYS),
  writes: fc.subarray(KEYS),
  domains: fc.subarray(['schema']),
  failureRate: fc.double({ min: 0, max: 0.9, noNaN: true }),
});
const sharingGraphs = fc
  .tuple(graphs, fc.array(sharing, { minLength: 30, maxLength: 30 }))
  .map(([graph, more]): TaskGraph => ({ ...graph, nodes: graph.nodes.map((node, at) => ({ ...node, ...more[at] })) }));

describe('schedule options', () => {
  it('the chosen one has the highest score, and every other says why not', () => {
    fc.assert(
      fc.property(sharingGraphs, limits, (graph, within) => {
        const { chosen, rejected } = weighOptions(graph, within, { effort: 300 });
        expect(new Set([chosen, ...rejected].map(({ name }) => name)).size).toBe(rejected.length + 1);
        for (const option of rejected) {
          expect(option.score.total).toBeLessThanOrEqual(chosen.score.total);
          expect(option.reason).toMatch(/^(?:no better than|.+ than with) /);
        }
      }),
    );
  });

  it('none is above a limit', () => {
    fc.assert(
      fc.property(sharingGraphs, limits, (graph, within) => {
        const { chosen, rejected } = weighOptions(graph, within, { effort: 300 });
        for (const option of [chosen, ...rejected]) {
          for (const { peak, limit } of option.peaks) expect(peak).toBeLessThanOrEqual(limit * (1 + 1e-9));
        }
      }),
    );
  });

  it('are the same for the same seed', () => {
    fc.assert(
      fc.property(sharingGraphs, limits, fc.nat(), (graph, within, seed) => {
        const again = () => weighOptions(graph, within, { effort: 300, seed });
        expect(again()).toEqual(again());
      }),
      { numRuns: 20 },
    );
  });

  it('where nothing but places is limited and nothing is shared or fails, the shortest is chosen', () => {
    for (const { graph } of recordedGraphs()) {
      for (const places of [4, 8, 16]) {
        const { chosen, rejected } = weighOptions(graph, { places }, { effort: 20_000 });
        for (const { schedule: other } of rejected) expect(chosen.schedule.makespanMs).toBeLessThanOrEqual(other.makespanMs);
      }
    }
  });

  it('weights decide: who asks for quality alone gets no steps side by side that touch the same', () => {
    const graph = taskGraph(
      ['a', 'b', 'c'].map((id) => ({ id, ms: 10, writes: ['x'] })),
      [],
    );
    expect(weighOptions(graph, { places: 3 }, { weights: { time: 0, resources: 0, quality: 1, risk: 0 } }).chosen.name).toBe('sequential');
    expect(weighOptions(graph, { places: 3 }, { weights: { time: 1, resources: 0, quality: 0, risk: 0 } }).chosen.schedule.makespanMs).toBe(
      10,
    );
  });

  it('of equals none is chosen that takes room away: a list may turn out longer than was planned for', () => {
    const chain = taskGraph(
      ['a', 'b'].map((id) => ({ id, ms: 10 })),
      [{ from: 'a', to: 'b', kind: 'hard' }],
    );
    expect(weighOptions(chain, { places: 5 }).chosen.limits.places).toBe(5);
    expect(weighOptions(chain, { places: Number.POSITIVE_INFINITY }).chosen.name).toBe('maximum_parallel');
  });

  it('leave air under a limit where that costs little', () => {
    const graph = taskGraph(
      Array.from({ length: 40 }, (_, at) => ({ id: `t${at}`, ms: 10, demands: { memoryMb: 1 } })),
      [],
    );
    const { chosen } = weighOptions(graph, { places: 20, memoryMb: 10 });
    expect(chosen.peaks.find(({ resource }) => resource === 'memoryMb')).toEqual({ resource: 'memoryMb', peak: 8, limit: 10 });
  });
});

describe('the figures of a schedule', () => {
  it('nothing clashes when everything happens in turn, and peaks are single demands', () => {
    fc.assert(
      fc.property(sharingGraphs, (graph) => {
        const placed = { ...graph, nodes: graph.nodes.map(({ takesPlace: _, ...node }) => node) };
        const { startMs } = schedule(placed, { places: 1 }, { rule: 'first_come' });
        expect(clashShare(placed, startMs)).toBe(0);
        const most = Math.max(0, ...placed.nodes.map(({ ms, demands }) => (ms === 0 ? 0 : (demands?.memoryMb ?? 0))));
        expect(peaks(placed, { places: 1, memoryMb: 100 }, startMs)[1]!.peak).toBe(most);
      }),
    );
  });

  it('clashes are counted by the task: whoever runs beside one that it could clash with', () => {
    const graph = taskGraph(
      [
        { id: 'a', ms: 10, writes: ['x'] },
        { id: 'b', ms: 10, reads: ['x'] },
        { id: 'c', ms: 10, reads: ['x'] },
        { id: 'd', ms: 10, domains: ['schema'] },
        { id: 'e', ms: 10, domains: ['schema'] },
      ],
      [],
    );
    expect(clashShare(graph, [0, 10, 10, 0, 10])).toBe(0);
    expect(clashShare(graph, [0, 5, 10, 0, 10])).toBe(2 / 5);
    expect(clashShare(graph, [5, 0, 0, 0, 9])).toBe(1);
    expect(clashShare(graph, [0, 0, 0, 0, 0])).toBe(1);
  });

  it('work is lost by those that fail and in what is in flight beside them', () => {
    const nodes = ['a', 'b'].map((id) => ({ id, ms: 10, failureRate: 0.1 }));
    const graph = taskGraph(nodes, []);
    expect(lossShare(graph, [0, 10])).toBeCloseTo(0.1);
    expect(lossShare(graph, [0, 5])).toBeCloseTo(0.1 + 0.025);
    expect(lossShare(graph, [0, 0])).toBeCloseTo(0.15);
    fc.assert(
      fc.property(sharingGraphs, limits, (any, within) => {
        const lost = lossShare(any, schedule(any, within, { rule: 'first_come' }).startMs);
        expect(lost).toBeGreaterThanOrEqual(0);
        expect(lost).toBeLessThanOrEqual(1);
      }),
    );
  });
});
