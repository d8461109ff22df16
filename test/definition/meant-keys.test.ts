import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { withSteps } from './diagnosed.ts';

describe('keys that people bring along', () => {
  const hints = (text: string) =>
    loadWorkflowSync(text, { text: true, stepTypes: ['deploy'] }).diagnostics.map(({ code, hint }) => `${code} ${hint}`);

  it.each([
    ['a persona', withSteps('- {id: a, type: persona-request, persona: p, retry: 3}')],
    ['a registered type, whose further keys are parameters', withSteps('- {id: a, type: deploy, retry: {count: 3}}')],
    ['a group', withSteps('- {id: g, type: parallel, retry: 3, steps: [{id: a, type: persona-request, persona: p}]}')],
    ['a file', `retry: 3\n${withSteps('- {id: a, type: persona-request, persona: p}')}`],
    ['defaults', `defaults: {retry: 3}\n${withSteps('- {id: a, type: persona-request, persona: p}')}`],
  ])('"retry" of %s is understood as "retries", and refused', (_, text) => {
    expect(hints(text)).toEqual([expect.stringMatching(/^KEY_UNKNOWN did you mean "retries"\?/)]);
  });

  it('"input" of a file is understood as what declares the input, and refused: a file holds no input', () => {
    const text = `input: {who: string}\n${withSteps('- {id: a, type: persona-request, persona: p}')}`;
    expect(hints(text)).toEqual([expect.stringMatching(/^KEY_UNKNOWN did you mean "inputs"\?/)]);
  });

  it('"input" of a registered type is a parameter where it is no map, and understood as "inputs" where it is one', () => {
    expect(hints(withSteps('- {id: a, type: deploy, input: everything}'))).toEqual([]);
    expect(hints(withSteps('- {id: a, type: deploy, input: {to: input.to}}'))).toEqual([
      expect.stringMatching(/^KEY_UNKNOWN did you mean "inputs"\?/),
    ]);
  });
});
