// What is done about failures: what is built is what the file that says the same is read as; what cannot hold is refused.
import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { errorData } from '../../src/protocol/errors.ts';
import { same } from './same-definition.ts';

const p = { persona: 'p' };

function told(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    const { code, message, details, hint = '' } = errorData(error);
    return `${code} ${JSON.stringify(details?.codes ?? [])} ${message} ${hint}`;
  }
  return 'no problem';
}

describe('a built workflow is the one that the file says', () => {
  it('ways of recovering', () => {
    const built = defineWorkflow({ name: 'x', recovery: 'retry_agent' })
      .step('plan', { ...p, recovery: [] })
      .step('usual', { ...p, after: 'plan' })
      .step('tried', {
        ...p,
        after: 'usual',
        recovery: [
          { use: 'retry_agent', budget: 2, delay: '5s', factor: 3 },
          { use: 'substitute_agent', personas: ['senior', 'architect'] },
          { use: 'partial', output: { n: 0 } },
          { use: 'restart', from: 'plan' },
          { use: 'escalate', to: 'ops', due: '1h' },
        ],
      })
      .parallel('all', { after: 'tried', recovery: ['fall_back_sequential', 'partial'] }, (g) => g.step('a', p).step('b', p))
      .map('each', { over: '[1, 2]', recovery: 'restart' }, (s) => s.step('one', p))
      .onWorkflowFailure((s) => s.step('tell', p))
      .build();
    same(
      built,
      `name: x
recovery: retry_agent
steps:
  - { id: plan, type: persona-request, persona: p, recovery: [] }
  - { id: usual, type: persona-request, persona: p, dependencies: plan }
  - id: tried
    type: persona-request
    persona: p
    dependencies: usual
    recovery:
      - { use: retry_agent, budget: 2, delay: 5s, factor: 3 }
      - { use: substitute_agent, personas: [senior, architect] }
      - { use: partial, output: { n: 0 } }
      - { use: restart, from: plan }
      - { use: escalate, to: ops, due: 1h }
  - id: all
    type: parallel
    dependencies: tried
    recovery: [fall_back_sequential, partial]
    steps: [{ id: a, type: persona-request, persona: p }, { id: b, type: persona-request, persona: p }]
  - { id: each, type: map, over: "[1, 2]", recovery: restart, steps: [{ id: one, type: persona-request, persona: p }] }
failure_handling: { on_workflow_failure: [{ id: tell, type: persona-request, persona: p }] }
`,
    );
  });

  it('stand-ins, what a failure means, handlers of certain failures', () => {
    const built = defineWorkflow({ name: 'x' })
      .step('main', { ...p, fallback: 'spare', onFailure: 'stop' })
      .step('spare', p)
      .vote('v', { ...p, voters: 2, fallback: 'other' })
      .step('other', p)
      .group('g', { onFailure: 'best_effort' }, (g) => g.step('a', { ...p, onFailure: 'continue' }))
      .onStepFailure((s) => s.step('tell', { ...p, forSteps: ['a'] }))
      .build();
    same(
      built,
      `name: x
steps:
  - { id: main, type: persona-request, persona: p, fallback: spare, on_failure: stop }
  - { id: spare, type: persona-request, persona: p }
  - { id: v, type: vote, persona: p, voters: 2, fallback: other }
  - { id: other, type: persona-request, persona: p }
  - { id: g, type: group, on_failure: best_effort, steps: [{ id: a, type: persona-request, persona: p, on_failure: continue }] }
failure_handling: { on_step_failure: [{ id: tell, type: persona-request, persona: p, for: a }] }
`,
    );
  });
});

describe('refused', () => {
  const start = () => defineWorkflow({ name: 'x' }).step('a', p);
  it.each<[string, () => unknown, string]>([
    [
      'a stand-in that is not there',
      () =>
        start()
          .step('b', { ...p, fallback: 'aa' })
          .build(),
      'NAME_UNKNOWN',
    ],
    [
      'going back to a step that is not there',
      () =>
        start()
          .step('b', { ...p, recovery: { use: 'restart', from: 'aa' } })
          .build(),
      'NAME_UNKNOWN',
    ],
    [
      'one by one, where nothing is side by side',
      () =>
        start()
          .step('b', { ...p, recovery: 'fall_back_sequential' })
          .build(),
      'DECLARATION_CONFLICT',
    ],
    [
      'no substitute',
      () =>
        start()
          .step('b', { ...p, recovery: { use: 'substitute_agent', personas: [] } })
          .build(),
      'KEY_MISSING',
    ],
    [
      'a substitute of nobody',
      () =>
        start()
          .group('g', { recovery: { use: 'substitute_agent', personas: ['q'] } }, (g) => g.step('b', p))
          .build(),
      'DECLARATION_CONFLICT',
    ],
    [
      'fewer tries than one',
      () =>
        start()
          .step('b', { ...p, recovery: { use: 'restart', budget: 0 } })
          .build(),
      'VALUE_RANGE',
    ],
    [
      'a way that is none',
      () =>
        start()
          .step('b', { ...p, recovery: 'retry_agnt' as 'partial' })
          .build(),
      'VALUE_UNKNOWN',
    ],
    [
      'a handler of a step that is not there',
      () =>
        start()
          .onStepFailure((s) => s.step('h', { ...p, forSteps: ['aa'] }))
          .build(),
      'NAME_UNKNOWN',
    ],
    [
      'a step that is for the failures of others and no handler',
      () =>
        start()
          .step('b', { ...p, forSteps: ['a'] })
          .build(),
      'DECLARATION_CONFLICT',
    ],
  ])('%s', (_what, build, code) => expect(told(build)).toContain(`["${code}"]`));
});
