import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenHoldMs } from '../../src/definition/token-rate.ts';
import { demandOn, type Limits, limitedResources, unmetDemands } from '../../src/planning/limits.ts';
import { execute, type OrderRule, type Schedule, schedule } from '../../src/planning/schedule.ts';
import { seededChances } from '../../src/planning/seeded-chance.ts';
import { type TaskGraph, taskGraph } from '../../src/planning/task-graph.ts';
import { graphs, limits, recordedGraphs, withDurations } from './random-graph.ts';

const rules = fc.constantFrom<OrderRule>('first_come', 'longest_first', 'upward_rank', 'improved');
const workMs = (graph: TaskGraph) => graph.nodes.reduce((sum, { ms }) => sum + ms, 0);

/** The most of a resource that is ever held at once. */
function peak(graph: TaskGraph, startMs: readonly number[], name: string): number {
  const heldMs = (ms: number) => (name === 'tokensPerMinute' ? tokenHoldMs(ms) : ms);
  return Math.max(
    0,
    ...startMs.map((now) =>
      graph.nodes.reduce((sum, node, at) => {
        const start = startMs[at]!;
        return start <= now && now < start + heldMs(node.ms) ? sum + demandOn(name, node) : sum;
      }, 0),
    ),
  );
}

function expectSound(graph: TaskGraph, within: Limits, made: Schedule): void {
  const { startMs, makespanMs, bound } = made;
  graph.predecessors.forEach((before, at) => {
    for (const other of before) expect(startMs[at]!).toBeGreaterThanOrEqual(startMs[other]! + graph.nodes[other]!.ms);
  });
  for (const { name, limit } of limitedResources(within)) expect(peak(graph, startMs, name)).toBeLessThanOrEqual(limit * (1 + 1e-9));
  expect(makespanMs).toBe(Math.max(0, ...startMs.map((start, at) => start + graph.nodes[at]!.ms)));
  expect(makespanMs).toBeGreaterThanOrEqual(bound.plainMs - 1e-6);
  expect(makespanMs).toBeGreaterThanOrEqual(bound.sharpMs);
  if (within.tokensPerMinute === undefined) expect(makespanMs).toBeLessThanOrEqual(workMs(graph));
}

