import { describe, expect, it } from 'vitest';
import { compileCondition, evaluateCondition } from '../../src/definition/condition.ts';
import { checkExpression, checkTemplates } from '../../src/definition/expression-check.ts';
import type { Json } from '../../src/protocol/json.ts';
import { thrownBy } from './thrown.ts';

const scope = {
  variables: { status: 'pass', count: 3, none: null, list: [1], map: { a: 1 }, task: { title: 'x' } },
  steps: { qa: { status: 'pass' }, text: 'just text' },
};

/** expression, code, place, part of the message, part of the hint */
const FAILURES: [string, string, string, string, string?][] = [
  ['stauts == 1', 'EXPRESSION_FAILED', '1:1', 'stauts is unknown', 'did you mean status?'],
  ["status == 'pass' && stauts", 'EXPRESSION_FAILED', '1:21', 'stauts is unknown', 'did you mean status?'],
  ['qa.status', 'EXPRESSION_FAILED', '1:1', 'qa is unknown', 'did you mean steps.qa?'],
  ['contxt.task', 'EXPRESSION_FAILED', '1:1', 'contxt is unknown', 'did you mean context?'],
  ['wholly == 1', 'EXPRESSION_FAILED', '1:1', 'wholly is unknown', '??'],
  ['variables.tsak.title', 'EXPRESSION_FAILED', '1:1', 'title cannot be read: variables.tsak is undefined', 'did you mean variables.task?'],
  ['none.x', 'EXPRESSION_FAILED', '1:1', 'none is null', '?.'],
  ['steps.later.status', 'EXPRESSION_FAILED', '1:1', 'steps.later is undefined', '?.'],
  ['steps.text.status', 'EXPRESSION_FAILED', '1:12', 'a text has no status'],
  ['list.first', 'EXPRESSION_FAILED', '1:6', 'a list has no first', '[0]'],
  ['count.x', 'EXPRESSION_FAILED', '1:7', 'a number has no x'],
  ['list[none]', 'EXPRESSION_FAILED', '1:6', 'named by a text or a number'],
  ['variables.nope > 3', 'EXPRESSION_FAILED', '1:1', '> needs numbers, but got undefined', '??'],
  ['none + 1', 'EXPRESSION_FAILED', '1:1', '+ needs numbers, but got null', '??'],
  ["'a' * 2", 'EXPRESSION_FAILED', '1:1', '* needs numbers, but got a text'],
  ["'a' + map", 'EXPRESSION_FAILED', '1:1', 'an object cannot be added to a text', 'string('],
  ['1 in count', 'EXPRESSION_FAILED', '1:1', 'in needs an object or a list'],
  ['count.includes(1)', 'EXPRESSION_FAILED', '1:7', 'a number has no method includes'],
  ['list.startsWith(1)', 'EXPRESSION_FAILED', '1:6', 'a list has no method startsWith'],
  ['status.includes(1)', 'EXPRESSION_FAILED', '1:8', 'includes needs a text'],
  ['status.slice(0.5)', 'EXPRESSION_FAILED', '1:8', 'slice needs a whole number'],
  ['[map].join()', 'EXPRESSION_FAILED', '1:7', 'join needs texts and numbers'],
  ["number('x')", 'EXPRESSION_FAILED', '1:1', 'number needs'],
  ['keys(list)', 'EXPRESSION_FAILED', '1:1', 'keys needs an object'],
  ['len(count)', 'EXPRESSION_FAILED', '1:1', 'len needs'],
  ['status ==', 'EXPRESSION_INVALID', '1:10', 'not an expression'],
  ['status == 1 or count', 'EXPRESSION_INVALID', '1:13', 'nothing may follow', '||'],
  ['status = 1', 'EXPRESSION_INVALID', '1:1', 'an assignment', '=='],
  ['${status} == 1', 'EXPRESSION_INVALID', '1:2', 'nothing may follow', 'variables.x'],
  ['{{ status }} == 1', 'EXPRESSION_INVALID', '1:2', 'not an expression', 'variables.x'],
  ['', 'EXPRESSION_INVALID', '1:1', 'empty'],
  ['status &&\n  this.x', 'EXPRESSION_INVALID', '2:3', '`this` is not part'],
  ['contex()', 'EXPRESSION_INVALID', '1:1', 'no function contex'],
  ['lne(list)', 'EXPRESSION_INVALID', '1:1', 'no function lne', 'did you mean len(…)?'],
  ['status.incldues(1)', 'EXPRESSION_INVALID', '1:8', 'no method incldues', 'did you mean includes?'],
  ['list.map(1)', 'EXPRESSION_INVALID', '1:10', 'map takes one arrow function', 'x => …'],
  ['list.includes(x => x)', 'EXPRESSION_INVALID', '1:15', 'an arrow function outside'],
  ['context.stat.get(1)', 'EXPRESSION_INVALID', '1:9', 'context has no stat', 'did you mean context.state?'],
  ['context', 'EXPRESSION_INVALID', '1:1', 'context is not a value'],
  ['len(1, 2)', 'EXPRESSION_INVALID', '1:1', 'len takes 1 argument, not 2'],
];

