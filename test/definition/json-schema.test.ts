import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { workflowJsonSchema } from '../../src/definition/json-schema.ts';
import { NATIVE_STEP_FORMS } from '../../src/definition/native-schema.ts';
import { isJsonObject, type Json } from '../../src/protocol/json.ts';
import { documentOf, nativeWorkflow } from './native-documents.ts';

const schema = workflowJsonSchema();
// another implementation's reading of the schema stands for an editor
const editor = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

/** Every object schema in a schema, with where it stands. */
function* objects(value: Json | undefined, path = ''): Generator<readonly [string, Json | undefined]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* objects(item, `${path}/${index}`);
  if (!isJsonObject(value)) return;
  if (value.type === 'object' && value.properties !== undefined) yield [path, value.properties];
  for (const [key, member] of Object.entries(value)) yield* objects(member, `${path}/${key}`);
}

describe('the JSON Schema of a workflow file', () => {
  it('is draft-07 and plain JSON', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  it('accepts what the reader accepts', () => {
    fc.assert(
      fc.property(nativeWorkflow, (workflow) => {
        expect(editor.safeParse(documentOf(workflow)).error).toBeUndefined();
      }),
    );
  });

  it.each([
    ['an unknown key', { stpes: [] }],
    ['no steps', { steps: [] }],
    ['an unknown mode', { mode: 'random' }],
    ['a step without id', { steps: [{ type: 'persona-request', persona: 'p' }] }],
    ['a step with an unknown key', { steps: [{ id: 'a', type: 'persona-request', persona: 'p', dependancies: [] }] }],
    [
      'a group without members, inside a group',
      { steps: [{ id: 'a', type: 'parallel', steps: [{ id: 'b', type: 'parallel', steps: [] }] }] },
    ],
  ])('refuses %s', (_what, change) => {
    const good = { name: 'x', steps: [{ id: 'a', type: 'persona-request', persona: 'p' }] };
    expect(editor.safeParse(good).success).toBe(true);
    expect(editor.safeParse({ ...good, ...change }).success).toBe(false);
  });

  it('names every built-in step type, and says of every key what it is', () => {
    const text = JSON.stringify(schema);
    for (const type of Object.keys(NATIVE_STEP_FORMS)) expect(text).toContain(`"const":"${type}"`);
    const undescribed = [...objects(schema)].flatMap(([path, properties]) =>
      Object.entries(isJsonObject(properties) ? properties : {})
        .filter(([key, property]) => key !== 'type' && key !== 'condition' && isJsonObject(property) && property.description === undefined)
        .map(([key]) => `${path}/${key}`),
    );
    expect(undescribed).toEqual([]);
  });
});
