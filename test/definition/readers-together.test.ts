// What a file says about steps that share, meet, vote and go over lists, in the internal form.
import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Step } from '../../src/definition/workflow.ts';
import { loaded, withSteps } from './diagnosed.ts';

const KNOWN = { stepTypes: ['work'] };
const work = (id: string, more = ''): string => `- {id: ${id}, type: work${more === '' ? '' : `, ${more}`}}`;
const member = (id: string, more = ''): string => work(id, more).slice(2);

function steps(...written: readonly string[]): readonly Step[] {
  return loaded(withSteps(...written), KNOWN).steps;
}

const last = (...written: readonly string[]): Step | undefined => steps(...written).at(-1);
const dependencies = (...written: readonly string[]) => last(...written)?.dependencies;

describe('dependencies', () => {
  it('an entry that says nothing special is as a plain one, and one alone needs no list', () => {
    const edges = (dependency: string) => last(work('a'), work('b', `dependencies: ${dependency}`));
    const { edges: none, dependencies: plain } = edges('[{step: a, kind: hard}]') ?? {};
    expect([plain, none]).toEqual([['a'], undefined]);
    expect(edges('{step: a, kind: soft}')).toMatchObject({ dependencies: ['a'], edges: { a: { kind: 'soft' } } });
    expect(edges('{step: a, when: steps.a.ok}')).toMatchObject({ edges: { a: { kind: 'conditional', when: 'steps.a.ok' } } });
    expect(edges('{step: a, data: "report[\'files\'][0]"}')).toMatchObject({ edges: { a: { kind: 'hard', data: ['report.files.0'] } } });
  });

  it('what another dependency holds for certain may be read in the condition of one', () => {
    expect(steps(work('a'), work('b', 'dependencies: a'), work('c', 'dependencies: [{step: b, when: steps.a.ok}]'))).toHaveLength(3);
  });
});

describe('inputs', () => {
  it('the step that a value comes from becomes a dependency, whether it stands before or after', () => {
    expect(dependencies(work('a'), work('b', 'inputs: {x: steps.a.y}'))).toEqual(['a']);
    expect(steps(work('b', 'inputs: {x: steps.a.y}'), work('a'))[0]?.dependencies).toEqual(['a']);
  });

  it('of a step inside a group, the group; of a step beside it, that step; of a kind that was declared, that kind', () => {
    const group = `- {id: g, type: parallel, steps: [${member('x')}, ${member('y', 'inputs: {v: steps.x}')}]}`;
    expect(dependencies(group, work('b', 'inputs: {x: steps.x.y}'))).toEqual(['g']);
    expect(last(group)).toMatchObject({ steps: [{}, { dependencies: ['x'] }] });
    const soft = last(work('a'), work('b', 'dependencies: [{step: a, kind: soft}], inputs: {x: {from: steps.a, optional: true}}'));
    expect(soft).toMatchObject({ dependencies: ['a'], edges: { a: { kind: 'soft' } } });
  });

  it('failure handling waits for nothing that it takes data from: everything has ended', () => {
    const text = `${withSteps(work('a'))}failure_handling:\n  on_workflow_failure: [${member('h', 'inputs: {x: steps.a}')}]\n`;
    expect(loaded(text, KNOWN).onWorkflowFailure[0]?.dependencies).toEqual([]);
  });

  it('the id of a step may hold dots, and a name may stand in brackets', () => {
    const inputs = 'inputs: {x: steps.a.b.c, y: "steps[\'a.b\'][0]"}';
    const found = last(work('a'), work('a.b'), work('c', inputs));
    expect(found).toMatchObject({
      dependencies: ['a.b'],
      inputs: { x: { path: ['a.b', 'c'] }, y: { path: ['a.b', '0'] } },
    });
  });

  it('all that a step says of its data is read', () => {
    const text = `shared: {style: plain}\n${withSteps(
      work('a', 'reads: style, writes: [plan], store: {shared.whole: ., variables.v: output.doc, shared.part: doc.head}, output: list'),
    )}`;
    expect(loaded(text, KNOWN).steps[0]).toMatchObject({
      reads: ['style'],
      writes: ['plan', 'whole', 'part'],
      store: [
        { to: 'shared', name: 'whole', path: [] },
        { to: 'variable', name: 'v', path: ['doc'] },
        { to: 'shared', name: 'part', path: ['doc', 'head'] },
      ],
      outputSchema: { type: 'array' },
    });
  });
});

describe('groups and meetings', () => {
  it('the ladder of conflicts is whole, and guided where somebody is named', () => {
    const ladder = (conflicts: string) => loaded(`conflicts: ${conflicts}\n${withSteps(work('a'))}`, KNOWN).conflicts?.ladder;
    expect(ladder('{}')).toEqual(['automatic', 'rerun', 'sequential', 'person']);
    expect(ladder('{persona: merger}')).toEqual(['automatic', 'guided', 'rerun', 'sequential', 'person']);
    expect(ladder('{ladder: [person]}')).toEqual(['person']);
  });

  it('a sync point depends on its members, then on what else it names', () => {
    expect(dependencies(work('a'), work('b'), '- {id: s, type: sync-point, members: b, dependencies: [a, b]}')).toEqual(['b', 'a']);
  });
});

