import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { evaluateCondition } from '../../src/definition/condition.ts';
import { hashDefinition } from '../../src/definition/definition-hash.ts';
import { fallback, when } from '../../src/definition/reference-logic.ts';
import { renderTemplate } from '../../src/definition/template.ts';
import type { Step, Workflow } from '../../src/definition/workflow.ts';
import { errorData } from '../../src/protocol/errors.ts';
import { loaded } from './diagnosed.ts';

const plan = { persona: 'planner', output: z.object({ files: z.array(z.string()), score: z.number(), ok: z.boolean() }) };

function step(workflow: Workflow, id: string): Step | undefined {
  return workflow.steps.find((one) => one.id === id);
}

function problem(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    const { code, message, hint = '' } = errorData(error);
    return `${code} ${message} ${hint}`;
  }
  return 'no problem';
}

describe('a workflow built in TypeScript', () => {
  it('is the same workflow as the file that says the same', () => {
    const built = defineWorkflow({
      name: 'release',
      version: '1.0',
      input: z.object({ repo: z.string() }),
      variables: { base: 'main' },
      defaults: { timeout: '5m' },
    })
      .step('plan', {
        ...plan,
        params: ({ input, variables }) => ({ repo: input.repo, base: variables.base }),
        timeout: 90_000,
        retries: 2,
      })
      .set('note', ({ steps }) => ({ files: steps.plan.files }))
      .parallel('checks', { waitFor: 'any', condition: ({ steps }) => steps.plan.ok }, (group) =>
        group.step('lint', { type: 'git-operation', params: { operation: 'sync' } }).step('test', {
          persona: 'tester',
          params: ({ variables, steps }) => ({ files: variables.files, first: `only ${steps.plan.files[0]}` }),
        }),
      )
      .choice('route', {
        condition: ({ steps }) => when.atLeast(steps.plan.score, 0.5),
        then: (branch) => branch.step('ship', { persona: 'shipper' }),
        otherwise: (branch) => branch.waitForSignal('approval', { signal: 'approved', timeout: '1d' }),
      })
      .sequence('end', { after: ['checks', 'route'] }, (group) => group.step('tag', { persona: 'shipper', onAmbiguous: 'escalate' }))
      .outputs(({ steps }) => ({ files: steps.plan.files }))
      .onWorkflowFailure((handlers) => handlers.step('clean', { persona: 'shipper', params: ({ steps }) => ({ of: steps.plan.files }) }))
      .build();
    const file = loaded(`name: release
version: "1.0"
inputs: {repo: string}
variables: {base: main}
timeout: 5m
steps:
  - id: plan
    type: persona-request
    persona: planner
    timeout: 90
    retries: 2
    params: {repo: "{{input.repo}}", base: "{{variables.base}}"}
    output:
      type: object
      properties: {files: {type: array, items: {type: string}}, score: {type: number}, ok: {type: boolean}}
      required: [files, score, ok]
  - {id: note, type: variables, dependencies: [plan], set: {files: "{{steps.plan.files}}"}}
  - id: checks
    type: parallel
    wait_for: any
    dependencies: [plan]
    condition: steps.plan.ok
    steps:
      - {id: lint, type: git-operation, operation: sync}
      - {id: test, type: persona-request, persona: tester, dependencies: [plan, note], params: {files: "{{variables.files}}", first: "only {{steps.plan.files[0]}}"}}
  - id: route
    type: conditional
    dependencies: [plan]
    condition: steps.plan.score >= 0.5
    then_steps: [{id: ship, type: persona-request, persona: shipper}]
    else_steps: [{id: approval, type: wait-for-signal, signal: approved, timeout: 1d}]
  - {id: end, type: sequence, dependencies: [checks, route], steps: [{id: tag, type: persona-request, persona: shipper, on_ambiguous: escalate}]}
outputs: {files: "{{steps.plan.files}}"}
failure_handling: {on_workflow_failure: [{id: clean, type: persona-request, persona: shipper, params: {of: "{{steps.plan.files}}"}}]}
`);
    expect(hashDefinition(built)).toBe(hashDefinition(file));
  });

  it('is plain JSON', () => {
    const built = defineWorkflow({ name: 'x' })
      .step('a', { persona: 'p', params: { list: [1, null, { deep: true }] } })
      .build();
    expect(JSON.parse(JSON.stringify(built))).toEqual(built);
  });

  it('a step depends on what it refers to, however it does so', () => {
    const built = defineWorkflow({ name: 'x' })
      .step('plan', plan)
      .step('name', { persona: 'p', name: ({ steps }) => `Build ${steps.plan.files[0]}` })
      .step('text', { persona: 'p', params: { by: 'hand {{steps.plan.ok}}' } })
      .step('condition', { persona: 'p', condition: 'steps.plan.ok' })
      .parallel('group', {}, (group) => group.step('member', { persona: 'p' }))
      .step('outside', { persona: 'p', params: ({ steps }) => ({ m: steps.member }), after: 'plan' })
      .step('free', { persona: 'p' })
      .build();
    expect(built.steps.map(({ id, dependencies }) => [id, dependencies])).toEqual([
      ['plan', []],
      ['name', ['plan']],
      ['text', ['plan']],
      ['condition', ['plan']],
      ['group', []],
      ['outside', ['plan', 'group']],
      ['free', []],
    ]);
  });

  it('references are written so that the templates give their values', () => {
    const built = defineWorkflow({ name: 'x', input: z.object({ 'a-b': z.array(z.object({ 'c"d': z.string() })) }) })
      .step('p-1', plan)
      .step('use', {
        persona: 'p',
        params: ({ input, steps }) => ({
          odd: input['a-b'][0]?.['c"d'] ?? '',
          whole: steps['p-1'],
          text: `${steps['p-1'].files.length} files`,
          missing: fallback(steps['p-1'].score, 7),
        }),
        condition: ({ steps }) =>
          when.all(
            when.not(when.equals(steps['p-1'].files[0] ?? '', "it's")),
            when.any(when.greaterThan(fallback(steps['p-1'].score, 0), 1), steps['p-1'].ok),
          ),
      })
      .build();
    const use = step(built, 'use');
    const scope = { variables: { input: { 'a-b': [{ 'c"d': 'found' }] } }, steps: { 'p-1': { files: ['x', 'y'], ok: true, score: null } } };
    expect(use?.kind === 'task' && renderTemplate(use.params, scope)).toEqual({
      odd: 'found',
      whole: scope.steps['p-1'],
      text: '2 files',
      missing: 7,
    });
    expect(evaluateCondition(use?.condition ?? '', scope)).toBe(true);
    expect(evaluateCondition(use?.condition ?? '', { ...scope, steps: { 'p-1': { files: ["it's"], ok: true, score: 0 } } })).toBe(false);
  });

  it('a nested workflow is part of it, and its outputs are the step’s', () => {
    const inner = defineWorkflow({ name: 'inner', input: z.object({ n: z.number() }) })
      .step('a', { persona: 'p' })
      .outputs(({ input }) => ({ twice: input.n }))
      .build();
    const outer = defineWorkflow({ name: 'outer' })
      .step('plan', plan)
      .nested('deep', inner, { inputs: ({ steps }) => ({ n: steps.plan.score }) })
      .outputs(({ steps }) => ({ result: steps.deep.twice }))
      .build();
    expect(step(outer, 'deep')).toMatchObject({
      kind: 'workflow',
      ref: 'inner',
      workflow: inner,
      inputs: { n: '{{steps.plan.score}}' },
      dependencies: ['plan'],
    });
  });

  it('durations given as numbers are milliseconds, texts have a unit, templates stay', () => {
    const timeouts = [1500, '30s', '1h30m', '{{variables.t}}'].map((timeout) => {
      const only = defineWorkflow({ name: 'x' }).step('a', { persona: 'p', timeout }).build().steps[0];
      return only?.kind === 'task' ? only.timeout : null;
    });
    expect(timeouts).toEqual([1500, 30_000, 5_400_000, { template: '{{variables.t}}', unit: 'ms' }]);
    const patient = defineWorkflow({ name: 'x' })
      .step('a', { persona: 'p', retries: { max: 2, strategy: 'fixed', delay: '2s', maxDelay: 5000, jitter: 0 } })
      .build().steps[0];
    expect(patient).toMatchObject({ retry: { retries: 2, delayMs: 2000, factor: 1, maxDelayMs: 5000, jitter: 0, on: 'failure' } });
  });
});

