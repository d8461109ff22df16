import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDeclared, schemaChecker } from '../../src/definition/value-schema.ts';
import { canonicalJson } from '../../src/protocol/canonical-json.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { thrownBy } from '../definition/thrown.ts';

const issues = (schema: JsonObject, value: Json) => schemaChecker(schema)(value).map(({ path, message }) => `${path} ${message}`.trim());
const reason = (schema: JsonObject) => thrownBy(() => schemaChecker(schema)).message;
const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({ type: 'object', properties, required });

describe('a value against its schema', () => {
  it.each<[JsonObject, Json, string[]]>([
    [{ type: 'string' }, 3, ['must be a text, not 3']],
    [{ type: 'integer' }, 2.5, ['must be a whole number, not 2.5']],
    [{ type: 'boolean' }, 'yes', ['must be true or false, not "yes"']],
    [{ type: 'array' }, { a: 1 }, ['must be a list, not a map']],
    [{ type: 'object' }, [], ['must be a map, not a list']],
    [{ type: ['string', 'null'] }, 4, ['must be a text or null, not 4']],
    [{ enum: ['high', 'low', 3] }, 'medium', ['must be "high" or "low" or 3, not "medium"']],
    [{ enum: ['high', 'low'] }, 'medium', ['must be "high" or "low", not "medium"']],
    [{ const: 1 }, 2, ['must be 1, not 2']],
    [{ type: 'string', minLength: 3 }, 'ab', ['must have at least 3 characters, not 2']],
    [{ type: 'array', maxItems: 1 }, [1, 2], ['must have at most 1 element, not 2']],
    [{ type: 'number', minimum: 0, exclusiveMaximum: 1 }, 1, ['must be less than 1, not 1']],
    [{ type: 'number', multipleOf: 5 }, 7, ['must be a multiple of 5, not 7']],
    [{ type: 'string', pattern: '^a' }, 'b', ['must match /^a/, not "b"']],
    [{ type: 'string', format: 'email' }, 'b', ['must be a valid email, not "b"']],
  ])('%j refuses %j', (schema, value, expected) => {
    expect(issues(schema, value)).toEqual(expected);
  });

  it('names the place of every issue, missing and unexpected members among them', () => {
    const schema: JsonObject = {
      ...object({ goal: { type: 'string' }, 'a/b': object({ list: { type: 'array', items: { type: 'number' } } }) }, ['goal', 'owner']),
      additionalProperties: false,
    };
    expect(issues(schema, { 'a/b': { list: [1, 'x'] }, more: 1 })).toEqual([
      '/goal is missing',
      '/a~1b/list/1 must be a number, not "x"',
      '/owner is missing',
      '/more is not expected',
    ]);
  });

  it('of alternatives speaks of the one that was meant', () => {
    const kind = (name: string, member: JsonObject) => object({ kind: { const: name }, value: member }, ['kind', 'value']);
    const schema = { anyOf: [kind('text', { type: 'string' }), kind('count', { type: 'number' })] };
    expect(issues(schema, { kind: 'count', value: 'x' })).toEqual(['/value must be a number, not "x"']);
    expect(issues({ oneOf: [{ type: 'number' }, { type: 'integer' }] }, 3)).toEqual([
      'fits several of the alternatives, and may fit only one',
    ]);
  });

  it('tells of at most twenty issues', () => {
    expect(
      issues(
        { type: 'array', items: { type: 'string' } },
        Array.from({ length: 100 }, () => 1),
      ),
    ).toHaveLength(20);
  });

  it('takes every keyword to the letter, where a lax reader would let everything pass', () => {
    expect(issues({ type: 'array', minItems: 1 }, [])).toEqual(['must have at least 1 element, not 0']);
    expect(issues({ required: ['a'] }, {})).toEqual(['/a is missing']);
    expect(issues({ properties: { a: { minimum: 3 } } }, { a: 1 })).toEqual(['/a must be at least 3, not 1']);
    expect(issues(object({ a: { default: 1, type: 'number' } }, ['a']), {})).toEqual(['/a is missing']);
    expect(issues({ const: { a: [1] } }, { a: [1] })).toEqual([]);
    expect(issues({ const: { a: [1] } }, { a: [1, 2] })).toHaveLength(1);
    expect(issues({ enum: [[1], 'x'] }, [1])).toEqual([]);
    expect(issues({ propertyNames: { pattern: '^a' } }, { b: 1 })).toEqual([
      '/b is not a name that is allowed: it must match /^a/, not "b"',
    ]);
    for (const refs of [
      { $ref: '#/$defs/n', $defs: { n: { type: 'number' } } },
      { $ref: '#/definitions/n', definitions: { n: { type: 'number' } } },
    ]) {
      expect(issues(refs, 'x')).toEqual(['must be a number, not "x"']);
    }
    const chain: JsonObject = object({ next: { $ref: '#' }, n: { type: 'number' } });
    expect(issues(chain, { next: { next: { n: 'x' } } })).toEqual(['/next/next/n must be a number, not "x"']);
  });

  it('holds for what is made after the schema, and only then', () => {
    const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
    const typeOf = (value: Json): JsonObject => {
      if (Array.isArray(value)) return { type: 'array', prefixItems: value.map(typeOf), items: false, minItems: value.length };
      if (typeof value !== 'object' || value === null) return { const: value };
      const members = Object.entries(value as Record<string, Json>);
      return {
        ...object(
          Object.fromEntries(members.map(([name, member]) => [name, typeOf(member)])),
          members.map(([name]) => name),
        ),
        additionalProperties: false,
      };
    };
    const data = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(data, data, (one, other) => {
        expect(issues(typeOf(one), one)).toEqual([]);
        expect(issues(typeOf(one), other).length === 0).toBe(canonicalJson(one) === canonicalJson(other));
        expect(issues({ const: one }, other).length === 0).toBe(canonicalJson(one) === canonicalJson(other));
      }),
    );
  });

  it('refuses a schema that cannot be read, with the place', () => {
    expect(reason({ type: 'list' })).toBe('the JSON Schema cannot be read: /type is "list", which is no type: did you mean "array"?');
    expect(reason(object({ a: { type: 'strin' } }))).toContain('/properties/a/type is "strin", which is no type: did you mean "string"?');
    expect(reason({ properties: 5 })).toContain('/properties is not a map of schemas');
    expect(reason({ required: 'a' })).toContain('/required is not a list of names');
    expect(reason({ minimum: '3' })).toContain('/minimum is not a number');
    expect(reason({ items: 3 })).toContain('/items is no schema');
    expect(reason({ not: { type: 'string' } })).toContain('not is not supported');
    expect(reason({ $ref: '#/$defs/none' })).toContain('Reference not found');
    expect(reason({ type: 'string', pattern: '(' })).toContain('Invalid regular expression');
    expect(thrownBy(() => schemaChecker({ type: 'list' })).code).toBe('DEFINITION_INVALID');
  });

  it('is made once for a schema', () => {
    const schema = { type: 'string' };
    expect(schemaChecker(schema)).toBe(schemaChecker(schema));
  });
});

describe('values against their declarations', () => {
  const declared = {
    goal: { required: true, schema: { type: 'string' } },
    depth: { required: false, schema: { type: 'integer' }, default: 2 },
    notes: { required: false },
  };

  it('take defaults where nothing is given, and keep what nobody declared', () => {
    expect(checkDeclared(declared, { goal: 'x', more: 1 })).toEqual({ values: { goal: 'x', depth: 2, more: 1 }, issues: [] });
    expect(checkDeclared(declared, { goal: 'x', depth: 5 }).values).toEqual({ goal: 'x', depth: 5 });
  });

  it('say what is missing or wrong, and what was probably meant', () => {
    expect(checkDeclared(declared, { gaol: 'x', depth: 'deep' }).issues).toEqual([
      { path: '/goal', message: 'is missing; gaol is given: did you mean that?' },
      { path: '/depth', message: 'must be a number, not "deep"' },
    ]);
    expect(checkDeclared(declared, { goal: null }).issues).toEqual([{ path: '/goal', message: 'must be a text, not null' }]);
  });
});
