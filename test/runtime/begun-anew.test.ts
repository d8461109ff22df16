import { expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import { watchedCrew } from './take-over.ts';

const run = (text: string, script: AgentScript) => {
  const workflow = loaded(text);
  return simulate(workflow, { crew: watchedCrew({ workflow, script, maxConcurrency: 5 }, { begun: [], answered: new Set() }) });
};

test('a failure that is held back for whoever stands in is not counted twice when both begin anew', async () => {
  const steps = (more: string) => `
name: held
steps:
  - { id: a, type: persona-request, persona: p, fallback: b${more} }
  - { id: b, type: persona-request, persona: p, recovery: { use: restart, from: a } }
`;
  const script: AgentScript = { a: [{ fail: 'no' }, { output: 1 }], b: [{ fail: 'no' }] };
  for (const more of ['', ', on_failure: best_effort', ', on_failure: continue', ', on_failure: stop']) {
    const { status, outputs, failure, history } = await run(steps(more), script);
    expect([more, status, outputs, failure]).toEqual([more, 'completed', { a: 1 }, null]);
    expect(history).toEqual([
      ['a', 'failed'],
      ['a', 'completed'],
      ['b', 'skipped'],
    ]);
  }
});

test('a run names the first failure that still stands, not one that was made good by running again', async () => {
  const { status, failedStep, error } = await run(
    `
name: first
steps:
  - { id: build, type: phase, steps: [{ id: code, type: persona-request, persona: p }] }
  - { id: docs, type: persona-request, persona: p }
  - id: review
    type: phase
    dependencies: [{ step: build, kind: soft }]
    steps: [{ id: read, type: persona-request, persona: p }]
    feedback: { to: build }
`,
    {
      code: [{ fail: 'it does not compile' }, { output: 1 }],
      docs: [{ after: 1000, fail: 'no paper' }],
      read: [{ after: 5000, output: { status: 'fail' } }, { output: { status: 'pass' } }],
    },
  );
  expect([status, failedStep, error]).toEqual(['failed', 'docs', 'no paper']);
});