describe('a mistake in a built workflow', () => {
  const named = () => defineWorkflow({ name: 'x' });
  it.each<[string, () => unknown, string]>([
    [
      'an id twice',
      () => (named().step('a', { persona: 'p' }) as unknown as ReturnType<typeof named>).step('a', { persona: 'p' }).build(),
      'the step id "a" is already taken',
    ],
    ['an id that is none', () => named().step('a b', { persona: 'p' }).build(), '"a b" cannot be a step id'],
    ['nobody to do it', () => named().step('a', {}).build(), 'neither "persona" nor "type"'],
    ['a bad duration', () => named().step('a', { persona: 'p', timeout: 'soon' }), '"soon" is not a duration'],
    ['no time at all', () => named().step('a', { persona: 'p', timeout: 0 }), 'more than 0'],
    ['half a retry', () => named().step('a', { persona: 'p', retries: 0.5 }), 'whole number'],
    [
      'a function in the params',
      () => named().step('a', { persona: 'p', params: () => ({ f: (() => 1) as unknown as string }) }),
      'of type function',
    ],
    [
      'a date in the params',
      () => named().step('a', { persona: 'p', params: { d: new Date(0) as unknown as string } }),
      'an instance of a class',
    ],
    ['infinity in the params', () => named().step('a', { persona: 'p', params: { n: Number.POSITIVE_INFINITY } }), 'not a finite number'],
    ['a forbidden key', () => named().step('a', { persona: 'p', params: JSON.parse('{"__proto__": 1}') }), '__proto__'],
    ['a broken condition', () => named().step('a', { persona: 'p', condition: '1 +' }).build(), 'a: this is not an expression'],
    [
      'a broken template',
      () =>
        named()
          .step('a', { persona: 'p', params: { x: '{{' } })
          .build(),
      'never closed',
    ],
    [
      'an unknown step in a template',
      () =>
        named()
          .step('plan', plan)
          .step('b', { persona: 'p', params: { x: '{{steps.plna}}' } })
          .build(),
      'did you mean "plan"?',
    ],
    [
      'a reference that is spread',
      () => named().step('a', { persona: 'p', params: ({ input }) => ({ ...(input as object) }) }),
      'cannot be spread',
    ],
    [
      'a reference that is calculated with',
      () => named().step('a', { persona: 'p', params: ({ input }) => ({ n: Number(input) }) }),
      'cannot be calculated with',
    ],
    [
      'a forbidden member',
      () => named().step('a', { persona: 'p', params: ({ input }) => ({ n: input.constructor as unknown as string }) }),
      'that name is forbidden',
    ],
  ])('is an error that says so: %s', (_what, build, words) => {
    expect(problem(build)).toMatch(/^DEFINITION_INVALID/u);
    expect(problem(build)).toContain(words);
  });

  it('all of them are named at once', () => {
    const build = () =>
      named()
        .step('a b', { persona: 'p', condition: '1 +' })
        .step('c', { persona: 'p', params: { x: '{{steps.nobody}}' } })
        .build();
    expect(problem(build)).toMatch(/cannot be a step id.*not an expression.*no step "nobody"/u);
  });
});
