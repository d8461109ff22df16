import { describe, expect, it } from 'vitest';
import { compileTemplate, renderTemplate } from '../../src/definition/template.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { Json } from '../../src/protocol/json.ts';
import { thrownBy } from './thrown.ts';

const scope = {
  variables: { name: 'Ada', n: 2, yes: true, none: null, list: [1, { a: 2 }], task: { title: 'Fix', tags: ['x'] }, input: { repo: 'r' } },
  steps: { plan: { text: 'do it' }, 'plan-evaluation': { score: 0.9 } },
};
const render = (template: Json): Json => renderTemplate(template, scope);
const failure = (template: Json): TroupeError => thrownBy(() => render(template));

describe('templates of the native dialect', () => {
  it.each<[string, Json]>([
    ['{{ n }}', 2],
    ['{{variables.n}}', 2],
    ['{{ none }}', null],
    ['{{ yes }}', true],
    ['{{ list }}', [1, { a: 2 }]],
    ['{{ task.title }}', 'Fix'],
    ['{{ input.repo }}', 'r'],
    ["{{ steps['plan-evaluation'].score }}", 0.9],
    ["{{ context.state.get('n') + 1 }}", 3],
    ['{{ {a: {b: n}}}}', { a: { b: 2 } }],
    ["{{ '}}' + '{{' }}", '}}{{'],
    ['{{ `${name}}}` }}', 'Ada}}'],
    ['{{ list.map(x => x).slice(0, 1) }}', [1]],
  ])('%s alone keeps the type of its value', (template, value) => {
    expect(render(template)).toEqual(value);
  });

  it.each<[string, string]>([
    ['Hello {{ name }}!', 'Hello Ada!'],
    ['{{ n }}{{ yes }}{{ none }}', '2truenull'],
    ['got {{ list }}', 'got [1,{"a":2}]'],
    ['{{ n }} ', '2 '],
    ['}} {{ n }}', '}} 2'],
    ["literal {{ '{{' }}", 'literal {{'],
  ])('%s becomes the text %s', (template, text) => {
    expect(render(template)).toBe(text);
  });

  it.each<[string, Json]>([
    ["{{ missing ?? 'default' }}", 'default'],
    ["{{ missing || 'default' }}", 'default'],
    ["{{ variables.missing ?? 'default' }}", 'default'],
    ["{{ missing?.deep ?? 'default' }}", 'default'],
    ["{{ missing ?? other ?? 'default' }}", 'default'],
    ["{{ steps.nope?.text ?? 'default' }}", 'default'],
    ["{{ none ?? 'default' }}", 'default'],
  ])('%s says what to use instead of something missing', (template, value) => {
    expect(render(template)).toBe(value);
  });

  it.each([
    ['{{ nmae }}', 'nmae is unknown', 'did you mean name?'],
    ['Hi {{ variables.nmae }}', 'variables.nmae is unknown', 'did you mean variables.name?'],
    ['{{ steps.paln }}', 'steps.paln has no output', 'did you mean steps.plan?'],
    ["{{ steps['plan-evalution'] }}", 'has no output', "did you mean steps['plan-evaluation']?"],
    ['{{ task.titel }}', 'task.titel is unknown', 'did you mean task.title?'],
    ['{{ plan.text }}', 'the name plan is unknown', 'did you mean steps.plan?'],
    ['{{ variables.zzzzzz }}', 'variables.zzzzzz is unknown', "{{ variables.zzzzzz ?? 'default' }}"],
    ['{{ name. }}', 'this is not an expression', undefined],
    ['{{ }}', 'the expression is empty', undefined],
    ['a {{ name', 'these {{ are never closed', "{{ '{{' }}"],
    ['{{ 1 / 0 }}', 'not JSON', undefined],
    ['{{ [variables.nope] }}', 'not JSON', '??'],
    ['{{ `a${variables.nope}` }}', 'undefined cannot stand in a text', undefined],
  ])('%s fails and says that %s', (template, what, hint) => {
    const error = failure(template);
    expect(error.code).toBe('TEMPLATE_FAILED');
    expect(error.message).toContain(what);
    expect(error.message).toContain(`"${template}"`);
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  it('the cause is the error of the expression, placed in the whole template', () => {
    const { cause, where } = failure('line one\n  and {{ nope }}');
    expect(cause).toBeInstanceOf(TroupeError);
    expect((cause as TroupeError).code).toBe('EXPRESSION_FAILED');
    expect(where).toBe('2:10');
  });

  it('a template that cannot be read fails when it is compiled', () => {
    expect(thrownBy(() => compileTemplate({ a: ['{{ this }}'] }, 'native')).code).toBe('TEMPLATE_FAILED');
  });

  it('a value without templates is handed back as it is', () => {
    const value = { a: ['plain', 1, null], b: '${not.native}' };
    expect(compileTemplate(value, 'native')(scope)).toBe(value);
  });

  it('parts without templates are shared, not copied', () => {
    const value = { plain: { big: [1, 2] }, marked: '{{ n }}' };
    const rendered = render(value) as typeof value;
    expect(rendered).toEqual({ plain: { big: [1, 2] }, marked: 2 });
    expect(rendered.plain).toBe(value.plain);
  });

  it('keys are not rendered, and none reaches a prototype', () => {
    const value = JSON.parse('{"__proto__": {"polluted": "{{ n }}"}, "{{ name }}": 1}') as Json;
    const rendered = render(value) as Record<string, unknown>;
    expect(Object.keys(rendered)).toEqual(['__proto__', '{{ name }}']);
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype);
    expect(rendered.polluted).toBeUndefined();
  });

  it('a value nested too deeply is refused, not followed to the end of the stack', () => {
    let deep: Json = '{{ n }}';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(failure(deep).code).toBe('TEMPLATE_FAILED');
  });
});
