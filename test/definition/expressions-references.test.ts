import { describe, expect, it } from 'vitest';
import { referencedNames, referencedShared, referencedSteps, referencedVariables } from '../../src/definition/expression-references.ts';
import { nearest } from '../../src/definition/nearest-name.ts';

const sorted = (names: Set<string>): string[] => [...names].sort();

describe('what a native condition or template mentions', () => {
  const source =
    "steps.plan.ok && context.steps['qa-run'].x && steps.get('c') && has(steps, 'd') && count > variables.max && " +
    "context.state.get('s') && variables['v-w'] && list.map(item => item.x + other) && steps[dynamic]";

  it('roots are the names that stand alone; parameters and functions are none', () => {
    expect(sorted(referencedNames(source, 'native', 'condition'))).toEqual([
      'context',
      'count',
      'dynamic',
      'list',
      'other',
      'steps',
      'variables',
    ]);
  });

  it('steps and variables are found in all their writings', () => {
    expect(sorted(referencedSteps(source, 'native', 'condition'))).toEqual(['c', 'd', 'plan', 'qa-run']);
    expect(sorted(referencedVariables(source, 'native', 'condition'))).toEqual(['count', 'dynamic', 'list', 'max', 'other', 's', 'v-w']);
  });

  it('templates are searched wherever they stand in a value', () => {
    const value = { a: ['x {{ steps.plan.y }}', 1], b: { c: '{{ name }} {{ steps.qa }}' }, d: 'steps.none' };
    expect(sorted(referencedSteps(value, 'native', 'template'))).toEqual(['plan', 'qa']);
    expect(sorted(referencedVariables(value, 'native', 'template'))).toEqual(['name']);
  });

  it('keys of the shared context are found in all their writings', () => {
    const text =
      "shared.plan.x && shared['a b'] && shared.get('c') && has(shared, 'd') && shared[dynamic] && steps.shared && variables.shared.e";
    expect(sorted(referencedShared(text, 'native', 'condition'))).toEqual(['a b', 'c', 'd', 'plan']);
    expect(sorted(referencedShared({ a: ['{{ shared.plan }}'] }, 'native', 'template'))).toEqual(['plan']);
    expect(sorted(referencedShared('list.map(shared => shared.a)', 'native', 'condition'))).toEqual([]);
    expect(sorted(referencedShared('shared.plan == 1', 'engine', 'condition'))).toEqual([]);
  });

  it('what cannot be read mentions nothing', () => {
    expect(sorted(referencedNames('a ==', 'native', 'condition'))).toEqual([]);
    expect(sorted(referencedNames('{{ a', 'native', 'template'))).toEqual([]);
  });

  it('a shadowed root is a parameter', () => {
    expect(sorted(referencedSteps('list.map(steps => steps.a)', 'native', 'condition'))).toEqual([]);
  });
});

describe('what an engine condition or template mentions', () => {
  it('is every root, since a root may be a step or a variable', () => {
    const condition = "${qa_status} == 'x' && plan.ok && labels.includes(kind) || !late && (a ? b : c) > d + 1 && '${e}' == f";
    expect(sorted(referencedSteps(condition, 'engine', 'condition'))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
      'kind',
      'labels',
      'late',
      'plan',
      'qa_status',
    ]);
    expect(sorted(referencedNames({ x: ['${a.b || c}', '${Date.now()}', 'd'] }, 'engine', 'template'))).toEqual(['a', 'c']);
  });
});

describe('the nearest name', () => {
  it.each([
    ['stauts', ['status', 'state'], 'status'],
    ['implmentation', ['implementation', 'plan'], 'implementation'],
    ['Status', ['status'], 'status'],
    ['plan_evaluation', ['plan-evaluation'], 'plan-evaluation'],
    ['ab', ['xy'], null],
    ['x', ['y'], null],
    ['wholly', ['different'], null],
    ['', ['a'], null],
    ['same', ['same'], null],
    ['x'.repeat(100), ['x'.repeat(99)], null],
  ])('of %s among %j is %s', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });
});
