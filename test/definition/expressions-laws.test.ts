import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition, evaluateCondition } from '../../src/definition/condition.ts';
import { compileTemplate, renderTemplate } from '../../src/definition/template.ts';
import type { Dialect, Scope } from '../../src/definition/workflow.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const names = fc.constantFrom('a', 'b', 'status', 'task', 'length', 'x-y');
const record = fc.dictionary(names, json, { maxKeys: 5 }) as fc.Arbitrary<JsonObject>;
const scopes: fc.Arbitrary<Scope> = fc.record({ variables: record, steps: record });

/** Text that looks like an expression now and then. */
const pieces = fc.constantFrom(
  ...[
    'a',
    'b.status',
    'steps',
    'variables',
    '.',
    '?.',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '${',
    '{{',
    '}}',
    "'",
    '"',
    '`',
    '\\',
    '=>',
    '==',
    '!',
    '-',
    '+',
  ],
  ...[
    '&&',
    '||',
    '??',
    '?',
    ':',
    ',',
    ' ',
    '1',
    'true',
    'null',
    'x',
    'length',
    'includes',
    'map',
    'constructor',
    '__proto__',
    '/',
    '*',
    'in',
    'new',
    '\n',
    '//',
  ],
);
const scraps = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join('')),
);

const outcome = (work: () => unknown): unknown => {
  try {
    return { value: work() };
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    return { code: error.code, where: error.where };
  }
};

describe('laws of expressions', () => {
  it.each<Dialect>(['native', 'engine'])('%s: to compile and to evaluate later is to evaluate', (dialect) => {
    fc.assert(
      fc.property(scraps, scopes, (source, scope) => {
        expect(outcome(() => compileCondition(source, dialect)(scope))).toEqual(
          outcome(() => evaluateCondition(source, scope, { dialect })),
        );
        expect(outcome(() => compileTemplate(source, dialect)(scope))).toEqual(outcome(() => renderTemplate(source, scope, { dialect })));
      }),
      { numRuns: 500 },
    );
  });

  it('native: whatever the text, there is an answer or a TroupeError of a known code', () => {
    const codes = ['EXPRESSION_INVALID', 'EXPRESSION_FAILED', 'EXPRESSION_LIMIT', 'TEMPLATE_FAILED'];
    fc.assert(
      fc.property(scraps, scopes, (source, scope) => {
        for (const work of [
          () => evaluateCondition(source, scope),
          () => renderTemplate(`x {{ ${source} }}`, scope),
          () => renderTemplate(source, scope),
        ]) {
          const result = outcome(work) as { code?: string };
          if (result.code !== undefined) expect(codes).toContain(result.code);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('engine: whatever the text, there is an answer', () => {
    fc.assert(
      fc.property(scraps, scopes, (source, scope) => {
        expect(typeof evaluateCondition(source, scope, { dialect: 'engine' })).toBe('boolean');
        expect(renderTemplate(`x \${${source}}`, scope, { dialect: 'engine' })).toBeTypeOf('string');
        renderTemplate(source, scope, { dialect: 'engine' });
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[Dialect, (name: string) => string]>([
    ['native', (name) => `{{ variables['${name}'] }}`],
    ['engine', (name) => `\${${name}}`],
  ])('%s: exactly one expression keeps the value and its type', (dialect, template) => {
    fc.assert(
      fc.property(names, json, (name, value) => {
        expect(renderTemplate(template(name), { variables: { [name]: value }, steps: {} }, { dialect })).toBe(value);
      }),
    );
  });

  it.each<[Dialect, string]>([
    ['native', '{{'],
    ['engine', '${'],
  ])('%s: a value without marks is handed back as it is', (dialect, mark) => {
    fc.assert(
      fc.property(json, scopes, (value, scope) => {
        fc.pre(!JSON.stringify(value).includes(mark));
        expect(renderTemplate(value, scope, { dialect })).toBe(value);
      }),
    );
  });

  it.each<Dialect>(['native', 'engine'])('%s: evaluation changes nothing in the scope', (dialect) => {
    fc.assert(
      fc.property(scraps, scopes, (source, scope) => {
        const before = JSON.stringify(scope);
        outcome(() => evaluateCondition(source, scope, { dialect }));
        outcome(() => renderTemplate({ a: `{{ ${source} }} \${${source}}`, b: source }, scope, { dialect }));
        expect(JSON.stringify(scope)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it('native: primitives are equal exactly when JavaScript says so, in both its ways', () => {
    const primitives = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('', '0', '1', ' 1 ', 'true'),
    );
    fc.assert(
      fc.property(primitives, primitives, (a, b) => {
        const scope = { variables: { a, b }, steps: {} };
        expect(evaluateCondition('a == b', scope)).toBe(looselyEqual(a, b));
        expect(evaluateCondition('a === b', scope)).toBe(a === b);
      }),
      { numRuns: 1000 },
    );
  });
});

/** JavaScript's abstract equality for primitives, written from its specification. */
function looselyEqual(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return a === b;
  return typeof a === typeof b ? a === b : Number(a) === Number(b);
}
