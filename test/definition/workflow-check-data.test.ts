import { describe, expect, it } from 'vitest';
import { diagnosed, withSteps } from './diagnosed.ts';

const advised = (text: string) => diagnosed(text, { advice: true });

describe('outputs that may be missing', () => {
  const maybe = '- {id: a, type: persona-request, persona: p, condition: variables.n > 1}';
  const reader = (params: string, more = 'dependencies: [a]') =>
    `- {id: b, type: persona-request, persona: p, ${more}, params: {x: "${params}"}}`;

  it('are those of a step with a condition, read without a word for that case', () => {
    expect(advised(withSteps(maybe, reader('{{ steps.a.text }}')))).toEqual(['4:79 CONDITION_ON_SKIPPED']);
    expect(advised(withSteps(maybe, '- {id: b, type: variables, set: {x: 1}, dependencies: [a], condition: steps.a.ok}'))).toEqual([
      '4:73 CONDITION_ON_SKIPPED',
    ]);
    expect(diagnosed(withSteps(maybe, reader('{{ steps.a.text }}')))).toEqual([]);
  });

  it.each([
    ['what else it is, is said', reader("{{ steps.a ?? 'none' }}")],
    ['it is asked about first', reader('{{ steps.a.text }}', 'dependencies: [a], condition: steps.a !== undefined')],
    ['the reader has the same condition', reader('{{ steps.a.text }}', 'dependencies: [a], condition: variables.n > 1')],
    ['the edge is taken only when it has completed', reader('{{ steps.a.text }}', 'dependencies: [{step: a, kind: conditional}]')],
  ])('are not where %s', (_, step) => {
    expect(advised(withSteps(maybe, step))).toEqual([]);
  });

  it('are not where skipping spreads to the reader', () => {
    expect(advised(`on_skip: propagate\n${withSteps(maybe, reader('{{ steps.a.text }}'))}`)).toEqual([]);
  });

  it('are those of a branch, read from outside of it', () => {
    const choice = [
      '- id: c',
      '  type: conditional',
      '  condition: variables.n > 1',
      '  then_steps:',
      '    - {id: a, type: persona-request, persona: p}',
    ];
    const inside = '    - {id: d, type: persona-request, persona: p, dependencies: [a], params: {x: "{{ steps.a.text }}"}}';
    expect(advised(withSteps(...choice, inside, reader('{{ steps.a.text }}', 'dependencies: [c]')))).toEqual(['9:79 CONDITION_ON_SKIPPED']);
  });

  it('are told of once: whoever comes after a reader would not run without it', () => {
    const last = '- {id: c, type: persona-request, persona: p, dependencies: [b], params: {x: "{{ steps.a.text }}"}}';
    expect(advised(withSteps(maybe, reader('{{ steps.a.text }}'), last))).toEqual(['4:79 CONDITION_ON_SKIPPED']);
  });
});

describe('writes that overlap', () => {
  const writer = (id: string, more = '') => `- {id: ${id}, type: persona-request, persona: p, writes: [plan]${more}}`;

  it('are those of steps that may run at the same time', () => {
    expect(diagnosed(withSteps(writer('a'), writer('b')))).toEqual(['4:57 WRITES_OVERLAP']);
    expect(diagnosed(withSteps(writer('a'), writer('b'), writer('c', ', dependencies: [a, b]')))).toEqual(['4:57 WRITES_OVERLAP']);
  });

  it('are not those of steps that come one after the other, however far apart', () => {
    const between = '- {id: between, type: variables, set: {x: 1}, dependencies: [a]}';
    expect(diagnosed(withSteps(writer('a'), between, writer('b', ', dependencies: [between]')))).toEqual([]);
    expect(diagnosed(`mode: sequential\n${withSteps(writer('a'), writer('b'))}`)).toEqual([]);
  });

  it('are settled by what the file, or the group, says of conflicts', () => {
    const group = (more: readonly string[]) =>
      withSteps('- id: g', '  type: parallel', ...more, '  steps:', `    ${writer('a')}`, `    ${writer('b')}`);
    expect(diagnosed(group([]))).toEqual(['7:61 WRITES_OVERLAP']);
    expect(diagnosed(group(['  max_concurrent: 1']))).toEqual([]);
    expect(diagnosed(group(['  conflicts: {ladder: [automatic]}']))).toEqual([]);
    expect(diagnosed(`conflicts: {ladder: [automatic]}\n${group([])}`)).toEqual([]);
  });

  it('across groups are those of the groups, and branches of one choice never run together', () => {
    const inGroup = (id: string) => [`- id: g${id}`, '  type: sequence', '  steps:', `    ${writer(id)}`];
    expect(diagnosed(withSteps(...inGroup('a'), ...inGroup('b')))).toEqual(['10:61 WRITES_OVERLAP']);
    const choice = [
      '- id: c',
      '  type: conditional',
      '  condition: variables.n > 1',
      '  then_steps:',
      `    ${writer('a')}`,
      '  else_steps:',
      `    ${writer('b')}`,
    ];
    expect(diagnosed(withSteps(...choice))).toEqual([]);
  });

  it('of the items of a map are a warning', () => {
    const map = (more: string) =>
      withSteps(
        '- id: each',
        '  type: map',
        '  over: variables.list',
        ...(more === '' ? [] : [`  ${more}`]),
        '  steps:',
        `    ${writer('a')}`,
      );
    expect(diagnosed(map(''))).toEqual([]);
    expect(advised(map(''))).toEqual(['7:61 WRITES_OVERLAP']);
    expect(advised(map('max_concurrent: 1'))).toEqual([]);
  });
});