describe('a schedule', () => {
  it('never starts a task before its predecessors end, never exceeds a limit, and lies between its bounds', () => {
    fc.assert(
      fc.property(graphs, limits, rules, (graph, within, rule) => {
        expectSound(graph, within, schedule(graph, within, { rule, effort: 2000 }));
      }),
    );
  });

  it('does so, too, when no two tasks need the same', () => {
    const different = fc.array(fc.record({ memoryMb: fc.double({ min: 0, max: 9, noNaN: true }), waitsFor: fc.nat(80) }), {
      minLength: 33,
      maxLength: 80,
    });
    fc.assert(
      fc.property(different, (drafts) => {
        const graph = taskGraph(
          drafts.map(({ memoryMb }, at) => ({ id: `t${at}`, ms: 1 + (at % 7), demands: { memoryMb } })),
          drafts.flatMap(({ waitsFor }, at) => (waitsFor < at ? [{ from: `t${waitsFor}`, to: `t${at}` }] : [])),
        );
        const within = { places: 5, memoryMb: 9 };
        const made = schedule(graph, within, { effort: 2000 });
        expectSound(graph, within, made);
        expect(made.makespanMs).toBeLessThanOrEqual(schedule(graph, within, { rule: 'upward_rank' }).makespanMs);
      }),
    );
  });

  it('improved is never longer than upward rank', () => {
    fc.assert(
      fc.property(graphs, limits, fc.nat(), (graph, within, seed) => {
        const plain = schedule(graph, within, { rule: 'upward_rank' });
        expect(schedule(graph, within, { effort: 500, seed }).makespanMs).toBeLessThanOrEqual(plain.makespanMs);
      }),
    );
  });

  it('with room for everything is as long as the critical path', () => {
    fc.assert(
      fc.property(graphs, rules, (graph, rule) => {
        const { makespanMs, bound } = schedule(graph, { places: Number.POSITIVE_INFINITY }, { rule });
        expect(makespanMs).toBe(bound.plainMs);
      }),
    );
  });

  it('with room for one is as long as all its work', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const placed = { ...graph, nodes: graph.nodes.map(({ id, ms }) => ({ id, ms })) };
        expect(schedule(placed, { places: 1 }).makespanMs).toBe(workMs(placed));
      }),
    );
  });

  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(graphs, limits, fc.nat(), (graph, within, seed) => {
        expect(schedule(graph, within, { effort: 2000, seed })).toEqual(schedule(graph, within, { effort: 2000, seed }));
      }),
      { numRuns: 30 },
    );
  });

  it('is carried out exactly by a ready queue in the order of its priorities', () => {
    fc.assert(
      fc.property(graphs, limits, rules, (graph, within, rule) => {
        const made = schedule(graph, within, { rule, effort: 1000 });
        const carried = execute(
          graph,
          within,
          made.priority,
          graph.nodes.map(({ ms }) => ms),
        );
        expect([...carried.starts]).toEqual(made.startMs);
      }),
    );
  });

  it('keeps order and limits when durations turn out otherwise', () => {
    fc.assert(
      fc.property(graphs, limits, fc.nat(), (graph, within, seed) => {
        const chance = seededChances(seed);
        const { tokensPerMinute: _, ...rest } = within;
        const truly = withDurations(
          graph,
          graph.nodes.map(({ ms }) => Math.round(ms * 2 ** (2 * chance() - 1))),
        );
        const { priority } = schedule(graph, rest, { effort: 1000 });
        const { starts, makespanMs } = execute(
          graph,
          rest,
          priority,
          truly.nodes.map(({ ms }) => ms),
        );
        expectSound(truly, rest, { ...schedule(truly, rest, { rule: 'upward_rank' }), startMs: [...starts], makespanMs });
      }),
    );
  });

  it('of no tasks takes no time', () => {
    expect(schedule(taskGraph([], []), { places: 1 })).toMatchObject({ startMs: [], makespanMs: 0 });
  });

  it.each([
    [{ places: 0 }, 'the limit on places is 0'],
    [{ places: Number.NaN }, 'the limit on places is NaN'],
    [{ places: 1, memoryMb: -1 }, 'the limit on memoryMb is -1'],
    [{ places: 1, memoryMb: 7 }, 'a needs 8 of memoryMb, the limit is 7'],
    [{ places: 1, capabilities: { review: 0 } }, 'a needs 1 of capability review, the limit is 0'],
    [{ places: 1, tokensPerMinute: 99 }, 'a needs 100 of tokensPerMinute, the limit is 99'],
  ])('refuses %j with the reason', (within, message) => {
    const graph = taskGraph([{ id: 'a', ms: 1, demands: { memoryMb: 8, capabilities: ['review'], tokens: 100 } }], []);
    expect(() => schedule(graph, within)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID', message }));
  });

  it('names every demand above the limits', () => {
    const graph = taskGraph(
      ['a', 'b'].map((id) => ({ id, ms: 1, demands: { memoryMb: 8 } })),
      [],
    );
    expect(unmetDemands(graph, { places: 1, memoryMb: 4 }).map(({ task }) => task)).toEqual(['a', 'b']);
  });
});

describe('schedules of recorded graphs', () => {
  const recorded = recordedGraphs();
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

  it.each([4, 8, 16])(
    'on %i places are sound, never longer than by upward rank, and on average less than 1 % above the sharper bound',
    (places) => {
      const made = recorded.map(({ graph }) => ({
        graph,
        plain: schedule(graph, { places }, { rule: 'upward_rank' }),
        best: schedule(graph, { places }),
      }));
      for (const { graph, plain, best } of made) {
        expectSound(graph, { places }, best);
        expect(best.makespanMs).toBeLessThanOrEqual(plain.makespanMs);
      }
      const above = made.map(({ best }) => best.makespanMs / best.bound.sharpMs - 1);
      expect(mean(above)).toBeLessThan(0.01);
    },
  );

  it('on eight places save three quarters of the time of one after the other, where the graph allows it', () => {
    const saved = recorded.flatMap(({ graph }) => {
      const { makespanMs, bound } = schedule(graph, { places: 8 });
      return bound.plainMs <= workMs(graph) / 2 ? [1 - makespanMs / workMs(graph)] : [];
    });
    if (saved.length > 0) expect(mean(saved)).toBeGreaterThanOrEqual(0.75);
  });
});
