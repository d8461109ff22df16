import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { diagnosed, type Malformed, withSteps } from './diagnosed.ts';

const KNOWN = { stepTypes: ['work'] };

const work = (id: string, ...dependencies: readonly string[]): string =>
  `- {id: ${id}, type: work, dependencies: [${dependencies.join(', ')}]}`;

const GRAPHS: readonly Malformed[] = [
  ['an id twice', withSteps(work('a'), work('a')), ['4:10 STEP_DUPLICATE_ID']],
  ['an id three times', withSteps(work('a'), work('a'), work('a')), ['4:10 STEP_DUPLICATE_ID', '5:10 STEP_DUPLICATE_ID']],
  [
    'an id again inside a group',
    withSteps(work('a'), `- {id: g, type: parallel, steps: [{id: a, type: work}]}`),
    ['4:42 STEP_DUPLICATE_ID'],
  ],
  [
    'an id again in failure handling',
    `${withSteps(work('a'))}failure_handling:\n  on_workflow_failure:\n    - {id: a, type: work}\n`,
    ['6:12 STEP_DUPLICATE_ID'],
  ],
  ['a dependency that is not there', withSteps(work('a', 'nobody')), ['3:40 DEPENDENCY_UNKNOWN']],
  ['a misspelt dependency', withSteps(work('planning'), work('b', 'planing')), ['4:40 DEPENDENCY_UNKNOWN']],
  ['two unknown dependencies', withSteps(work('a', 'x', 'y')), ['3:40 DEPENDENCY_UNKNOWN', '3:43 DEPENDENCY_UNKNOWN']],
  ['an unknown dependency given as a text', withSteps('- {id: a, type: work, depends_on: nobody}'), ['3:37 DEPENDENCY_UNKNOWN']],
  [
    'a dependency into another group',
    withSteps('- {id: g, type: parallel, steps: [{id: m, type: work}]}', work('b', 'm')),
    ['4:40 DEPENDENCY_UNKNOWN'],
  ],
  [
    'a dependency between branches',
    withSteps(
      '- id: c\n  type: conditional\n  condition: "true"',
      '  then_steps: [{id: x, type: work}]',
      '  else_steps: [{id: y, type: work, dependencies: [x]}]',
    ),
    ['7:53 DEPENDENCY_UNKNOWN'],
  ],
  ['a step that waits for itself', withSteps(work('a', 'a')), ['3:40 DEPENDENCY_CYCLE']],
  ['two steps that wait for each other', withSteps(work('a', 'b'), work('b', 'a')), ['3:40 DEPENDENCY_CYCLE']],
  ['a circle of three', withSteps(work('a', 'c'), work('b', 'a'), work('c', 'b')), ['3:40 DEPENDENCY_CYCLE']],
  [
    'two circles',
    withSteps(work('a', 'b'), work('b', 'a'), work('c', 'd'), work('d', 'c')),
    ['3:40 DEPENDENCY_CYCLE', '5:40 DEPENDENCY_CYCLE'],
  ],
  [
    'a member that waits for its own group',
    withSteps('- {id: g, type: parallel, steps: [{id: m, type: work, dependencies: [g]}]}'),
    ['3:72 DEPENDENCY_CYCLE'],
  ],
  [
    'a group that waits for a step that a member of it waits for',
    withSteps('- {id: g, type: parallel, steps: [{id: m, type: work, dependencies: [z]}]}', work('z', 'g')),
    ['3:5 DEPENDENCY_CYCLE'],
  ],
  [
    'a sequence against its own order',
    withSteps('- {id: s, type: sequence, steps: [{id: m, type: work, dependencies: [n]}, {id: n, type: work}]}'),
    ['3:72 DEPENDENCY_CYCLE'],
  ],
  ['a sequential file against its own order', `mode: sequential\n${withSteps(work('a', 'b'), work('b'))}`, ['4:40 DEPENDENCY_CYCLE']],
];

function messages(text: string): (string | undefined)[] {
  return loadWorkflowSync(text, { ...KNOWN, text: true }).diagnostics.flatMap(({ message, hint }) => [message, hint]);
}

describe('a graph that cannot be put in order', () => {
  it.each(GRAPHS)('%s is reported where it stands', (_what, text, problems) => {
    expect(diagnosed(text, KNOWN)).toEqual(problems);
    expect(loadWorkflowSync(text, { ...KNOWN, text: true }).workflow).toBeNull();
  });

  it('a circle is printed with its path, along a shortest way', () => {
    expect(messages(withSteps(work('a', 'c'), work('b', 'a'), work('c', 'b')))).toEqual(['dependency cycle: a → c → b → a', undefined]);
    expect(messages(withSteps(work('x'), work('a', 'b', 'c'), work('b', 'c'), work('c', 'a', 'x')))[0]).toBe('dependency cycle: a → c → a');
    expect(messages(withSteps(work('a', 'a')))[0]).toBe('dependency cycle: a → a');
  });

  it('a misspelt dependency is told what was probably meant', () => {
    expect(messages(withSteps(work('planning'), work('b', 'planing')))).toEqual([
      '"b" depends on "planing", which is not there',
      'did you mean "planning"?',
    ]);
  });

  it('what is read too early is advised to wait for what it can see: the step, or the group or vote that holds it', () => {
    const group = '- {id: g, type: parallel, steps: [{id: m, type: work}]}';
    const vote = '- {id: v, type: vote, persona: p, voters: 2}';
    const advice = (reads: string) => messages(withSteps(work('a'), group, vote, `- {id: z, type: work, x: "{{ ${reads} }}"}`))[1];
    expect(advice('steps.a')).toBe('add "a" to its dependencies');
    expect(advice('steps.m')).toBe('add "g", which holds it, to its dependencies');
    expect(advice("steps['v.2']")).toBe('add "v", which holds it, to its dependencies');
    const beside =
      '- {id: h, type: parallel, steps: [{id: i, type: group, steps: [{id: j, type: work}]}, {id: k, type: work, x: "{{ steps.j }}"}]}';
    expect(messages(withSteps(beside))[1]).toBe('add "i", which holds it, to its dependencies');
    const within = '- {id: h, type: conditional, condition: steps.j, then_steps: [{id: j, type: work}]}';
    expect(messages(withSteps(within))[1]).toBeUndefined();
  });

  it('an id that is taken is told where', () => {
    expect(messages(withSteps(work('a'), work('b'), work('a')))[0]).toBe('the step id "a" is already taken (line 3)');
  });

  it('a circle of ten thousand steps is found without exhausting the stack', () => {
    const steps = Array.from({ length: 10_000 }, (_, at) => work(`s${at}`, `s${(at + 1) % 10_000}`));
    const problems = loadWorkflowSync(withSteps(...steps), { ...KNOWN, text: true }).diagnostics;
    expect(problems.map(({ code, line }) => [code, line])).toEqual([['DEPENDENCY_CYCLE', 3]]);
    expect(problems[0]?.message).toMatch(/^dependency cycle: s0 → s1 → .* → … 9981 more … → .* → s9999 → s0$/u);
  });
});
