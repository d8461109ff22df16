import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../src/definition/template.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { recorded } from './recorded.ts';

interface Row {
  readonly template: Json;
  readonly variables: JsonObject;
  readonly stepOutputs: JsonObject;
  readonly expected: Json;
}

const variables: JsonObject = {
  name: 'ada',
  n: 2,
  none: null,
  no: false,
  list: ['a', ['b', null]],
  map: { k: 1 },
  stage: 'failing_test',
  both: { v: 'variable' },
};
const steps: JsonObject = { build: { sha: 'abc', files: ['x'] }, both: { v: 'step', w: 'only in step' }, 'plan-step': { ok: true } };

const render = (template: Json): Json => renderTemplate(template, { variables, steps }, { dialect: 'engine' });

describe('templates as they were recorded', () => {
  it('every row gives the recorded value', () => {
    const rows = recorded<Row[]>('templates.json') ?? [];
    const got = rows.map(({ template, variables: given, stepOutputs }) =>
      renderTemplate(template, { variables: given, steps: stepOutputs }, { dialect: 'engine' }),
    );
    const wrong = rows
      .map((row, index) => ({ ...row, got: got[index] }))
      .filter(({ expected, got: value }) => JSON.stringify(expected) !== JSON.stringify(value));
    expect(wrong).toEqual([]);
  });
});

describe('templates of the engine dialect', () => {
  it.each<[string, Json]>([
    ['${n}', 2],
    ['${map}', { k: 1 }],
    ['${build}', { sha: 'abc', files: ['x'] }],
    ['${build.sha}', 'abc'],
    ['${plan-step.ok}', true],
    ['${both.v}', 'variable'],
    ['${list.length}', 2],
    ['${list[0]}', 'a'],
    ['${name.toUpperCase()}', 'ADA'],
  ])('%s alone keeps the type of its value', (template, value) => {
    expect(render(template)).toEqual(value);
  });

  it.each<[string, string]>([
    ['<${n}>', '<2>'],
    ['<${no}>', '<false>'],
    ['<${none}>', '<null>'],
    ['<${list}>', '<a,b,>'],
    ['<${map}>', '<[object Object]>'],
    ['${name} ${build.sha}', 'ada abc'],
    ['{${name}}', '{ada}'],
  ])('%s inside other text is %s', (template, text) => {
    expect(render(template)).toBe(text);
  });

  it.each<[string, Json]>([
    ['${missing || {}}', {}],
    ["${missing || {'a': n}}", { a: 2 }],
    ["${n == 2 ? 'two' : 'many'}", 'two'],
    ["${missing ? 'x' + n : ''}", ''],
    ["${name && stage === 'failing_test' ? 'careful: {braces}' : ''}", 'careful: {braces}'],
    ["${'stage: ' + stage}", 'stage: failing_test'],
    ['${n + 1}', 3],
    ["${n == 3 || name == 'ada'}", true],
    ["${missing == 'x'}", false],
    ['${n > 1}', true],
  ])('%s is evaluated, where the engine itself leaves it as it is', (template, value) => {
    expect(render(template)).toEqual(value);
  });

  it.each<[string, Json]>([
    ["${none || 'given'}", 'given'],
    ["${no || 'given'}", false],
    ['${missing || none || n}', 2],
  ])('%s is the first that is not null', (template, value) => {
    expect(render(template)).toBe(value);
  });

  it.each([
    '${missing}',
    'a ${missing.b} c',
    '${both.w}',
    '${missing || none}',
    '${Date.now()}',
    '${name.repeat(99)}',
    '${constructor.constructor}',
    '${__proto__}',
    '${map.__proto__}',
    '${n.toUpperCase()}',
    '${missing + 1}',
    '${}',
    '${',
    '${name',
    "${it's}",
    '$ {name}',
    '{{name}}',
    '${a b}',
  ])('%s has no value and stays as it is written', (template) => {
    expect(render(template)).toBe(template);
  });

  it('what cannot be rendered leaves the rest of the text alone', () => {
    expect(render('${name} ${missing} ${"} ${n}')).toBe('ada ${missing} ${"} 2');
  });

  it('values inside lists and objects are rendered, keys are not', () => {
    expect(render({ '${name}': ['${n}', { deep: '${map}' }], plain: 'x' })).toEqual({ '${name}': [2, { deep: { k: 1 } }], plain: 'x' });
  });
});
