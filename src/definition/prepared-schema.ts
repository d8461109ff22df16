/**
 * A JSON Schema as zod reads it to the letter. zod's reader passes over what it does not expect (limits of a list without `items`, required
 * members without a schema, keywords without a `type`, constants that are maps or lists): left as it is, such a schema would let
 * everything pass without a word. Keywords of one type imply that type here, where the standard would let any other type pass.
 */
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { nearest } from './nearest-name.ts';

/** Why a schema cannot be read; `path` is the JSON pointer of the place in the schema. */
class SchemaProblem extends Error {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path === '' ? 'it' : path} ${problem}`);
    this.path = path;
  }
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'];

/** Keywords that only mean something for values of one type. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames', 'minProperties', 'maxProperties'],
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems', 'contains'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
};

const NUMBERS = new Set([
  'minimum',
  'maximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
]);
const SCHEMAS = new Set(['additionalProperties', 'additionalItems', 'contains', 'propertyNames']);
const LISTS_OF_SCHEMAS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const MAPS_OF_SCHEMAS = new Set(['properties', 'patternProperties', '$defs', 'definitions']);

/** The schema made ready. Throws SchemaProblem for a keyword whose value is not what the keyword takes. */
export function preparedSchema(schema: Json, path = ''): Json {
  if (typeof schema === 'boolean') return schema;
  if (!isJsonObject(schema)) throw new SchemaProblem(path, 'is no schema: a schema is a map, true or false');
  if (schema.const !== undefined) return exactly(schema.const);
  if (schema.enum !== undefined) {
    if (!isList(schema.enum)) throw new SchemaProblem(`${path}/enum`, 'is not a list');
    if (schema.enum.some((value) => typeof value === 'object' && value !== null)) return { anyOf: schema.enum.map(exactly) };
  }
  const members = Object.entries(schema).flatMap(([keyword, value]): [string, Json][] => {
    // What stands in for a value that is not there is the declaration's business; here it would only hide that it is missing.
    if (value === undefined || keyword === 'default') return [];
    return [[keyword, preparedKeyword(keyword, value, `${path}/${keyword}`)]];
  });
  return completed(Object.fromEntries(members));
}

function preparedKeyword(keyword: string, value: Json, path: string): Json {
  if (SCHEMAS.has(keyword) || (keyword === 'items' && !isList(value))) return preparedSchema(value, path);
  if (LISTS_OF_SCHEMAS.has(keyword) || keyword === 'items') {
    if (!isList(value)) throw new SchemaProblem(path, 'is not a list of schemas');
    return value.map((schema, index) => preparedSchema(schema, `${path}/${index}`));
  }
  if (MAPS_OF_SCHEMAS.has(keyword)) {
    if (!isJsonObject(value)) throw new SchemaProblem(path, 'is not a map of schemas');
    return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, preparedSchema(schema ?? true, `${path}/${name}`)]));
  }
  checkKeyword(keyword, value, path);
  return value;
}

function checkKeyword(keyword: string, value: Json, path: string): void {
  if (keyword === 'type') for (const type of isList(value) ? value : [value]) checkType(type, path);
  if (NUMBERS.has(keyword) && typeof value !== 'number') throw new SchemaProblem(path, 'is not a number');
  const namesOnly = isList(value) && value.every((name) => typeof name === 'string');
  if (keyword === 'required' && !namesOnly) throw new SchemaProblem(path, 'is not a list of names');
}

function checkType(type: Json, path: string): void {
  if (TYPES.some((known) => known === type)) return;
  const close = typeof type === 'string' ? (SPOKEN.get(type) ?? nearest(type, TYPES)) : null;
  throw new SchemaProblem(path, `is ${JSON.stringify(type)}, which is no type${close === null ? '' : `: did you mean "${close}"?`}`);
}

const SPOKEN: ReadonlyMap<string, string> = new Map([
  ['list', 'array'],
  ['map', 'object'],
  ['text', 'string'],
]);

/** With what zod's reader needs to see in order to look at the rest. */
function completed(schema: JsonObject): JsonObject {
  const { type = impliedType(schema), properties, required, items, prefixItems } = schema;
  const types: readonly Json[] = isList(type) ? type : [type ?? null];
  const missing = isList(required) ? required.filter((name) => !(isJsonObject(properties) && Object.hasOwn(properties, String(name)))) : [];
  return {
    ...schema,
    ...(type === undefined ? {} : { type }),
    ...(missing.length === 0
      ? {}
      : { properties: { ...(properties as JsonObject), ...Object.fromEntries(missing.map((name) => [name, true])) } }),
    ...(types.includes('array') && items === undefined && prefixItems === undefined ? { items: true } : {}),
  };
}

function impliedType(schema: JsonObject): Json | undefined {
  if (schema.enum !== undefined || schema.$ref !== undefined) return undefined;
  const implied = Object.keys(IMPLIED).filter((type) => IMPLIED[type]?.some((keyword) => schema[keyword] !== undefined));
  return implied.length > 1 ? implied : implied[0];
}

/** The schema that only this value meets. */
function exactly(value: Json): JsonObject {
  if (isList(value)) return { type: 'array', prefixItems: value.map(exactly), items: false, minItems: value.length };
  if (!isJsonObject(value)) return { const: value };
  const members = Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, exactly(member)] as const]));
  return {
    type: 'object',
    properties: Object.fromEntries(members),
    required: members.map(([name]) => name),
    additionalProperties: false,
  };
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
