import { describe, expect, it } from 'vitest';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { everyStep, type Step } from '../../src/definition/workflow.ts';
import { diagnosed, loaded, withSteps } from './diagnosed.ts';

const only = (text: string, options = {}): Step | undefined => loaded(text, options).steps[0];
const task = (line: string): Step | undefined => only(withSteps(`- id: a\n  type: persona-request\n  persona: p\n  ${line}`));

describe('the native dialect', () => {
  it('reads every field of the documented step form', () => {
    const text = withSteps(
      '- id: planning',
      '  name: Implementation Planning',
      '  description: Plans it.',
      '  type: persona-request',
      '  persona: implementation-planner',
      '  timeout: 1800',
      '  retries: 2',
      '  condition: "context.state.get(\'ready\')"',
      '  params: {stage: initial}',
      '- {id: plan-evaluation, type: persona-request, persona: plan-evaluator, dependencies: [planning]}',
    );
    const [planning, evaluation] = loaded(text).steps;
    expect(planning).toEqual({
      id: 'planning',
      name: 'Implementation Planning',
      description: 'Plans it.',
      type: 'persona-request',
      dependencies: [],
      condition: "context.state.get('ready')",
      position: { line: 3, column: 5 },
      kind: 'task',
      persona: 'implementation-planner',
      params: { stage: 'initial' },
      timeout: 1_800_000,
      retry: { retries: 2, ...RETRY_SHAPE },
    });
    expect(evaluation).toMatchObject({ id: 'plan-evaluation', name: 'plan-evaluation', dependencies: ['planning'], params: {} });
  });

  it('reads every field of the file', () => {
    const text = `# yaml-language-server: $schema=./workflow.schema.json
name: all
version: 1.10
description: Everything.
variables: {base: main}
timeout: 5m
retries: 1
mode: sequential
on_failure: best_effort
on_skip: propagate
trigger: {condition: "task.type === 'all'"}
context: {anything: [1, {goes: true}]}
steps:
  - {id: a, type: persona-request, persona: p}
outputs: {result: "{{steps.a}}"}
failure_handling:
  on_step_failure: [{id: note, type: persona-request, persona: p}]
  on_workflow_failure: [{id: clean, type: git-operation, operation: checkout, branch: main}]
`;
    expect(loaded(text, { file: 'all.yml' })).toMatchObject({
      name: 'all',
      version: '1.10',
      description: 'Everything.',
      dialect: 'native',
      file: 'all.yml',
      variables: { base: 'main' },
      mode: 'sequential',
      onFailure: 'best_effort',
      onSkip: 'propagate',
      trigger: "task.type === 'all'",
      context: { anything: [1, { goes: true }] },
      steps: [{ id: 'a', timeout: 300_000, retry: { retries: 1 } }],
      outputs: { result: '{{steps.a}}' },
      onStepFailure: [{ id: 'note', timeout: 300_000 }],
      onWorkflowFailure: [{ id: 'clean', type: 'git-operation', params: { operation: 'checkout', branch: 'main' } }],
    });
  });

  it('says nothing that the file does not say', () => {
    expect(loaded('name: bare\nsteps: [{id: a, type: persona-request, persona: p}]\n')).toEqual({
      name: 'bare',
      dialect: 'native',
      file: '<text>',
      variables: {},
      steps: [
        {
          ...{ id: 'a', name: 'a', type: 'persona-request', dependencies: [], kind: 'task', persona: 'p', params: {} },
          position: { line: 2, column: 9 },
        },
      ],
      mode: 'graph',
      onFailure: 'continue',
      onSkip: 'satisfy',
      onStepFailure: [],
      onWorkflowFailure: [],
    });
  });

  it.each([
    ['timeout: 90', 90_000],
    ['timeout: 0.5', 500],
    ['timeout: "90"', 90_000],
    ['timeout: 500ms', 500],
    ['timeout: 30s', 30_000],
    ['timeout: 30m', 1_800_000],
    ['timeout: 1h30m', 5_400_000],
    ['timeout: 1d', 86_400_000],
    ['timeout_ms: 1500', 1500],
    ['timeout: "{{variables.t}}"', { template: '{{variables.t}}', unit: 's' }],
  ])('a numeric timeout is in seconds, a text has its unit: %s', (line, timeout) => {
    expect(task(line)).toMatchObject({ timeout });
  });

  it.each([
    ['retries: 0', { retries: 0, ...RETRY_SHAPE }],
    ['retries: "{{variables.n}}"', { retries: { template: '{{variables.n}}' }, ...RETRY_SHAPE }],
    ['retries: {max: 3, strategy: fixed}', { retries: 3, ...RETRY_SHAPE, factor: 1 }],
    ['retries: {max: 3, strategy: exponential, factor: 3}', { retries: 3, ...RETRY_SHAPE, factor: 3 }],
    [
      'retries: {max: "{{variables.n}}", delay: 500ms, max_delay: 2m, jitter: 0}',
      { retries: { template: '{{variables.n}}' }, ...RETRY_SHAPE, delayMs: 500, maxDelayMs: 120_000, jitter: 0 },
    ],
  ])('retries are further attempts, with a pattern of waits: %s', (line, retry) => {
    expect(task(line)).toMatchObject({ retry });
  });

  it('groups hold members, and their timing is the default of their members', () => {
    const text = withSteps(
      '- id: g',
      '  type: parallel',
      '  wait_for: any',
      '  timeout: 60',
      '  retries: 1',
      '  steps:',
      '    - {id: a, type: persona-request, persona: p}',
      '    - {id: b, type: persona-request, persona: p, timeout: 5, retries: 0}',
      '- {id: s, type: sequence, dependencies: [g], steps: [{id: c, type: wait-for-signal, signal: go, timeout: 1d}]}',
      '- {id: t, type: group, steps: [{id: d, type: variables, set: {x: 1}}]}',
    );
    const [g, s, t] = loaded(text).steps;
    expect(g).toMatchObject({ kind: 'group', mode: 'parallel', waitFor: 'any' });
    expect(g?.kind === 'group' && g.steps).toMatchObject([
      { timeout: 60_000, retry: { retries: 1 } },
      { timeout: 5000, retry: { retries: 0 } },
    ]);
    expect(s).toMatchObject({ kind: 'group', mode: 'sequential', waitFor: 'all', dependencies: ['g'] });
    expect(s).toMatchObject({ steps: [{ kind: 'signal', signal: 'go', timeout: 86_400_000 }] });
    expect(t).toMatchObject({ kind: 'group', mode: 'graph', steps: [{ kind: 'variables', set: { x: 1 } }] });
  });

  it('a conditional step is a choice: its condition is the question, not whether it runs', () => {
    const step = only(
      withSteps(
        '- {id: c, type: conditional, condition: task.urgent, then_steps: [{id: y, type: persona-request, persona: p}], else_steps: [{id: n, type: persona-request, persona: p}]}',
      ),
    );
    expect(step).toMatchObject({ kind: 'choice', when: 'task.urgent', then: [{ id: 'y' }], otherwise: [{ id: 'n' }] });
    expect(step).not.toHaveProperty('condition');
  });

  it('git operations and registered types take further keys as parameters; those under "params" win', () => {
    const git = only(withSteps('- {id: a, type: git-operation, operation: commit, message: m, paths: [x], params: {message: n}}'));
    expect(git).toMatchObject({ kind: 'task', params: { operation: 'commit', message: 'n', paths: ['x'] } });
    expect(git).not.toHaveProperty('persona');
    const custom = only(withSteps('- {id: a, type: deploy, to: production, timeout: 5}'), { stepTypes: ['deploy'] });
    expect(custom).toMatchObject({ kind: 'task', type: 'deploy', params: { to: 'production' }, timeout: 5000 });
  });

  it('a type that nobody registered is an error, and the rest is read all the same', () => {
    const { workflow, diagnostics } = loadWorkflowSync(
      withSteps('- {id: a, type: deploy}', '- {id: b, type: persona-request, persona: p}'),
    );
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['STEP_TYPE_UNKNOWN', 'error']]);
    expect(workflow?.steps.map(({ id, kind }) => [id, kind])).toEqual([
      ['a', 'task'],
      ['b', 'task'],
    ]);
  });

  it('JSON is read as YAML is', () => {
    const yaml = loaded('name: x\nsteps:\n  - {id: a, type: persona-request, persona: p, timeout: 1}\n');
    const text = JSON.stringify({ name: 'x', steps: [{ id: 'a', type: 'persona-request', persona: 'p', timeout: 1 }] }, null, '\t');
    const json = loaded(text);
    const placeless = (steps: readonly Step[]) => [...everyStep(steps)].map(({ position: _, ...step }) => step);
    expect(placeless(json.steps)).toEqual(placeless(yaml.steps));
  });

  it('names that exist are no problem, however they are written', () => {
    const text = `name: x
variables: {branch: main}
steps:
  - {id: plan, name: "Plan {{variables.branch}}", type: persona-request, persona: p, params: {t: "{{task.title}} {{input.x}}"}}
  - {id: note, type: variables, depends_on: plan, set: {seen: "{{steps.plan.files}}"}}
  - {id: g, type: parallel, depends_on: [note], condition: "plan_status === 'pass' && branch === 'main'", steps: [{id: m, type: persona-request, persona: p, params: {s: "{{steps['plan'].x}}", v: "{{variables.seen}}"}}]}
  - {id: last, type: persona-request, persona: p, depends_on: [g], condition: "context.state.get('seen') && steps.m.ok"}
`;
    expect(diagnosed(text)).toEqual([]);
  });
});
