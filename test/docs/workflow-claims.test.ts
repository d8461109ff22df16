// Sentences of docs/workflow-files.md that no table and no example there shows.
import { type LoadOptions, loadWorkflowSync, type Work, type Workflow } from 'troupe';
import { type SimulateOptions, simulate } from 'troupe/testing';
import { describe, expect, test } from 'vitest';

const native = (steps: string, head = '') => `name: claim\n${head}\nsteps:\n${steps}\n`;
const ask = (id: string, more = '') => `  - { id: ${id}, type: persona-request, persona: p${more} }\n`;

function load(text: string, options: LoadOptions = {}): Workflow {
  const { workflow, diagnostics } = loadWorkflowSync(text, { stepTypes: 'any', ...options, text: true });
  if (workflow === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return workflow;
}

const codes = (text: string) => loadWorkflowSync(text, { text: true, stepTypes: ['deploy'] }).diagnostics.map(({ code }) => code);

const p = ({ task, sleep }: Work) => {
  if (task.params.throw !== undefined) throw new Error('broken');
  return sleep(1000).then(() => task.params);
};

async function run(text: string, options: SimulateOptions & { readonly load?: LoadOptions } = {}) {
  const { load: loading = {}, ...rest } = options;
  const end = await simulate(load(text, loading), { crew: { personas: { p } }, ...rest });
  return {
    ...end,
    ends: end.history.map(([step, outcome]) => `${step} ${outcome}`),
    starts: new Map(end.view.steps.map((step) => [step.path, step.startedAt])),
  };
}

describe('variables', () => {
  test('those given at the start outrank the input, the input those of the file; one sees those above it', async () => {
    const file = native(ask('a'), 'variables: { x: file, y: file, z: "{{ y }}!" }\noutputs: { x: "{{ x }}", y: "{{ y }}", z: "{{ z }}" }');
    const { outputs } = await run(file, { input: { x: 'input', y: 'input' }, variables: { x: 'start' } });
    expect(outputs).toEqual({ x: 'start', y: 'input', z: 'input!' });
  });

  test('that fail keep the run from starting; outputs that fail make it fail, and wake its handlers', async () => {
    const handlers = 'failure_handling: { on_workflow_failure: [{ id: h, type: variables, set: { x: "{{ variables.failed_step }}" } }] }';
    await expect(run(native(ask('a'), 'variables: { x: "{{ nobody.knows }}" }'))).rejects.toMatchObject({ code: 'TEMPLATE_FAILED' });
    const { status, failure, ends } = await run(native(ask('a'), `outputs: { x: "{{ variables.y }}" }\n${handlers}`));
    expect([status, failure?.code, ends]).toEqual(['failed', 'TEMPLATE_FAILED', ['a completed', 'h completed']]);
  });
});

describe('groups', () => {
  const inside = (dependencies: string) =>
    `  - { id: g, type: group, steps: [{ id: b, type: persona-request, persona: p }, { id: c, type: persona-request, persona: p${dependencies} }] }\n`;

  test('a member that depends on a step outside makes the whole group wait', async () => {
    expect((await run(native(ask('a') + inside('')))).starts.get('b')).toBe(0);
    expect((await run(native(ask('a') + inside(', dependencies: a')))).starts.get('b')).toBe(1000);
  });

  test('a step inside another group cannot be depended on', () => {
    expect(codes(native(inside('') + ask('d', ', dependencies: b')))).toEqual(['DEPENDENCY_UNKNOWN']);
  });

  test('timeout and retries around a task are its defaults; a wait has none but its own', () => {
    const { steps } = load(
      native(
        '  - { id: g, type: group, timeout: 5s, steps: [{ id: b, type: persona-request, persona: p }, { id: w, type: wait-for-signal, signal: s }] }',
        'retries: 3',
      ),
    );
    expect(steps[0]).toMatchObject({ steps: [{ timeout: 5000, retry: { retries: 3 } }, { kind: 'signal' }] });
    expect(steps[0]?.kind === 'group' && steps[0].steps[1]).not.toHaveProperty('timeout');
  });

  test('in sequential mode each step waits for the one above it', async () => {
    expect((await run(native(ask('a') + ask('b'), 'mode: sequential'))).starts.get('b')).toBe(1000);
  });

  test('of alternatives fail when nobody succeeds and somebody failed', async () => {
    const any = (members: string) => native(`  - { id: g, type: parallel, wait_for: any, steps: [${members}] }\n`);
    const bad = '{ id: x, type: persona-request, persona: p, params: { throw: 1 } }';
    const skipped = '{ id: y, type: persona-request, persona: p, condition: false }';
    expect((await run(any(`${bad}, ${skipped}`))).status).toBe('failed');
    expect((await run(any(skipped))).status).toBe('completed');
  });
});

describe('what is skipped and what fails', () => {
  const chain = ask('a', ', condition: false') + ask('b', ', dependencies: a') + ask('c', ', dependencies: b');
  const bad = ask('a', ', params: { throw: 1 }');
  const handlers =
    'failure_handling: { on_workflow_failure: [{ id: w, type: variables, set: { x: 1 } }], on_step_failure: [{ id: s, type: variables, set: { x: "{{ nobody }}" } }] }';

  test('a skipped dependency counts as done, or hands its skip on', async () => {
    expect((await run(native(chain))).ends).toEqual(['a skipped', 'b completed', 'c completed']);
    expect((await run(native(chain, 'on_skip: propagate'))).ends).toEqual(['a skipped', 'b skipped', 'c skipped']);
  });

  test('handlers run one by one, those of steps first; one that fails changes nothing', async () => {
    const { status, ends } = await run(native(bad, handlers));
    expect([status, ends]).toEqual(['failed', ['a failed', 's failed', 'w completed']]);
  });

  test('handlers do not run after a cancel or under best_effort', async () => {
    expect((await run(native(bad, `${handlers}\non_failure: best_effort`))).ends).toEqual(['a failed']);
    const { status, ends } = await run(native(ask('a'), handlers), { happenings: [{ at: 1, do: 'cancel' }] });
    expect([status, ends]).toEqual(['cancelled', ['a cancelled']]);
  });
});

test('a signal reaches nested workflows, goes to who has waited longest, and is kept while nobody waits', async () => {
  const wait = (id: string) => `  - { id: ${id}, type: wait-for-signal, signal: go }\n`;
  const outer = native(`  - { id: n, type: workflow, workflow: inner }\n${wait('late').replace(' }', ', dependencies: [n] }')}`);
  const { outputs } = await run(outer, {
    load: { workflows: () => native(wait('w')) },
    happenings: [1, 2].map((payload) => ({ at: payload, do: 'signal', name: 'go', payload })),
  });
  expect(outputs).toEqual({ n: { w: 1 }, late: 2 });
});

test('further keys of a registered type are its params, `params` wins, and slips are refused', () => {
  const [step] = load(native('  - { id: a, type: deploy, to: x, count: 1, params: { to: y } }')).steps;
  expect(step).toMatchObject({ params: { to: 'y', count: 1 } });
  expect(codes(native('  - { id: a, type: deploy, dependancies: [b] }'))).toEqual(['KEY_UNKNOWN']);
  expect(codes(native('  - { id: a, type: elsewhere }'))).toEqual(['STEP_TYPE_UNKNOWN']);
});

test('the persona of a step is rendered when the step starts; what it is given is frozen', async () => {
  const asked: unknown[] = [];
  const p = ({ task }: Work) => void asked.push(task.persona, Object.isFrozen(task.params));
  const who = native('  - { id: a, type: persona-request, persona: "{{ variables.who }}", params: { x: [1] } }');
  await run(who, { variables: { who: 'p' }, crew: { personas: { p } } });
  await run('name: claim\nsteps: [{ name: a, type: PersonaRequestStep, config: { persona: "${who}" } }]', {
    variables: { who: 'p' },
    crew: { personas: { p } },
  });
  expect(asked).toEqual(['p', true, 'p', true]);
  expect(codes(native('  - { id: a, type: wait-for-signal, signal: "{{ variables.who }}" }'))).toEqual(['VALUE_UNKNOWN']);
});

test('a registration outranks a built-in type', async () => {
  const { outputs } = await run(native('  - { id: v, type: variables, set: { x: 1 } }'), {
    stepTypes: { variables: ({ task }) => task.params },
  });
  expect(outputs).toEqual({ v: { variables: { x: 1 } } });
});

test('a file has limits', () => {
  const nested = (depth: number) => native(ask('a', `, params: { x: ${'['.repeat(depth)}${']'.repeat(depth)} }`));
  expect([codes(nested(50)), codes(nested(70))]).toEqual([[], ['YAML_LIMIT']]);
  const aliases = (uses: number) => native(ask('a', `, params: { x: [${'*v, '.repeat(uses)}1] }`), 'variables: { v: &v 1 }');
  expect([codes(aliases(20)), codes(aliases(21))]).toEqual([[], ['YAML_LIMIT']]);
  expect(codes(native(ask('a'), 'context: { <<: { b: 1 } }'))).toEqual(['KEY_FORBIDDEN']);
  expect(codes(`${native(ask('a'))}#${'x'.repeat(1_048_576)}`)).toEqual(['FILE_TOO_LARGE']);
});

describe('the engine dialect', () => {
  const engine = (steps: string, rest = '') => `name: claim\n${rest}\nsteps:\n${steps}`;
  const persona = (more: string) => `  - { name: a, type: PersonaRequestStep, config: { persona: p, ${more} } }\n`;
  const handlers =
    'failure_handling: { on_step_failure: [{ name: s, type: VariableResolutionStep }], on_workflow_failure: [{ name: w, type: VariableResolutionStep }] }';

  test('tells a step that reports failure from one that breaks', async () => {
    const broken = await run(engine(persona('throw: 1'), handlers));
    expect([broken.failedStep, broken.ends]).toEqual([null, ['a failed', 'w completed']]);
    const reported = await run(engine('  - { name: a, type: XStep }\n', handlers), {
      stepTypes: {
        XStep: { id: 'x', perform: async () => ({ ok: false, thrown: false, error: { code: 'AGENT_FAILED', message: 'red' } }) },
      },
    });
    expect([reported.failedStep, reported.ends]).toEqual(['a', ['a failed', 's completed']]);
    const ours = await run(engine(persona('throw: 1'), handlers), { load: { compat: 'none' } });
    expect([ours.failedStep, ours.ends, ours.workflow.onFailure]).toEqual(['a', ['a failed', 's completed', 'w completed'], 'continue']);
  });

  test('gives a persona more time with every attempt, and tries again after timeouts only', async () => {
    const text = engine(persona('timeout: 1000, maxRetries: 2'));
    const timeouts: (number | null)[] = [];
    const slow = ({ task, sleep }: Work) => {
      timeouts.push(task.timeoutMs);
      return sleep(1e9);
    };
    await run(text, { crew: { personas: { p: slow } } });
    expect(timeouts).toEqual([1000, 31_000, 61_000]);
    expect((await run(engine(persona('throw: 1, maxRetries: 2')))).view.steps[0]?.attempts).toBe(1);
    expect((await run(engine(persona('throw: 1, retry: { count: 2 }')))).view.steps[0]?.attempts).toBe(3);
  });

  test('sets variables: those declared as outputs, none to null, and one that ends the run as a success', async () => {
    const outputs = '  - { name: a, type: XStep, outputs: [branch] }\n';
    const set = (name: string, variables: string) =>
      `  - { name: ${name}, type: VariableResolutionStep, config: { variables: { ${variables} } } }\n`;
    const text = engine(
      outputs + set('b', 'x: "${branch}", y: "${nothing}"') + set('c', 'workflow_stop_requested: true') + set('d', 'z: 1'),
      'outputs: [x, y, z]',
    );
    const end = await run(text, { stepTypes: { XStep: () => ({ branch: 'main', other: 1 }) } });
    expect([end.status, end.outputs, end.ends]).toEqual([
      'completed',
      { x: 'main', y: null, z: '${z}' },
      ['a completed', 'b completed', 'c completed'],
    ]);
  });
});
