import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { withSteps } from './diagnosed.ts';

const KNOWN = { personas: ['coder', 'checker'], stepTypes: ['deploy'] };

const build = '- {id: build, type: phase, steps: [{id: x, type: deploy}]}';
const phase = (more: string) => withSteps(build, `- {id: ship, type: phase, depends_on: build, ${more}, steps: [{id: y, type: deploy}]}`);

/** What is wrong, the file, the code of its only problem, and what stands where that points to. */
const PHASES: readonly (readonly [what: string, text: string, code: string, there: string])[] = [
  ['a rate over 1', phase('gate: {rate: 1.5}'), 'VALUE_RANGE', '1.5'],
  ['a rate in percent', phase('gate: {rate: 80}'), 'VALUE_RANGE', '80'],
  ['a negative rate', phase('gate: {rate: -0.1}'), 'VALUE_RANGE', '-0.1'],
  ['a rate in words', phase('gate: {rate: most}'), 'VALUE_TYPE', 'most'],
  ['a score of nothing', phase('gate: {scores: {z.score: 8}}'), 'NAME_UNKNOWN', 'z.score'],
  ['a score in words', phase('gate: {scores: {y.score: good}}'), 'VALUE_TYPE', 'good'],
  ['a check that cannot be read', phase('gate: {check: "steps.y ="}'), 'EXPRESSION_INVALID', ''],
  ['a check of a step that is not there', phase('gate: {check: steps.z.ok}'), 'NAME_UNKNOWN', 'z.ok'],
  ['a gate kept by nobody', phase('gate: {persona: cheker}'), 'PERSONA_UNKNOWN', 'cheker'],
  ['an unknown policy of a gate', phase('gate: {on_failure: again}'), 'VALUE_UNKNOWN', 'again'],
  ['negative rounds', phase('gate: {on_failure: retry, max: -1}'), 'VALUE_RANGE', '-1'],
  ['rounds that nothing takes', phase('gate: {max: 2}'), 'DECLARATION_CONFLICT', 'max'],
  ['a rate beside a quorum', phase('wait_for: any, gate: {rate: 1}'), 'DECLARATION_CONFLICT', 'wait_for'],
  ['a negative loop', phase('feedback: {to: build, max: -3}'), 'VALUE_RANGE', '-3'],
  ['a loop to nowhere', phase('feedback: {to: buidl}'), 'FEEDBACK_TARGET', 'buidl'],
  ['a loop to itself', phase('feedback: {to: ship}'), 'FEEDBACK_TARGET', 'ship}'],
  ['findings of nothing', phase('feedback: {to: build, findings: z.issues}'), 'NAME_UNKNOWN', 'z.issues'],
  [
    'a loop to what is no phase',
    withSteps('- {id: x, type: deploy}', '- {id: p, type: phase, depends_on: x, feedback: {to: x}, steps: []}'),
    'FEEDBACK_TARGET',
    'x}',
  ],
  [
    'a loop to what need not have ended',
    withSteps(build, '- {id: p, type: phase, feedback: {to: build}, steps: []}'),
    'FEEDBACK_TARGET',
    'build}',
  ],
  [
    'a step that sends back to nowhere',
    withSteps(build, '- {id: y, type: deploy, depends_on: build, feedback: {to: buidl}}'),
    'FEEDBACK_TARGET',
    'buidl',
  ],
  ['a step that sends back to itself', withSteps('- {id: y, type: deploy, feedback: {to: y}}'), 'FEEDBACK_TARGET', 'y}'],
  [
    'a step that sends back to what need not have ended',
    withSteps(build, '- {id: y, type: deploy, feedback: {to: build}}'),
    'FEEDBACK_TARGET',
    'build}',
  ],
  [
    'a step that sends back to a later phase',
    withSteps('- {id: y, type: deploy, feedback: {to: build}}', '- {id: build, type: phase, depends_on: y, steps: []}'),
    'FEEDBACK_TARGET',
    'build}',
  ],
  [
    'a step with a negative loop',
    withSteps(build, '- {id: y, type: deploy, depends_on: build, feedback: {to: build, max: -1}}'),
    'VALUE_RANGE',
    '-1',
  ],
  [
    'a step that asks what cannot be read',
    withSteps(build, '- {id: y, type: deploy, depends_on: build, feedback: {to: build, when: "steps.y ="}}'),
    'EXPRESSION_INVALID',
    '',
  ],
  [
    'a step with findings of nothing',
    withSteps(build, '- {id: y, type: deploy, depends_on: build, feedback: {to: build, findings: z.a}}'),
    'NAME_UNKNOWN',
    'z.a',
  ],
  [
    'a step called like a way back',
    withSteps(build, '- {id: y.feedback, type: deploy}', '- {id: y, type: deploy, depends_on: build, feedback: {to: build}}'),
    'STEP_DUPLICATE_ID',
    'y',
  ],
];

describe('a phase that is written wrongly', () => {
  it.each(PHASES)('with %s is told where that stands', (_what, text, code, there) => {
    const { diagnostics } = loadWorkflowSync(text, { ...KNOWN, text: true });
    expect(diagnostics.map((problem) => problem.code)).toEqual([code]);
    const [{ line, column } = { line: 0, column: 0 }] = diagnostics;
    expect(
      text
        .split('\n')
        [line - 1]?.slice(column - 1)
        .startsWith(there),
    ).toBe(true);
  });
});
