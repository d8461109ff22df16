import type { Json, JsonObject } from '../protocol/json.ts';
import { mapOf } from './native-entries.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import type { SourceNode, SourcePath } from './source-node.ts';
import { schemaChecker } from './value-schema.ts';

/** What the types in one word are as JSON Schemas; `any` is none. */
const TYPES: ReadonlyMap<string, JsonObject | undefined> = new Map([
  ['string', { type: 'string' }],
  ['number', { type: 'number' }],
  ['integer', { type: 'integer' }],
  ['boolean', { type: 'boolean' }],
  ['list', { type: 'array' }],
  ['map', { type: 'object' }],
  ['any', undefined],
]);

/** Words of other languages for our types. */
const CALLED_HERE: ReadonlyMap<string, string> = new Map([
  ['array', 'list'],
  ['object', 'map'],
  ['text', 'string'],
  ['int', 'integer'],
  ['bool', 'boolean'],
]);

/** Reads a type in one word or a JSON Schema; undefined for `any` and for what cannot be read, which is reported. */
export function readValueType(value: Json, node: SourceNode, path: SourcePath, reading: Reading): JsonObject | undefined {
  return typeof value === 'string' ? readTypeWord(value, node, path, reading) : readSchema(mapOf(value), node, path, reading);
}

function readTypeWord(word: string, node: SourceNode, path: SourcePath, reading: Reading): JsonObject | undefined {
  if (TYPES.has(word)) return TYPES.get(word);
  const close = CALLED_HERE.get(word.toLowerCase()) ?? nearest(word, TYPES.keys());
  const hint = close === null ? `types are ${[...TYPES.keys()].join(', ')}; anything else is a JSON Schema` : `did you mean "${close}"?`;
  report(reading, node, path, { code: 'VALUE_UNKNOWN', message: `${quoted(word)} is no type`, hint });
  return undefined;
}

function readSchema(schema: JsonObject, node: SourceNode, path: SourcePath, reading: Reading): JsonObject | undefined {
  try {
    schemaChecker(schema);
    return schema;
  } catch (thrown) {
    report(reading, node, path, { code: 'SCHEMA_INVALID', message: thrown instanceof Error ? thrown.message : String(thrown) });
    return undefined;
  }
}
