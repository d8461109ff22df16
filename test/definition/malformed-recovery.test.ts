import { describe, expect, test } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';

const file = (recovery: string, more = 'type: persona-request, persona: p') =>
  `name: w\nsteps:\n  - { id: plan, type: persona-request, persona: p }\n  - { id: a, ${more}, recovery: ${recovery} }\n`;

const told = (text: string) => loadWorkflowSync(text, { text: true }).diagnostics.map(({ code, line, hint }) => [code, line, hint ?? null]);

describe('a recovery that could not be carried out', () => {
  test.each([
    ['retry_agnt', 'VALUE_UNKNOWN', 'did you mean "retry_agent"?'],
    ['[{ use: escalat }]', 'VALUE_UNKNOWN', 'did you mean "escalate"?'],
    ['{ use: retry_agent, budget: 0 }', 'VALUE_RANGE', null],
    ['{ use: retry_agent, budget: 1.5 }', 'VALUE_RANGE', null],
    ['{ use: retry_agent, delay: soon }', 'DURATION_INVALID', expect.anything()],
    ['{ use: retry_agent, bduget: 2 }', 'KEY_UNKNOWN', 'did you mean "budget"?'],
    ['{ use: retry_agent, personas: [x] }', 'DECLARATION_CONFLICT', 'it belongs to substitute_agent'],
    ['substitute_agent', 'KEY_MISSING', expect.anything()],
    ['{ use: restart, from: plen }', 'NAME_UNKNOWN', 'did you mean "plan"?'],
    ['[retry_agent, fall_back_sequential]', 'DECLARATION_CONFLICT', expect.anything()],
    ['{ use: escalate, to: [ops, ops] }', 'KEY_DUPLICATE', null],
  ])('%s', (recovery, code, hint) => {
    expect(told(file(recovery))).toEqual([[code, 4, hint]]);
  });

  test('another agent for what no agent does', () => {
    const steps = 'type: sequence, steps: [{ id: b, type: persona-request, persona: p }]';
    expect(told(file('{ use: substitute_agent, personas: [x] }', steps))).toEqual([
      ['DECLARATION_CONFLICT', 4, 'say it of the steps inside'],
    ]);
  });

  test('of a file is told once, at the file', () => {
    const text =
      'name: w\nrecovery: { use: restart, from: x }\nsteps:\n  - { id: a, type: persona-request, persona: p }\n  - { id: b, type: persona-request, persona: p }\n';
    expect(told(text).map(([code, line]) => [code, line])).toEqual([['NAME_UNKNOWN', 2]]);
  });
});

describe('a recovery', () => {
  test('of a file is that of every task that says none; not of groups and handlers', () => {
    const { workflow } = loadWorkflowSync(
      `name: w
recovery: retry_agent
failure_handling: { on_step_failure: [{ id: h, type: persona-request, persona: p }] }
steps:
  - { id: a, type: persona-request, persona: p }
  - { id: g, type: sequence, steps: [{ id: b, type: persona-request, persona: p }, { id: c, type: persona-request, persona: p, recovery: [] }] }
`,
      { text: true },
    );
    const retry = [{ use: 'retry_agent', budget: 1, delayMs: 1000, factor: 2 }];
    expect(workflow?.steps).toMatchObject([{ recovery: retry }, { steps: [{ recovery: retry }, { recovery: [] }] }]);
    expect(workflow?.steps[1]).not.toHaveProperty('recovery');
    expect(workflow?.onStepFailure[0]).not.toHaveProperty('recovery');
  });

  test('that nobody declares leaves no trace in the definition', () => {
    const { workflow } = loadWorkflowSync('name: w\nsteps:\n  - { id: a, type: persona-request, persona: p }\n', { text: true });
    expect(JSON.stringify(workflow)).not.toContain('recovery');
  });
});
