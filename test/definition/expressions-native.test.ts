import { describe, expect, it } from 'vitest';
import { evaluateCondition } from '../../src/definition/condition.ts';
import { renderTemplate } from '../../src/definition/template.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';

const variables: JsonObject = {
  status: 'pass',
  count: 3,
  text: '12',
  none: null,
  flag: false,
  list: [3, 1, 2],
  people: [
    { name: 'ada', age: 36 },
    { name: 'alan', age: 41 },
  ],
  map: { a: 1, 'b c': 2, length: 9 },
  task: { id: 't1', priority: 5 },
  'dashed-name': 'd',
  steps: 'a variable that is called steps',
};
const steps: JsonObject = { qa: { status: 'fail', report: { total: 4 } }, 'plan-evaluation': { score: 0.9 } };
const scope = { variables, steps };
const result = (expression: string): Json => renderTemplate(`{{ ${expression} }}`, scope);

describe('names of the native dialect', () => {
  it.each<[string, Json]>([
    ['status', 'pass'],
    ['variables.status', 'pass'],
    ["variables['dashed-name']", 'd'],
    ['variables.steps', 'a variable that is called steps'],
    ['context.variables.status', 'pass'],
    ['context.state.status', 'pass'],
    ["context.state.get('status')", 'pass'],
    ["context.state.has('status')", true],
    ["context.state.has('nope')", false],
    ['context.task.id', 't1'],
    ['task.id', 't1'],
    ['input.status', 'pass'],
    ['steps.qa.status', 'fail'],
    ["steps['plan-evaluation'].score", 0.9],
    ["steps.get('qa').report.total", 4],
    ['context.steps.qa.status', 'fail'],
    ['map.length', 9],
  ])('%s is %j', (expression, value) => {
    expect(result(expression)).toEqual(value);
  });

  it('input is the variable of that name where there is one', () => {
    expect(renderTemplate('{{ input.a }}', { variables: { a: 1, input: { a: 2 } }, steps: {} })).toBe(2);
  });

  it('shared is the shared context; where there is none, the variable of that name', () => {
    const shared = { style: { tone: 'calm' }, list: [1, 2] };
    const within = { variables: { shared: { style: 'a variable' } }, steps: {}, shared };
    expect(renderTemplate('{{ shared.style.tone }}', within)).toBe('calm');
    expect(renderTemplate("{{ shared.get('list') }}", within)).toEqual([1, 2]);
    expect(renderTemplate('{{ variables.shared.style }}', within)).toBe('a variable');
    expect(evaluateCondition('shared.nope === undefined && !has(shared, "nope")', within)).toBe(true);
    expect(() => renderTemplate('{{ shared.stile }}', within)).toThrow('shared.stile is unknown');
    expect(renderTemplate('{{ shared.style }}', { variables: { shared: { style: 1 } }, steps: {} })).toBe(1);
    expect(() => renderTemplate('{{ shared }}', { variables: {}, steps: {} })).toThrow('the name shared is unknown');
    expect(evaluateCondition('shared.style?.tone == "calm"', { ...within, shared: {} })).toBe(false);
  });

  it('a missing member is undefined, which counts as false and can be asked for', () => {
    for (const condition of [
      '!variables.nope',
      'variables.nope === undefined',
      '(variables.nope ?? 1) == 1',
      '!steps.nope',
      "context.state.get('nope') == null",
    ]) {
      expect(evaluateCondition(condition, scope)).toBe(true);
    }
  });

  it('a name written with escapes is the name it spells', () => {
    expect(result('st\\u0061tus')).toBe('pass');
  });
});

describe('operators of the native dialect', () => {
  it.each<[string, Json]>([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['7 % 4 + 2 ** 3', 11],
    ['-count + +text', 9],
    ["'a' + count + true", 'a3true'],
    ['text > count', true],
    ["'a' < 'b'", true],
    ["1 == '1'", true],
    ["1 === '1'", false],
    ['none == undefined', true],
    ['none === undefined', false],
    ['list == list', true],
    ["[1] == '1'", false],
    ['flag == 0', true],
    ["count != '3'", false],
    ["'a' in map", true],
    ["'toString' in map", false],
    ["status == 'pass' ? 'y' : 'n'", 'y'],
    ['flag || none || count', 3],
    ['flag ?? 1', false],
    ['count && status', 'pass'],
    ['typeof status', 'string'],
    ['typeof nowhere', 'undefined'],
    ['`${status}: ${count} ${list}`', 'pass: 3 [3,1,2]'],
    ["{ a: count, 'b': [status], status }", { a: 3, b: ['pass'], status: 'pass' }],
    ['steps.qa?.report?.total', 4],
    ['(variables.nope?.deep.deeper) ?? 0', 0],
    ['variables.nope?.includes(1) ?? 0', 0],
  ])('%s is %j', (expression, value) => {
    expect(result(expression)).toEqual(value);
  });

  it('what is not needed is not evaluated', () => {
    for (const expression of ['flag && nowhere', 'status || nowhere', 'count ?? nowhere', 'flag ? nowhere : 1']) {
      expect(() => result(expression)).not.toThrow();
    }
  });
});

describe('methods and functions of the native dialect', () => {
  it.each<[string, Json]>([
    ["status.includes('as')", true],
    ["status.startsWith('p') && status.endsWith('s')", true],
    ['status.toUpperCase().toLowerCase()', 'pass'],
    ["' x '.trim()", 'x'],
    ['status.slice(1, -1)', 'as'],
    ['status.length + status.indexOf("s") + list.length', 9],
    ['status[0] + status.at(-1)', 'ps'],
    ["'a,b'.split(',')", ['a', 'b']],
    ["'a-b-c'.replace('-', '$&')", 'a$&b-c'],
    ["'a-b-c'.replaceAll('-', '$&')", 'a$&b$&c'],
    ["status.concat('!', '?')", 'pass!?'],
    ['list.includes(2)', true],
    ['list.indexOf(1)', 1],
    ["list.join('-')", '3-1-2'],
    ['list.at(-1) + list[0]', 5],
    ['list.concat([4], 5).slice(2)', [2, 4, 5]],
    ['people.map(p => p.name)', ['ada', 'alan']],
    ['people.filter((p, i) => p.age > 40 && i > 0).map(p => p.name)', ['alan']],
    ['people.find(p => p.age > 30).name', 'ada'],
    ['people.some(p => p.age > 40) && !people.every(p => p.age > 40)', true],
    ['people.map(p => list.map(n => p.age + n).join("+"))', ['39+37+38', '44+42+43']],
    ['people.map(status => status.name)[0] + status', 'adapass'],
    ['keys(map)', ['a', 'b c', 'length']],
    ['values(map)', [1, 2, 9]],
    ['len(map) + len(list) + len(status)', 10],
    ["number(text) + number('1.5')", 13.5],
    ['string(people[0]) + string(1)', '{"name":"ada","age":36}1'],
    ["has(map, 'b c') && !has(map, 'toString')", true],
  ])('%s is %j', (expression, value) => {
    expect(result(expression)).toEqual(value);
  });
});
