import { describe, expect, it } from 'vitest';
import type { Workflow } from '../../src/definition/workflow.ts';
import { checkWorkflow, type Finding } from '../../src/definition/workflow-check.ts';
import { diagnosed, loaded, withSteps } from './diagnosed.ts';

const advised = (text: string) => diagnosed(text, { advice: true });

describe('steps that can never run', () => {
  it.each([
    ['a condition that never holds', ['- {id: a, type: variables, set: {x: 1}, condition: "false"}'], ['3:54 STEP_UNREACHABLE']],
    ['a condition without names', ['- {id: a, type: variables, set: {x: 1}, condition: 1 > 2}'], ['3:54 STEP_UNREACHABLE']],
    [
      'the branch of a question that has one answer',
      [
        '- id: c',
        '  type: conditional',
        '  condition: "true"',
        '  then_steps: [{id: a, type: variables, set: {x: 1}}]',
        '  else_steps: [{id: b, type: variables, set: {x: 1}}]',
      ],
      ['7:23 STEP_UNREACHABLE'],
    ],
    [
      'conditional dependencies none of which can be taken',
      ['- {id: a, type: variables, set: {x: 1}}', '- {id: b, type: variables, set: {x: 1}, dependencies: [{step: a, when: 1 > 2}]}'],
      ['4:57 STEP_UNREACHABLE'],
    ],
  ])('%s', (_, steps, expected) => {
    expect(advised(withSteps(...steps))).toEqual(expected);
  });

  it('where skipping spreads, whatever depends on one; otherwise a skipped dependency counts as done', () => {
    const steps = withSteps(
      '- {id: a, type: variables, set: {x: 1}, condition: "false"}',
      '- {id: b, type: variables, set: {x: 1}, dependencies: [a]}',
    );
    expect(advised(steps)).toEqual(['3:54 STEP_UNREACHABLE']);
    expect(advised(`on_skip: propagate\n${steps}`)).toEqual(['4:54 STEP_UNREACHABLE', '5:57 STEP_UNREACHABLE']);
  });

  it('are no news to whoever only loads a file, nor is a condition that depends on something', () => {
    expect(diagnosed(withSteps('- {id: a, type: variables, set: {x: 1}, condition: "false"}'))).toEqual([]);
    expect(advised(withSteps('- {id: a, type: variables, set: {x: 1}, condition: variables.n > 2}'))).toEqual([]);
  });
});

describe('joins that can never complete', () => {
  const panel = (wait: string, conditions: readonly string[]) =>
    withSteps(
      '- id: panel',
      '  type: parallel',
      `  ${wait}`,
      '  steps:',
      ...conditions.map((when, i) => `    - {id: m${i}, type: variables, set: {x: 1}, condition: "${when}"}`),
    );

  it('are those of which too few members can run', () => {
    expect(diagnosed(panel('wait_for: majority', ['false', 'false', 'true']))).toEqual(['5:15 JOIN_IMPOSSIBLE']);
    expect(diagnosed(panel('wait_for: quorum\n  quorum: 2', ['false', 'true', 'true']))).toEqual([]);
  });

  it('are not those that need nobody', () => {
    expect(diagnosed(panel('wait_for: all', ['false', 'false']))).toEqual([]);
    expect(diagnosed(panel('wait_for: any', ['false', 'false']))).toEqual([]);
  });
});

describe('demands above the limits', () => {
  const needing = (limits: string, requires: string) =>
    `limits: ${limits}\n${withSteps(`- {id: a, type: persona-request, persona: p, estimate: 2m, requires: ${requires}}`)}`;

  it.each([
    ['{memory_mb: 100}', '{memory_mb: 101}'],
    ['{cpu: 1}', '{cpu: 1.5}'],
    ['{io: 2}', '{io: 3}'],
    ['{tokens_per_minute: 1000}', '{tokens: 2001}'],
  ])('of %s is %s', (limits, requires) => {
    expect(diagnosed(needing(limits, requires)).map((line) => line.slice(line.indexOf(' ') + 1))).toEqual(['DEMAND_ABOVE_LIMIT']);
  });

  it('are not those that the limit just allows; tokens are spread over the time of the step', () => {
    expect(diagnosed(needing('{memory_mb: 100, cpu: 2, tokens_per_minute: 1000}', '{memory_mb: 100, cpu: 2, tokens: 2000}'))).toEqual([]);
  });
});

describe('waits and repetitions without a bound', () => {
  const person = '- {id: ask, type: wait-for-signal, signal: go}';
  const retried = (retries: string) => `- {id: a, type: persona-request, persona: p, retries: "${retries}"}`;

  it('are signals without a timeout, and retries that only the run knows', () => {
    expect(advised(withSteps(person))).toEqual(['3:21 WAIT_UNBOUNDED']);
    expect(advised(withSteps(person.replace('}', ', timeout: 1d}')))).toEqual([]);
    expect(advised(withSteps(retried('{{ variables.n }}')))).toEqual(['3:57 LOOP_UNBOUNDED']);
    expect(advised(withSteps(retried('{{ variables.n > 5 ? 5 : variables.n }}')))).toEqual([]);
    expect(diagnosed(withSteps(person))).toEqual([]);
  });

  it('are files of the engine dialect that run each other', () => {
    const calls = (name: string, other: string) =>
      `name: ${name}\nsteps:\n  - {name: n, type: SubWorkflowStep, config: {workflow: ${other}}}\n`;
    const workflows = (name: string) => (name === 'b' ? calls('b', 'a') : calls('a', 'b'));
    expect(diagnosed(calls('a', 'b'), { workflows, stepTypes: 'any', advice: true })).toContain('3:57 LOOP_UNBOUNDED');
    expect(diagnosed(calls('a', 'b'), { workflows, stepTypes: 'any' })).toEqual([]);
  });

  it('are workflows that run themselves, which only TypeScript can write', () => {
    const steps: Workflow['steps'][number][] = [];
    const endless: Workflow = { ...loaded(withSteps('- {id: a, type: variables, set: {x: 1}}')), name: 'endless', steps };
    steps.push({
      id: 'again',
      name: 'again',
      type: 'run-workflow',
      kind: 'workflow',
      ref: 'endless',
      inputs: {},
      dependencies: [],
      workflow: endless,
    });
    expect(checkWorkflow(endless)).toEqual([expect.objectContaining({ code: 'LOOP_UNBOUNDED', severity: 'error', step: 'again' })]);
  });
});

describe('checks of a workflow', () => {
  const text = withSteps(
    '- {id: ask, type: wait-for-signal, signal: go}',
    '- {id: a, type: persona-request, persona: nobody, dependencies: [ask]}',
  );

  it('find what the reader of its file finds, as data with its place', () => {
    const found = checkWorkflow(loaded(text), { personas: ['somebody'] });
    expect(found.map(({ code, severity, step, position }: Finding) => [code, severity, step, position?.line])).toEqual([
      ['PERSONA_UNKNOWN', 'error', 'a', 4],
      ['WAIT_UNBOUNDED', 'warning', 'ask', 3],
    ]);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('enter what is nested, by path and file', () => {
    const inner = loaded(text);
    const outer: Workflow = {
      ...inner,
      steps: [
        {
          id: 'inner',
          name: 'inner',
          type: 'run-workflow',
          kind: 'workflow',
          ref: 'x',
          inputs: {},
          dependencies: [],
          workflow: { ...inner, file: 'x.yml' },
        },
      ],
    };
    expect(checkWorkflow(outer)).toEqual([expect.objectContaining({ code: 'WAIT_UNBOUNDED', step: 'inner/ask', file: 'x.yml' })]);
  });
});
