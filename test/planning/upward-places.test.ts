import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step, TaskStep } from '../../src/definition/workflow.ts';
import { upwardRank } from '../../src/planning/graph-measures.ts';
import { taskGraph } from '../../src/planning/task-graph.ts';
import { upwardPlaces } from '../../src/planning/upward-places.ts';

const task = (id: string, estimateMs: number, dependencies: readonly string[] = []): TaskStep => ({
  ...{ id, name: id, type: 'work', kind: 'task', params: {} },
  ...{ estimateMs, dependencies },
});

const members = fc
  .array(fc.record({ ms: fc.integer({ min: 0, max: 9 }), before: fc.array(fc.nat(19), { maxLength: 3 }) }), { maxLength: 20 })
  .map((drafts) => ({
    steps: drafts.map(({ ms }, at) => task(`t${at}`, ms)),
    edges: drafts.map(({ before }, at) => new Set(before.filter((other) => other < at))),
  }));

describe('the places of members in the order of launch', () => {
  it('go by upward rank, of equals as in the file, each place once', () => {
    fc.assert(
      fc.property(members, ({ steps, edges }) => {
        const places = upwardPlaces(steps, edges);
        expect(places.toSorted((a, b) => a - b)).toEqual(steps.map((_, at) => at));
        const given = edges.flatMap((before, to) => [...before].map((from) => ({ from: `t${from}`, to: `t${to}` })));
        const graph = taskGraph(
          steps.map(({ id, estimateMs = 0 }) => ({ id, ms: estimateMs })),
          given,
        );
        const rank = upwardRank(graph);
        const order = steps.map((_, at) => at).sort((a, b) => rank[b]! - rank[a]! || a - b);
        expect(order.map((at) => places[at])).toEqual(steps.map((_, at) => at));
      }),
    );
  });

  it('of a member that holds others go by its longest chain', () => {
    const base = { dependencies: [], type: 'x' };
    const inner = [task('a', 5), task('b', 5, ['a']), task('c', 3)];
    const group = (id: string, mode: 'parallel' | 'sequential'): Step => ({
      ...base,
      id,
      name: id,
      kind: 'group',
      mode,
      waitFor: 'all',
      steps: inner,
    });
    const choice: Step = {
      ...base,
      id: 'either',
      name: '',
      kind: 'choice',
      when: 'true',
      then: [task('d', 1)],
      otherwise: [task('e', 11)],
    };
    const steps = [task('small', 9), group('side by side', 'parallel'), choice, group('in a row', 'sequential')];
    expect(upwardPlaces(steps, [new Set(), new Set(), new Set(), new Set()])).toEqual([3, 2, 1, 0]);
  });

  it('of a chain of ten thousand are found at once, and circles do not matter', () => {
    const steps = Array.from({ length: 10_000 }, (_, at) => task(`t${at}`, 1));
    expect(
      upwardPlaces(
        steps,
        steps.map((_, at) => new Set(at === 0 ? [] : [at - 1])),
      ).at(-1),
    ).toBe(9999);
    expect(upwardPlaces([task('a', 1), task('b', 2)], [new Set([1]), new Set([0])])).toEqual([1, 0]);
  });
});
