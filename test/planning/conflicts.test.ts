import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { independentConflicts } from '../../src/planning/conflicts.ts';
import { type TaskGraph, taskGraph } from '../../src/planning/task-graph.ts';
import { graphs } from './random-graph.ts';

const touching = fc
  .tuple(graphs, fc.array(fc.record({ reads: fc.subarray(['x', 'y']), writes: fc.subarray(['x', 'y']) }), { minLength: 30, maxLength: 30 }))
  .map(([graph, more]): TaskGraph => ({ ...graph, nodes: graph.nodes.map((node, at) => ({ ...node, ...more[at] })) }));

function comesBefore(graph: TaskGraph, one: number, other: number): boolean {
  return (graph.successors[one] ?? []).some((next) => next === other || comesBefore(graph, next, other));
}

describe('conflicts of a graph', () => {
  it('name exactly those who touch a key beside somebody independent, one of the two changing it', () => {
    fc.assert(
      fc.property(touching, (graph) => {
        const found = independentConflicts(graph);
        for (const key of ['x', 'y']) {
          const writes = (at: number) => graph.nodes[at]!.writes!.includes(key);
          const touches = (at: number) => writes(at) || graph.nodes[at]!.reads!.includes(key);
          const all = graph.nodes.map((_, at) => at).filter(touches);
          const exposed = all.filter((one) =>
            all.some(
              (other) =>
                one !== other && (writes(one) || writes(other)) && !comesBefore(graph, one, other) && !comesBefore(graph, other, one),
            ),
          );
          const named = found.filter(({ name }) => name === key).flatMap(({ changedBy, readBy }) => [...changedBy, ...readBy]);
          expect(named.sort()).toEqual(exposed.map((at) => graph.nodes[at]!.id).sort());
        }
      }),
    );
  });

  it('are no order: tasks that touch the same things still run side by side, but never change it for those that wait for each other', () => {
    const nodes = ['a', 'b', 'c'].map((id) => ({ id, ms: 1, writes: ['plan'] }));
    expect(independentConflicts(taskGraph(nodes, [{ from: 'a', to: 'b' }]), ['plan'])).toEqual([
      { kind: 'key', name: 'plan', changedBy: ['a', 'b', 'c'], readBy: [], critical: true },
    ]);
    const row = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
    ];
    expect(independentConflicts(taskGraph(nodes, row))).toEqual([]);
  });

  it('of three thousand tasks that write one key in a row are found to be none', () => {
    const nodes = Array.from({ length: 3000 }, (_, at) => ({ id: `t${at}`, ms: 1, writes: ['log'] }));
    const edges = nodes.slice(1).map((_, at) => ({ from: `t${at}`, to: `t${at + 1}` }));
    expect(independentConflicts(taskGraph(nodes, edges))).toEqual([]);
  });
});
