import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { circles, shortestCircle } from '../../src/definition/circles.ts';
import { checkGraph } from '../../src/definition/graph-check.ts';
import { StepOrder } from '../../src/definition/step-order.ts';
import { depthFirstOrder } from '../../src/definition/topological-order.ts';
import type { TaskStep } from '../../src/definition/workflow.ts';

const step = (id: string, dependencies: readonly string[]): TaskStep => ({
  id,
  name: id,
  type: 'work',
  dependencies,
  kind: 'task',
  params: {},
});

/** Vertices and, by vertex, what its edges lead to: any graph, circles included. */
const edges = fc
  .integer({ min: 1, max: 12 })
  .chain((size) => fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }));
const steps = edges.map((all) =>
  all.map((targets, at) =>
    step(
      `s${at}`,
      targets.map((target) => `s${target}`),
    ),
  ),
);
/** Steps that only depend on steps with a smaller number, in any order. */
const acyclic = edges
  .map((all) =>
    all.map((targets, at) =>
      step(
        `s${at}`,
        targets.filter((target) => target < at).map((target) => `s${target}`),
      ),
    ),
  )
  .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

/** By vertex: everything that can be reached from it. */
function reachable(all: readonly (readonly number[])[]): Set<number>[] {
  return all.map((_, start) => {
    const seen = new Set<number>();
    const pending = [...(all[start] ?? [])];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (!seen.has(at)) pending.push(...(all[at] ?? []));
      seen.add(at);
    }
    return seen;
  });
}

describe('the depth-first order', () => {
  it('has every step once, also where they wait for each other', () => {
    fc.assert(
      fc.property(steps, (list) => {
        expect(depthFirstOrder(list).toSorted((a, b) => a - b)).toEqual(list.map((_, at) => at));
      }),
    );
  });

  it('has every step after its dependencies', () => {
    fc.assert(
      fc.property(acyclic, (list) => {
        const place = new Map(depthFirstOrder(list).map((member, at) => [list[member]?.id, at]));
        for (const { id, dependencies } of list)
          for (const dependency of dependencies) expect(place.get(dependency)).toBeLessThan(place.get(id) ?? 0);
      }),
    );
  });

  it('is the order of the file where that is allowed', () => {
    const list = [step('a', []), step('b', ['d', 'c']), step('c', []), step('d', []), step('e', ['elsewhere'])];
    expect(depthFirstOrder(list).map((at) => list[at]?.id)).toEqual(['a', 'd', 'c', 'b', 'e']);
  });

  it('takes a chain of a hundred thousand steps, from either end', () => {
    const chain = Array.from({ length: 100_000 }, (_, at) => step(`s${at}`, at === 0 ? [] : [`s${at - 1}`]));
    expect(depthFirstOrder(chain).at(-1)).toBe(99_999);
    expect(depthFirstOrder(chain.toReversed()).at(0)).toBe(99_999);
  });
});

describe('circles', () => {
  it('are exactly the steps that reach themselves', () => {
    fc.assert(
      fc.property(edges, (all) => {
        const reach = reachable(all);
        const found = circles(all);
        const members = found.flatMap((circle) => [...circle]).toSorted((a, b) => a - b);
        expect(members).toEqual(all.map((_, at) => at).filter((at) => reach[at]?.has(at)));
        for (const circle of found) for (const one of circle) for (const other of circle) expect(reach[one]?.has(other)).toBe(true);
      }),
    );
  });

  it('are printed along edges that exist, from the first member back to it', () => {
    fc.assert(
      fc.property(edges, (all) => {
        for (const circle of circles(all)) {
          const path = shortestCircle(all, circle);
          expect(path[0]).toBe(Math.min(...circle));
          expect(path.at(-1)).toBe(path[0]);
          for (const [at, vertex] of path.slice(0, -1).entries()) expect(all[vertex]).toContain(path[at + 1]);
          expect(new Set(path).size).toBe(path.length - 1);
        }
      }),
    );
  });

  it('are the only problem of steps whose dependencies are all there', () => {
    fc.assert(fc.property(acyclic, (list) => void expect(checkGraph(list)).toEqual([])));
    fc.assert(
      fc.property(steps, (list) => {
        const reach = reachable(list.map(({ dependencies }) => dependencies.map((id) => Number(id.slice(1)))));
        expect(checkGraph(list).length > 0).toBe(reach.some((from, at) => from.has(at)));
      }),
    );
  });
});

describe('what has certainly ended when a step starts', () => {
  it('is what it depends on, directly or not', () => {
    fc.assert(
      fc.property(acyclic, (list) => {
        const order = new StepOrder(list, false);
        const index = new Map(list.map(({ id }, at) => [id, at]));
        const reach = reachable(list.map(({ dependencies }) => dependencies.map((id) => index.get(id) ?? 0)));
        for (const [at, later] of list.entries()) {
          for (const [other, earlier] of list.entries()) expect(order.endsBefore(earlier.id, later)).toBe(reach[at]?.has(other));
        }
      }),
    );
  });
});
