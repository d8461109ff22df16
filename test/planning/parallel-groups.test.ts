import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parallelGroups } from '../../src/planning/parallel-groups.ts';
import { type TaskGraph, type TaskNode, taskGraph } from '../../src/planning/task-graph.ts';
import { conflictStrategy, mergeComplexity } from '../../src/policy/conflict-strategy.ts';
import { graphs } from './random-graph.ts';

const sharing = fc.record({
  reads: fc.subarray(['x', 'y', 'z']),
  writes: fc.subarray(['x', 'y', 'z']),
  domains: fc.subarray(['schema', 'api']),
});
const sharingGraphs = fc
  .tuple(graphs, fc.array(sharing, { minLength: 30, maxLength: 30 }))
  .map(([graph, more]): TaskGraph => ({ ...graph, nodes: graph.nodes.map((node, at) => ({ ...node, ...more[at] })) }));

/** Ids of everything that comes before each task. */
function ancestors(graph: TaskGraph): Map<string, Set<string>> {
  const before = graph.nodes.map(() => new Set<string>());
  for (const at of graph.order) {
    for (const other of graph.predecessors[at]!) {
      before[at]!.add(graph.nodes[other]!.id);
      for (const further of before[other]!) before[at]!.add(further);
    }
  }
  return new Map(graph.nodes.map(({ id }, at) => [id, before[at]!]));
}

const fan = (members: readonly Partial<TaskNode>[]): TaskGraph => {
  const nodes = members.map((member, at) => ({ id: `m${at}`, ms: 10 * (at + 1), ...member }));
  return taskGraph(
    [{ id: 'start', ms: 1 }, ...nodes],
    nodes.map(({ id }) => ({ from: 'start', to: id })),
  );
};

describe('parallel groups', () => {
  it('no member waits for another, and no task is in two groups', () => {
    fc.assert(
      fc.property(sharingGraphs, (graph) => {
        const before = ancestors(graph);
        const groups = parallelGroups(graph);
        const all = groups.flatMap(({ members }) => members);
        expect(new Set(all).size).toBe(all.length);
        for (const { members, sharedDependencies } of groups) {
          expect(members.length).toBeGreaterThan(1);
          for (const member of members) {
            for (const other of members) expect(before.get(member)!.has(other)).toBe(false);
            for (const shared of sharedDependencies) expect(before.get(member)!.has(shared)).toBe(true);
          }
        }
      }),
    );
  });

  it('two members that could clash are named in a conflict, and nobody else is', () => {
    fc.assert(
      fc.property(sharingGraphs, (graph) => {
        const node = new Map(graph.nodes.map((each) => [each.id, each]));
        for (const { members, conflicts, complexity, strategy } of parallelGroups(graph, ['schema'])) {
          for (const key of ['x', 'y', 'z']) {
            const writers = members.filter((id) => node.get(id)!.writes!.includes(key));
            const users = members.filter((id) => node.get(id)!.writes!.includes(key) || node.get(id)!.reads!.includes(key));
            const found = conflicts.find(({ kind, name }) => kind === 'key' && name === key);
            expect(found !== undefined).toBe(writers.length > 0 && users.length > 1);
            if (found !== undefined) expect([...found.changedBy, ...found.readBy].sort()).toEqual(users.sort());
          }
          expect(complexity).toBeGreaterThanOrEqual(0);
          expect(complexity).toBeLessThanOrEqual(1);
          const isCritical = members.filter((id) => node.get(id)!.domains!.includes('schema')).length > 1;
          expect(strategy.kind === 'sequential_fallback').toBe(isCritical);
          expect(strategy.kind === 'none').toBe(conflicts.length === 0);
        }
      }),
    );
  });

  it('do not need the same dependencies: independence is enough', () => {
    const graph = taskGraph(
      ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, ms: 1 })),
      [
        { from: 'a', to: 'c' },
        { from: 'b', to: 'd' },
        { from: 'c', to: 'e' },
        { from: 'd', to: 'e' },
      ],
    );
    expect(parallelGroups(graph).map(({ members, sharedDependencies }) => ({ members, sharedDependencies }))).toEqual([
      { members: ['a', 'b'], sharedDependencies: [] },
      { members: ['c', 'd'], sharedDependencies: [] },
    ]);
  });

  it('fall back to one after the other, longest chain first, where a critical domain is contested', () => {
    const [group] = parallelGroups(fan([{ domains: ['schema'] }, { domains: ['schema'] }, {}]), ['schema']);
    expect(group).toMatchObject({
      sharedDependencies: ['start'],
      estimatedMs: 60,
      strategy: { kind: 'sequential_fallback', reason: 'several would touch schema at once', order: ['m2', 'm1', 'm0'] },
      merge: 'ordered',
    });
  });

  it('without a conflict take as long as the longest member, and have nothing to merge', () => {
    expect(parallelGroups(fan([{ writes: ['x'] }, { writes: ['y'] }, { reads: ['z'] }]))).toMatchObject([
      { id: 'parallel-1', estimatedMs: 30, workMs: 60, conflicts: [], complexity: 0, strategy: { kind: 'none' }, merge: 'disjoint' },
    ]);
  });

  it('of ten thousand members are found in one go', () => {
    const wide = fan(Array.from({ length: 10_000 }, (_, at) => ({ writes: [`k${at % 5000}`] })));
    expect(parallelGroups(wide)).toMatchObject([{ id: 'parallel-1', conflicts: { length: 5000 } }]);
  });
});

describe('the conflict strategy', () => {
  const at = (complexity: number) => conflictStrategy({ contested: ['x'], critical: [], complexity, order: [] }).kind;

  it('changes at three and at seven tenths', () => {
    expect([0, 0.2999, 0.3, 0.6999, 0.7, 1].map(at)).toEqual([
      'automatic_merge',
      'automatic_merge',
      'guided_merge',
      'guided_merge',
      'human_review',
      'human_review',
    ]);
  });

  it('complexity is from 0 to 1 and rises with what is contested and with who contests it', () => {
    const counts = fc.record({ touched: fc.nat(20), contested: fc.nat(20), members: fc.nat(20), contenders: fc.nat(20) });
    fc.assert(
      fc.property(counts, (of) => {
        const complexity = mergeComplexity(of);
        expect(complexity).toBeGreaterThanOrEqual(0);
        expect(complexity).toBeLessThanOrEqual(1);
        expect(mergeComplexity({ ...of, contested: of.contested + 1 })).toBeGreaterThanOrEqual(complexity);
        expect(mergeComplexity({ ...of, contenders: of.contenders + 1 })).toBeGreaterThanOrEqual(complexity);
      }),
    );
    expect(mergeComplexity({ touched: 4, contested: 4, members: 3, contenders: 3 })).toBe(1);
  });
});