describe('votes', () => {
  const vote = (more: string) => last(`- {id: v, type: vote, ${more}}`);

  it('the voters are tasks with ids of their own, asked the same; the judge is another', () => {
    const found = vote('name: Which plan?, personas: [p, q, p], params: {x: 1}, timeout: 5m, judge: boss, rule: weighted, weights: {q: 2}');
    expect(found).toMatchObject({
      kind: 'vote',
      steps: ['p', 'q', 'p'].map((persona, at) => ({
        id: `v.${at + 1}`,
        name: 'Which plan?',
        persona,
        params: { x: 1 },
        timeout: 300_000,
      })),
      weights: [1, 2, 1],
      judge: { id: 'v.judge', persona: 'boss', params: {} },
    });
    expect(found).not.toHaveProperty('timeout');
  });

  it('the timeout of a vote is that of its voters; a tie has one of its own', () => {
    expect(vote('persona: p, voters: 2, timeout: 5m, escalate: {timeout: 1h}')).toMatchObject({
      timeout: 3_600_000,
      steps: [{ timeout: 300_000 }, { timeout: 300_000 }],
    });
  });
});

describe('maps', () => {
  const map = (more: string, ...body: readonly string[]) => `- {id: m, type: map, steps: [${body.join(', ')}], ${more}}`;

  it('the body is a workflow of its own that goes on after failures; skips mean what they mean around it', () => {
    const text = `on_skip: propagate\n${withSteps(map('over: "[1, 2]", retries: 2', member('a')))}`;
    expect(loaded(text, KNOWN).steps[0]).toMatchObject({
      as: 'item',
      workflow: {
        name: 'sample/m',
        mode: 'graph',
        onFailure: 'continue',
        onSkip: 'propagate',
        variables: {},
        steps: [{ retry: { retries: 2 } }],
      },
    });
  });

  it('a template that is exactly one expression is that expression', () => {
    expect(last(map('over: "{{ input.files }}"', member('a')))).toMatchObject({ over: 'input.files' });
  });

  it('ids inside are their own; inside, names around it are known beside the item and its place', () => {
    const body = member('a', 'x: "{{ file.name }} {{ index }} {{ steps.b.y }} {{ variables.v }}"');
    const text = `variables: {v: 1}\n${withSteps(work('a'), work('b'), map('over: steps.a, as: file, dependencies: [a, b]', body))}`;
    expect(loaded(text, KNOWN).steps).toHaveLength(3);
  });

  it('what a body takes from a step around it becomes a dependency of the map, however deep', () => {
    const inner = `{id: inner, type: map, over: item, steps: [${member('x', 'inputs: {v: steps.a, w: steps.b}')}]}`;
    const found = last(work('a'), map('over: "[[1]]"', member('b'), inner));
    expect(found).toMatchObject({ dependencies: ['a'], workflow: { steps: [{}, { dependencies: ['b'] }] } });
  });

  it.each([
    ['3', { count: 3 }],
    ['"12.5%"', { share: 0.125 }],
    ['{share: 0.5}', { share: 0.5 }],
    ['{count: 0}', { count: 0 }],
  ])('tolerate: %s', (written, tolerate) => {
    expect(last(map(`over: "[1]", tolerate: ${written}`, member('a')))).toMatchObject({ tolerate });
  });
});

describe('what a file declares', () => {
  it('types are words or schemas; what has no default must be given', () => {
    const text = `inputs: {a: string, b: {type: map, default: {}}, c: {schema: {type: integer}, required: false}, d: any}\n${withSteps(work('x'))}`;
    expect(loaded(text, KNOWN).inputs).toEqual({
      a: { schema: { type: 'string' }, required: true },
      b: { schema: { type: 'object' }, required: false, default: {} },
      c: { schema: { type: 'integer' }, required: false },
      d: { required: true },
    });
  });

  it('a nested workflow is given what it declares', () => {
    const inner = `name: inner\ninputs: {goal: string, depth: {default: 1}}\n${withSteps(work('x')).slice('name: sample\n'.length)}`;
    const outer = (inputs: string) => {
      const { diagnostics } = loadWorkflowSync(withSteps(`- {id: n, type: workflow, workflow: inner, inputs: ${inputs}}`), {
        ...KNOWN,
        text: true,
        workflows: () => inner,
      });
      return diagnostics.map(({ code, hint, severity }) => [code, severity, hint]);
    };
    expect(outer('{goal: x}')).toEqual([]);
    expect(outer('{}')).toEqual([['KEY_MISSING', 'error', 'give it under "inputs"']]);
    expect(outer('{goal: x, dept: 2}')).toEqual([['NAME_UNKNOWN', 'warning', 'did you mean "depth"?']]);
  });
});
