import { describe, expect, it } from 'vitest';
import type { GroupStep, MapStep, Step, Workflow } from '../../src/definition/workflow.ts';
import { criticalPath, timing } from '../../src/planning/graph-measures.ts';
import { type KnownTasks, workflowTasks } from '../../src/planning/workflow-tasks.ts';
import { load, task, workflowOf } from './load-steps.ts';

const WORK = '{id: w, type: persona-request, persona: p}';
const ids = (workflow: Workflow) => workflowTasks(workflow).graph.nodes.flatMap(({ id, joint }) => (joint === undefined ? [id] : []));
const lengthOf = (workflow: Workflow) => timing(workflowTasks(workflow).graph).criticalMs;
const group = (steps: readonly Step[], more: Partial<GroupStep>): GroupStep => ({
  ...{ id: 'group', name: 'group', type: 'parallel', kind: 'group', dependencies: [], mode: 'parallel', waitFor: 'all', steps },
  ...more,
});

describe('a workflow as a task graph', () => {
  it('asks about every leaf by its path: what history knows counts, unless the definition declares it', () => {
    const workflow = load(`  - {id: a, type: work, params: {estimate: 5}}
  - {id: b, type: work, dependencies: [a], timeout: 90}
  - {id: c, type: work, dependencies: [b], retries: 2}
  - {id: d, type: wait-for-signal, signal: go, dependencies: [c]}
`);
    const known = (path: string) => (path === 'c' ? {} : { ms: 7000, failureRate: 0.1 });
    const { graph, origins } = workflowTasks(workflow, { known });
    expect(origins.map((origin) => origin?.source)).toEqual(['estimate', 'history', 'default', 'history']);
    expect(graph.nodes.map(({ ms }) => ms)).toEqual([5000, 7000, 1000, 7000]);
    expect(graph.nodes[2]).toMatchObject({ id: 'c', retries: 2 });
    expect(graph.nodes[3]).toMatchObject({ takesPlace: false });
  });

  it('says why a step waits: for success, for what may be skipped, or only for its turn', () => {
    const steps = `  - {id: a, type: work}
  - {id: b, type: work, condition: variables.x === 1, dependencies: [a]}
  - {id: c, type: work, dependencies: [b]}
`;
    const kinds = (workflow: Workflow) => workflowTasks(workflow).graph.edges.map(({ kind }) => kind);
    expect(kinds(load(steps))).toEqual(['hard', 'conditional']);
    expect(kinds({ ...load(steps), onFailure: 'best_effort' })).toEqual(['soft', 'soft']);
  });

  it('of groups joined end to end has edges by the member, not by the pair', () => {
    const wide = (id: string, more = '') =>
      `  - {id: ${id}, type: parallel, ${more} steps: [${Array.from({ length: 50 }, (_, i) => `{id: ${id}${i}, type: work}`).join(', ')}]}\n`;
    const { graph } = workflowTasks(load(wide('a') + wide('b', 'dependencies: [a],')));
    expect(graph.edges).toHaveLength(201);
    expect(criticalPath(graph).map((at) => graph.nodes[at]!.id)).toEqual([
      'a (before)',
      'a0',
      'a (after)',
      'b (before)',
      'b0',
      'b (after)',
    ]);
  });

  it('keeps the kind and data of declared edges, and adds what inputs take', () => {
    const workflow = workflowOf([
      task('a', 1),
      task('b', 1),
      task('c', 1, {
        dependencies: ['a', 'b'],
        edges: { a: { kind: 'soft' }, b: { kind: 'conditional', when: 'steps.b.ok', data: ['doc'] } },
        inputs: { text: { from: 'step', path: ['b', 'text', 'body'] } },
      }),
    ]);
    expect(workflowTasks(workflow).graph.edges).toEqual([
      { from: 'a', to: 'c', kind: 'soft', data: [] },
      { from: 'b', to: 'c', kind: 'conditional', data: ['doc', 'text.body'] },
    ]);
  });

  it('takes what a step reads, writes, stores and needs', () => {
    const needs = { tokens: 900, cpu: 2, domains: ['api'] };
    const store = [{ to: 'shared', name: 'report', path: [] }] as const;
    const { graph } = workflowTasks(workflowOf([task('a', 4, { needs, reads: ['plan', 'notes'], writes: ['notes'], store })]));
    expect(graph.nodes).toEqual([
      { id: 'a', ms: 4000, demands: { tokens: 900, cpu: 2 }, domains: ['api'], reads: ['plan', 'notes'], writes: ['notes', 'report'] },
    ]);
  });

  it('of a block joined early has the members that could end first, with what they wait for; the others are cut short', () => {
    const members = [task('a', 9), task('b', 2), task('c', 3), task('d', 1, { dependencies: ['c'] })];
    const joined = (more: Partial<GroupStep>) => {
      const { graph, cutShort } = workflowTasks(workflowOf([group(members, more)]));
      return [timing(graph).criticalMs, cutShort.map(({ id }) => id)];
    };
    expect(joined({ waitFor: 'all' })).toEqual([9000, []]);
    expect(joined({ waitFor: 'any' })).toEqual([2000, ['a', 'c', 'd']]);
    expect(joined({ waitFor: 'quorum', quorum: 2 })).toEqual([3000, ['a', 'd']]);
    expect(joined({ waitFor: 'majority' })).toEqual([4000, ['a']]);
    expect(joined({ waitFor: 'deadline', deadline: 5000 })).toEqual([5000, ['a']]);
    expect(joined({ waitFor: 'deadline', deadline: 1000, quorum: 2 })).toEqual([3000, ['a', 'd']]);
    expect(joined({ waitFor: 'deadline', deadline: 60_000 })).toEqual([9000, []]);
  });

  it('says how many members of a block are at work at once, of members that do one thing at a time', () => {
    const chain = group([task('x', 1), task('y', 1)], { id: 'chain', mode: 'sequential' });
    const wide = group([task('u', 1), task('v', 1)], { id: 'wide' });
    const { graph, blocks } = workflowTasks(workflowOf([group([task('a', 1), chain, wide], { maxConcurrent: 2 })]));
    expect(blocks).toEqual({ group: 2 });
    expect(graph.nodes.flatMap(({ id, demands }) => (demands?.blocks === undefined ? [] : [id]))).toEqual(['a', 'x', 'y']);
  });

  it('of a vote has all voters, and the judge only where it always decides', () => {
    const vote = (rule: 'majority' | 'judged'): Step => ({
      ...{ id: 'vote', name: 'vote', type: 'vote', kind: 'vote', dependencies: [], rule, choice: [] },
      steps: [task('vote.1', 3), task('vote.2', 5)],
      judge: task('vote.judge', 1),
    });
    expect([ids(workflowOf([vote('majority')])), lengthOf(workflowOf([vote('majority')]))]).toEqual([['vote.1', 'vote.2'], 5000]);
    expect([ids(workflowOf([vote('judged')])), lengthOf(workflowOf([vote('judged')]))]).toEqual([['vote.1', 'vote.2', 'vote.judge'], 6000]);
  });

  it('has what depends on a sync point wait for all its members', () => {
    const sync: Step = {
      id: 'meet',
      name: '',
      type: 'sync-point',
      kind: 'sync',
      sync: 'barrier',
      dependencies: ['a', 'b'],
      members: ['a', 'b'],
    };
    const { graph } = workflowTasks(workflowOf([task('a', 2), task('b', 7), sync, task('c', 1, { dependencies: ['meet'] })]));
    expect(criticalPath(graph).map((at) => graph.nodes[at]!.id)).toEqual(['b', 'meet', 'c']);
    expect(timing(graph).criticalMs).toBe(8000);
  });

  it('of a map has as many items as are guessed for it, else as the file lists, else one', () => {
    const map: MapStep = {
      ...{ id: 'each', name: 'each', type: 'map', kind: 'map', dependencies: [], over: 'variables.files', as: 'item', maxConcurrent: 2 },
      workflow: workflowOf([task('look', 1), task('note', 1, { dependencies: ['look'] })]),
    };
    const count = (more: Partial<Workflow>, items?: number | Record<string, number>) =>
      workflowTasks(workflowOf([map], more), items === undefined ? {} : { items }).items.each;
    expect([count({}), count({}, 4), count({}, { each: 5 }), count({}, { other: 5 })]).toEqual([1, 4, 5, 1]);
    expect([count({ variables: { files: ['a', 'b'] } }, 9), count({ variables: { files: ['a', 'b'] } }, { each: 3 })]).toEqual([2, 3]);
    expect(() => count({}, 0)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
    const { graph, blocks } = workflowTasks(workflowOf([map]), {
      items: 2,
      known: (path) => ({ failureRate: path === 'each/note' ? 0.5 : 0 }),
    });
    expect(graph.nodes.filter(({ failureRate }) => failureRate === 0.5).map(({ id }) => id)).toEqual(['each[0]/note', 'each[1]/note']);
    expect(blocks).toEqual({ each: 2 });
  });

  it('of a map has the items of the list that is written out or given', () => {
    const map = (over: string) =>
      load(`  - {id: each, type: map, over: "${over}", steps: [{id: n, type: map, over: files, as: files, steps: [${WORK}]}]}\n`);
    const count = (over: string, given: KnownTasks = {}) => workflowTasks(map(over), given).items;
    expect(count('[1, 2, 3]').each).toBe(3);
    expect(count('input.job.files', { input: { job: { files: ['a', 'b'] } } }).each).toBe(2);
    expect(count('files', { variables: { files: ['a', 'b'] } })).toEqual({ each: 2, 'each[0]/n': 2, 'each[1]/n': 2 });
    expect(count('input.files', { input: { files: 'none' } }).each).toBe(1);
  });

  it('is refused before it is drawn when it would have more steps than a file may have', () => {
    const nest = (id: string, inner: string) => `{id: ${id}, type: map, over: "input.${id}", steps: [${inner}]}`;
    const workflow = load(`  - ${nest('a', nest('b', nest('c', WORK)))}\n`);
    const drawn = (items: number) => workflowTasks(workflow, { items }).graph.nodes.filter(({ joint }) => joint === undefined).length;
    expect(drawn(20)).toBe(8000);
    expect(() => drawn(10_000)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID', details: expect.anything() }));
  });
});