describe('an error of the native dialect', () => {
  it.each(FAILURES)('%j is %s at %s: %s', (source, code, where, what, hint) => {
    const error = thrownBy(() => evaluateCondition(source, scope));
    expect(error.code).toBe(code);
    expect(error.where).toBe(where);
    expect(error.message).toContain(what);
    expect(error.message).toContain(`(${where})`);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  it('shows the line with a caret under the place', () => {
    const [, line, caret] = thrownBy(() => evaluateCondition('status == stauts', scope)).message.split('\n');
    expect(line).toBe('> 1 | status == stauts');
    expect(caret?.indexOf('^')).toBe(line?.indexOf('stauts'));
  });

  it('an error of the language is found without a scope, an error of the data only with one', () => {
    expect(thrownBy(() => compileCondition('a.constructor', 'native')).code).toBe('EXPRESSION_INVALID');
    expect(() => compileCondition('nowhere.x', 'native')).not.toThrow();
  });

  it('an error is never remembered as an answer', () => {
    const condition = compileCondition('later == 1', 'native');
    expect(thrownBy(() => condition(scope)).code).toBe('EXPRESSION_FAILED');
    expect(condition({ variables: { later: 1 }, steps: {} })).toBe(true);
  });
});

describe('checks before a run', () => {
  it('find in a condition what compiling it would throw, with offset and hint', () => {
    expect(checkExpression('status ==', 'native')).toEqual([
      { code: 'EXPRESSION_INVALID', message: 'this is not an expression: unexpected token', offset: 9 },
    ]);
    expect(checkExpression('status', 'native')).toEqual([]);
    expect(checkExpression(`${'('.repeat(99)}1${')'.repeat(99)}`, 'native')[0]?.code).toBe('EXPRESSION_LIMIT');
  });

  it('find in a value each broken template, with the way to it and the offset inside it', () => {
    const value = { ok: '{{ a }}', list: ['x', { broken: 'see {{ this }}' }], open: '{{ a', plain: '${x' };
    expect(checkTemplates(value, 'native').map(({ path, offset }) => [path, offset])).toEqual([
      [['list', 1, 'broken'], 7],
      [['open'], 0],
    ]);
  });

  it('go as deep as the value does', () => {
    let deep: Json = '{{ this }}';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(checkTemplates(deep, 'native')[0]?.path).toHaveLength(100_000);
  });

  it('name a condition of the engine dialect that nobody understands, and no template of it', () => {
    expect(checkExpression("status == 'x' &&", 'engine')[0]?.message).toContain('never hold');
    expect(checkExpression("status == 'x'", 'engine')).toEqual([]);
    expect(checkTemplates({ a: '${Date.now()} ${' }, 'engine')).toEqual([]);
  });
});
