import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath, levels, timing, upwardRank } from '../../src/planning/graph-measures.ts';
import { type TaskGraph, taskGraph } from '../../src/planning/task-graph.ts';
import { transitiveReduction } from '../../src/planning/transitive-reduction.ts';
import { graphs, recordedGraphs } from './random-graph.ts';

/** By task: everything that comes after it. The plainest way there is. */
function reachability(order: readonly number[], successors: readonly (readonly number[])[]): Set<number>[] {
  const reached: Set<number>[] = successors.map(() => new Set());
  for (const at of order.toReversed()) {
    for (const next of successors[at]!) {
      reached[at]!.add(next);
      for (const further of reached[next]!) reached[at]!.add(further);
    }
  }
  return reached;
}

const chain = (length: number): TaskGraph =>
  taskGraph(
    Array.from({ length }, (_, at) => ({ id: `t${at}`, ms: 1 })),
    Array.from({ length: length - 1 }, (_, at) => ({ from: `t${at}`, to: `t${at + 1}` })),
  );

describe('a task graph', () => {
  it('orders every task after those it waits for', () => {
    fc.assert(
      fc.property(graphs, ({ order, predecessors }) => {
        const place = new Map(order.map((at, i) => [at, i]));
        expect(place.size).toBe(predecessors.length);
        predecessors.forEach((before, at) => {
          for (const other of before) expect(place.get(other)!).toBeLessThan(place.get(at)!);
        });
      }),
    );
  });

  it('joins edges given twice into one of the strongest kind, with the data of both', () => {
    const { edges, predecessors } = taskGraph(
      [
        { id: 'a', ms: 1 },
        { id: 'b', ms: 1 },
      ],
      [
        { from: 'a', to: 'b', kind: 'soft', data: ['x'] },
        { from: 'a', to: 'b', data: ['y', 'x'] },
        { from: 'a', to: 'b', kind: 'conditional' },
      ],
    );
    expect(edges).toEqual([{ from: 'a', to: 'b', kind: 'hard', data: ['x', 'y'] }]);
    expect(predecessors).toEqual([[], [0]]);
  });

  it.each([
    ['a duration below zero', [{ id: 'a', ms: -1 }], [], 'a is expected to take -1 ms'],
    ['an unknown duration', [{ id: 'a', ms: Number.NaN }], [], 'a is expected to take NaN ms'],
    ['a failure rate of one', [{ id: 'a', ms: 1, failureRate: 1 }], [], 'failure rate 1'],
    [
      'an id given twice',
      [
        { id: 'a', ms: 1 },
        { id: 'a', ms: 2 },
      ],
      [],
      'two tasks have the id a',
    ],
    ['an unknown task', [{ id: 'a', ms: 1 }], [{ from: 'b', to: 'a' }], 'a waits for b, but there is no task b'],
    ['a task that waits for itself', [{ id: 'a', ms: 1 }], [{ from: 'a', to: 'a' }], 'a → a'],
    [
      'a circle, by its path',
      ['a', 'b', 'c', 'd'].map((id) => ({ id, ms: 1 })),
      [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'd'],
        ['d', 'b'],
      ].map(([from = '', to = '']) => ({ from, to })),
      'b → c → d → b',
    ],
  ])('refuses %s', (_, nodes, edges, message) => {
    expect(() => taskGraph(nodes, edges)).toThrow(
      expect.objectContaining({ code: 'DEFINITION_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('of ten thousand tasks in a row or side by side does not exhaust the stack', () => {
    const row = chain(10_000);
    expect(criticalPath(row)).toHaveLength(10_000);
    expect(levels(row)).toHaveLength(10_000);
    expect(timing(row).criticalMs).toBe(10_000);
    expect(transitiveReduction(row)).toEqual(row.successors);
    const wide = taskGraph(
      Array.from({ length: 10_000 }, (_, at) => ({ id: `t${at}`, ms: 1 })),
      [],
    );
    expect(levels(wide)[0]).toHaveLength(10_000);
  });
});

describe('the measures of a graph', () => {
  it('the tasks of the critical path follow each other, take as long as the whole, and have no slack', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const path = criticalPath(graph);
        const { slackMs, criticalMs, earliestMs } = timing(graph);
        expect(path.reduce((sum, at) => sum + graph.nodes[at]!.ms, 0)).toBe(criticalMs);
        path.forEach((at, i) => {
          expect(slackMs[at]).toBe(0);
          if (i > 0) expect(graph.successors[path[i - 1]!]).toContain(at);
        });
        expect(Math.min(0, ...slackMs)).toBe(0);
        graph.nodes.forEach(({ ms }, at) => {
          expect(earliestMs[at]! + ms).toBeLessThanOrEqual(criticalMs);
        });
      }),
    );
  });

  it('a task that uses its slack does not make the whole longer; one that uses more does', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (graph, pick) => {
        fc.pre(graph.nodes.length > 0);
        const at = pick % graph.nodes.length;
        const { slackMs, criticalMs } = timing(graph);
        const longer = (by: number): TaskGraph => ({
          ...graph,
          nodes: graph.nodes.map((node, i) => (i === at ? { ...node, ms: node.ms + by } : node)),
        });
        expect(timing(longer(slackMs[at]!)).criticalMs).toBe(criticalMs);
        expect(timing(longer(slackMs[at]! + 1)).criticalMs).toBe(criticalMs + 1);
      }),
    );
  });

  it('upward rank is the task and the longest chain after it', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const rank = upwardRank(graph);
        graph.nodes.forEach(({ ms }, at) => {
          expect(rank[at]).toBe(ms + Math.max(0, ...graph.successors[at]!.map((next) => rank[next]!)));
        });
      }),
    );
  });

  it('a level holds what waits for the level before it and for nothing later', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const found = levels(graph);
        const level = new Map(found.flatMap((tasks, i) => tasks.map((at) => [at, i] as const)));
        expect(level.size).toBe(graph.nodes.length);
        graph.predecessors.forEach((before, at) => {
          expect(level.get(at)).toBe(1 + Math.max(-1, ...before.map((other) => level.get(other)!)));
        });
      }),
    );
  });
});

describe('transitive reduction', () => {
  it('keeps what is reachable, and no edge of it can be spared', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const reduced = transitiveReduction(graph);
        expect(reachability(graph.order, reduced)).toEqual(reachability(graph.order, graph.successors));
        reduced.forEach((next, at) => {
          for (const target of next) {
            const without = reduced.map((other, i) => (i === at ? other.filter((each) => each !== target) : other));
            expect(reachability(graph.order, without)[at]!.has(target)).toBe(false);
          }
        });
      }),
    );
  });

  it('does so across the windows it works in', () => {
    const { nodes } = chain(5000);
    const short = Array.from({ length: 4999 }, (_, at) => ({ from: `t${at}`, to: `t${at + 1}` }));
    const long = [3, 900, 2100, 4997].flatMap((by) =>
      Array.from({ length: 5000 - by }, (_, at) => ({ from: `t${at}`, to: `t${at + by}` })),
    );
    expect(transitiveReduction(taskGraph(nodes, [...long, ...short]))).toEqual(chain(5000).successors);
  });

  it('keeps what is reachable in recorded graphs', () => {
    for (const { graph } of recordedGraphs()) {
      const reduced = transitiveReduction(graph);
      expect(reachability(graph.order, reduced)).toEqual(reachability(graph.order, graph.successors));
    }
  });
});
