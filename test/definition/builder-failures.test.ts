import { expect, test } from 'vitest';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { same } from './same-definition.ts';
import { thrownBy } from './thrown.ts';

test('what a failure means is said of steps and of what holds them, as in files', () => {
  const built = defineWorkflow({ name: 'site' })
    .step('stats', { persona: 'counter', onFailure: 'best_effort' })
    .parallel('checks', { onFailure: 'best_effort' }, (members) => members.step('lint', { persona: 'linter', onFailure: 'stop' }))
    .vote('panel', { personas: ['ann', 'ben'], onFailure: 'continue' })
    .map('each', { over: '[1, 2]', as: 'n', onFailure: 'continue' }, (steps) => steps.step('look', { persona: 'reader' }))
    .waitForSignal('go', { onFailure: 'best_effort' })
    .build();
  same(
    built,
    `name: site
steps:
  - {id: stats, type: persona-request, persona: counter, on_failure: best_effort}
  - {id: checks, type: parallel, on_failure: best_effort, steps: [{id: lint, type: persona-request, persona: linter, on_failure: stop}]}
  - {id: panel, type: vote, personas: [ann, ben], on_failure: continue}
  - {id: each, type: map, over: '[1, 2]', as: n, on_failure: continue, steps: [{id: look, type: persona-request, persona: reader}]}
  - {id: go, type: wait-for-signal, signal: go, on_failure: best_effort}
`,
  );
});

test('a word that means nothing is refused, with what was probably meant', () => {
  const build = () => defineWorkflow({ name: 'x' }).step('a', { persona: 'p', onFailure: 'best_efort' as never });
  expect(thrownBy(build)).toMatchObject({ code: 'DEFINITION_INVALID', hint: expect.stringContaining('best_effort') });
});
