import { describe, expect, it } from 'vitest';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { diagnosed, loaded } from './diagnosed.ts';

const ANY = { stepTypes: 'any', dialect: 'engine' } as const;
const file = (steps: string, rest = ''): string => `name: sample\nsteps:\n${steps.replace(/^/gmu, '  ')}\n${rest}`;
const first = (steps: string, rest = '') => loaded(file(steps, rest), ANY).steps[0];

describe('the engine dialect', () => {
  it('is recognised by the form of the steps', () => {
    expect(loaded(file('- {name: a, type: GitOperationStep, config: {operation: commit}}')).dialect).toBe('engine');
    expect(loaded(file('- {id: a, type: git-operation, operation: commit}')).dialect).toBe('native');
    expect(loadWorkflowSync(file('- {name: a, template: t}')).workflow).toBeNull();
    expect(diagnosed(file('- {name: a, template: t}'))).toEqual(['3:25 TEMPLATE_UNKNOWN']);
  });

  it('keeps unquoted expressions as the texts they are', () => {
    const step = first(
      '- name: a\n  type: ContextStep\n  condition: ${x.y} == true\n  config:\n    force: ${force || false}\n    branch: "${base}"',
    );
    expect(step).toMatchObject({ condition: '${x.y} == true', params: { force: '${force || false}', branch: '${base}' } });
  });

  it('asks a persona by its config, and gives all of the config as params', () => {
    const step = first(
      '- {name: a, type: PersonaRequestStep, outputs: [r, s], config: {persona: planner, step: "1", maxRetries: 2, timeout: 60000}}',
    );
    expect(step).toMatchObject({
      kind: 'task',
      persona: 'planner',
      params: { persona: 'planner', step: '1', maxRetries: 2, timeout: 60_000 },
      outputs: ['r', 's'],
      timeout: 60_000,
      timeoutGrowth: 'engine',
      retry: { retries: 2, ...RETRY_SHAPE, on: 'timeout' },
    });
  });

  it('a retry block repeats every failure, maxRetries only what timed out', () => {
    const step = first('- {name: a, type: QAStep, config: {retry: {count: 3, delay_ms: 500, backoff_multiplier: 3}}}');
    expect(step).toMatchObject({ retry: { retries: 3, ...RETRY_SHAPE, delayMs: 500, factor: 3, on: 'failure' } });
    expect(first('- {name: a, type: QAStep, config: {maxRetries: "${n || 1}"}}')).toMatchObject({
      retry: { retries: { template: '${n || 1}' }, on: 'timeout' },
    });
    expect(first('- {name: a, type: QAStep}')).not.toHaveProperty('retry');
  });

  it.each([
    ['config: {timeout: 5000}', 'timeouts: {a_timeout: 6000, qastep_step: 7000, default_step: 8000}', 5000],
    ['timeout: 5500', 'timeouts: {a_timeout: 6000, qastep_step: 7000, default_step: 8000}', 5500],
    ['config: {}', 'timeouts: {a_timeout: 6000, qastep_step: 7000, default_step: 8000}', 6000],
    ['config: {}', 'timeouts: {b_timeout: 6000, qastep_step: 7000, default_step: 8000}', 7000],
    ['config: {}', 'timeouts: {b_timeout: 6000, default_step: 8000}', 8000],
    ['config: {}', '', 300_000],
    ['config: {timeout: "${t}"}', '', { template: '${t}', unit: 'ms' }],
  ])('a timeout is looked up from the step to the file to the default: %s, %s', (line, rest, timeout) => {
    expect(first(`- {name: a, type: QAStep, ${line}}`, rest)).toMatchObject({ timeout });
  });

  it('a timeout of less than a second is warned of, where it stands', () => {
    expect(diagnosed(file('- {name: a, type: QAStep, config: {timeout: 30}}'), ANY)).toEqual(['3:47 UNIT_SUSPICIOUS']);
    expect(diagnosed(file('- {name: a, type: QAStep}', 'timeouts: {default_step: 300}\n'), ANY)).toEqual(['4:26 UNIT_SUSPICIOUS']);
  });

  it('variables, choices and nested workflows are what their config says', () => {
    expect(first('- {name: v, type: VariableResolutionStep, config: {variables: {x: "${y || 1}"}}}')).toMatchObject({
      kind: 'variables',
      set: { x: '${y || 1}' },
    });
    const choice = first(
      '- {name: c, type: ConditionalStep, condition: p, config: {condition: "a >= b", thenSteps: [{name: d, type: X1Step}]}}',
    );
    expect(choice).toMatchObject({ kind: 'choice', condition: 'p', when: 'a >= b', then: [{ id: 'd' }], otherwise: [] });
    expect(first('- {name: c, type: ConditionalStep, config: {condition: a, on_true: {action: skip}}}')).toMatchObject({
      kind: 'task',
      params: { condition: 'a' },
    });
    const nested = first('- {name: n, type: SubWorkflowStep, config: {workflow: other, inputs: {task: "${task}"}, outputs: {n: "${m}"}}}');
    expect(nested).toMatchObject({ kind: 'workflow', ref: 'other', inputs: { task: '${task}' }, outputs: { n: '${m}' } });
    expect(nested).not.toHaveProperty('workflow');
  });

  it('the file may say more than is understood', () => {
    const text = file(
      '- {name: a, type: QAStep, depends_on:, config:, condition:, mystery: {x: 1}}\n- {name: b, type: QAStep, depends_on: a, condition: false}',
      'version: 1.0\ntrigger: {condition: "true", events: [x]}\ncontext: {repo_required: true}\nmystery: [1]\nfailure_handling: {on_workflow_failure: [{name: h, type: QAStep, depends_on: [a]}], on_step_failure:}\noutputs: {x: "${a.x}"}\n',
    );
    expect(loaded(text, ANY)).toMatchObject({
      version: '1.0',
      trigger: 'true',
      context: { repo_required: true },
      outputs: { x: '${a.x}' },
      steps: [{ dependencies: [] }, { dependencies: ['a'], condition: 'false' }],
      onStepFailure: [],
      onWorkflowFailure: [{ id: 'h', dependencies: [] }],
    });
  });

  it('a step may call its name id, and outputs may be a list of variables', () => {
    const workflow = loaded(file('- {id: a, type: QAStep, config: {x: 1}}', 'outputs: [status, result]\n'), ANY);
    expect(workflow).toMatchObject({ steps: [{ id: 'a', name: 'a' }], outputs: { status: '${status}', result: '${result}' } });
  });

  it('a handler may have the name of a step', () => {
    expect(diagnosed(file('- {name: a, type: QAStep}', 'failure_handling: {on_step_failure: [{name: a, type: QAStep}]}\n'), ANY)).toEqual(
      [],
    );
  });

  it.each([
    ['no name', '- {type: QAStep}', ['3:5 KEY_MISSING']],
    ['no type', '- {name: a, config: {}}', ['3:5 KEY_MISSING']],
    ['a name twice', '- {name: a, type: QAStep}\n- {name: a, type: QAStep}', ['4:12 STEP_DUPLICATE_ID']],
    ['an unknown dependency', '- {name: a, type: QAStep, depends_on: [z]}', ['3:42 DEPENDENCY_UNKNOWN']],
    ['a circle', '- {name: a, type: QAStep, depends_on: [b]}\n- {name: b, type: QAStep, depends_on: [a]}', ['3:42 DEPENDENCY_CYCLE']],
    ['a nested workflow without name', '- {name: a, type: SubWorkflowStep, config: {inputs: {}}}', ['3:46 KEY_MISSING']],
    ['a config that is a list', '- {name: a, type: QAStep, config: [1]}', ['3:37 VALUE_TYPE']],
    ['a condition that is never understood', '- {name: a, type: QAStep, condition: "a === === b"}', ['3:41 EXPRESSION_INVALID']],
  ])('mistakes are reported where they stand: %s', (_what, steps, problems) => {
    expect(diagnosed(file(steps), ANY)).toEqual(problems);
  });

  it('a condition that is not understood is a warning: the dialect counts it as false and runs', () => {
    const { workflow, diagnostics } = loadWorkflowSync(file('- {name: a, type: QAStep, condition: "a === === b"}'), { ...ANY, text: true });
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
    expect(workflow).not.toBeNull();
  });

  it('without compat, our rules of execution apply', () => {
    const workflow = loaded(file('- {name: a, type: QAStep}'), { ...ANY, compat: 'none' });
    expect(workflow).not.toHaveProperty('compat');
    expect(workflow.dialect).toBe('engine');
  });
});

describe('an engine file without the rules of the engine', () => {
  it('runs under ours: other branches go on after a failure, and no timeout grows', () => {
    const text = file('- {name: a, type: PersonaRequestStep, config: {persona: planner}}');
    const ours = loaded(text, { compat: 'none' });
    expect(ours).toMatchObject({ dialect: 'engine', onFailure: 'continue', onSkip: 'satisfy' });
    expect(ours).not.toHaveProperty('compat');
    expect(ours.steps[0]).not.toHaveProperty('timeoutGrowth');
    expect(loaded(text)).toMatchObject({ compat: 'engine', onFailure: 'stop', steps: [{ timeoutGrowth: 'engine' }] });
  });
});
