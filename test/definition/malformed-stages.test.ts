import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { withSteps } from './diagnosed.ts';

const KNOWN = { personas: ['coder', 'checker'], stepTypes: ['deploy'] };

const step = (id: string, more = '') => `- {id: ${id}, type: deploy${more}}`;

/** What is wrong, the file, and for each of its problems the code and what stands where that points to. */
const STAGES: readonly (readonly [what: string, text: string, problems: readonly (readonly [code: string, there: string])[]])[] = [
  ['stands in for itself', withSteps(step('a', ', fallback: a')), [['FALLBACK_UNREACHABLE', 'a}']]],
  ['is not there', withSteps(step('a', ', fallback: rescu'), step('rescue')), [['NAME_UNKNOWN', 'rescu']]],
  [
    'stands in another list',
    withSteps(step('a', ', fallback: b'), '- {id: g, type: group, steps: [{id: b, type: deploy}]}'),
    [['FALLBACK_UNREACHABLE', 'b}']],
  ],
  [
    'stands in for who stands in for it',
    withSteps(step('a', ', fallback: b'), step('b', ', fallback: a')),
    [
      ['FALLBACK_UNREACHABLE', 'b}'],
      ['FALLBACK_UNREACHABLE', 'a}'],
    ],
  ],
  ['depends on it', withSteps(step('a', ', fallback: b'), step('b', ', dependencies: a')), [['FALLBACK_UNREACHABLE', 'b}']]],
  [
    'depends on what depends on it',
    withSteps(step('a', ', fallback: b'), step('c', ', dependencies: a'), step('b', ', dependencies: c')),
    [['FALLBACK_UNREACHABLE', 'b}']],
  ],
  [
    'waits for who waits for it, by way of others',
    withSteps(
      step('a', ', fallback: b'),
      step('d', ', dependencies: a'),
      step('x', ', fallback: y'),
      step('e', ', dependencies: x'),
      step('y', ', dependencies: d'),
      step('b', ', dependencies: e'),
    ),
    [
      ['FALLBACK_UNREACHABLE', 'b}'],
      ['FALLBACK_UNREACHABLE', 'y}'],
    ],
  ],
  ['stands in for two', withSteps(step('a', ', fallback: c'), step('b', ', fallback: c'), step('c')), [['DECLARATION_CONFLICT', 'c}']]],
  [
    'stands in where not everybody is needed',
    withSteps('- {id: g, type: parallel, wait_for: any, steps: [{id: a, type: deploy, fallback: b}, {id: b, type: deploy}]}'),
    [['DECLARATION_CONFLICT', 'b}']],
  ],
  ['has no name', withSteps(step('a', ', fallback: 3')), [['VALUE_TYPE', '3}']]],
];

describe('a fallback that cannot be one', () => {
  it.each(STAGES)('because it %s, is told where that stands', (_what, text, problems) => {
    const { diagnostics } = loadWorkflowSync(text, { ...KNOWN, text: true });
    const found = diagnostics.map(({ code, line, column }) => [code, text.split('\n')[line - 1]?.slice(column - 1)] as const);
    expect(found.map(([code]) => code)).toEqual(problems.map(([code]) => code));
    for (const [index, [, there]] of problems.entries()) expect(found[index]?.[1]?.startsWith(there)).toBe(true);
  });

  it('tells of everything at once', () => {
    const text = withSteps(
      step('a', ', fallback: a'),
      step('b', ', fallback: nobody'),
      '- {id: p, type: phase, gate: {rate: 2, scores: {b.x: high}}, feedback: {to: ship, max: -1}, steps: []}',
    );
    const codes = loadWorkflowSync(text, { ...KNOWN, text: true }).diagnostics.map(({ code }) => code);
    expect(codes.sort()).toEqual(['FALLBACK_UNREACHABLE', 'FEEDBACK_TARGET', 'NAME_UNKNOWN', 'VALUE_RANGE', 'VALUE_RANGE', 'VALUE_TYPE']);
  });
});
