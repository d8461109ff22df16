import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/definition/workflow.ts';
import { workflowGraph } from '../../src/planning/workflow-graph.ts';
import { plays } from '../runtime/random-workflow.ts';
import { task, workflowOf } from './load-steps.ts';

describe('the graph of a workflow', () => {
  it('has edges between steps of one place only, and no step is its own ancestor', () => {
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

  it('says of each edge what it means: kind, question and data', () => {
    const edges = { a: { kind: 'soft' }, b: { kind: 'conditional', when: 'steps.b.ok', data: ['doc'] } } as const;
    const drawn = workflowGraph(workflowOf([task('a', 1), task('b', 1), task('c', 1, { dependencies: ['a', 'b'], edges })]));
    expect(drawn.edges).toEqual([
      { from: 'a', to: 'c', kind: 'soft', when: null, data: [] },
      { from: 'b', to: 'c', kind: 'conditional', when: 'steps.b.ok', data: ['doc'] },
    ]);
  });

  it('enters votes and maps', () => {
    const base = { name: '', dependencies: [], type: 'x' };
    const vote: Step = {
      ...base,
      id: 'v',
      kind: 'vote',
      rule: 'majority',
      choice: [],
      steps: [task('v.1', 1), task('v.2', 1)],
      judge: task('v.judge', 1),
    };
    const map: Step = { ...base, id: 'm', kind: 'map', over: 'variables.list', as: 'item', workflow: workflowOf([task('look', 1)]) };
    const { nodes, edges } = workflowGraph(workflowOf([vote, map]));
    expect(nodes.map(({ id, parent }) => [id, parent])).toEqual([
      ['v', null],
      ['v.1', 'v'],
      ['v.2', 'v'],
      ['v.judge', 'v'],
      ['m', null],
      ['m/look', 'm'],
    ]);
    expect(edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`)).toEqual(['v.1 soft v.judge', 'v.2 soft v.judge']);
  });
});
