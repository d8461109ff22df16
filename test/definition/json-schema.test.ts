import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { workflowJsonSchema } from '../../src/definition/json-schema.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { NATIVE_STEP_FORMS } from '../../src/definition/native-schema.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/protocol/json.ts';
import { documentOf, nativeWorkflow } from './native-documents.ts';

const schema = workflowJsonSchema();
// another implementation's reading of the schema stands for an editor
const editor = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

/** What a schema says, with all that it refers to. */
function meant(value: Json | undefined): JsonObject {
  if (!isJsonObject(value)) return {};
  const definitions = isJsonObject(schema.definitions) ? schema.definitions : {};
  if (typeof value.$ref === 'string') return meant(definitions[value.$ref.slice('#/definitions/'.length)]);
  const { allOf, ...own } = value;
  return Object.assign({}, ...(Array.isArray(allOf) ? allOf.map(meant) : []), own);
}

/** What a property says of itself, wherever it is written. */
function properties(value: Json | undefined): (readonly [string, JsonObject])[] {
  return Object.entries(isJsonObject(value) ? value : {}).map(([key, property]) => [key, meant(property)] as const);
}

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
    const undescribed = [...objects(schema)].flatMap(([path, all]) =>
      properties(all)
        .filter(([, { description }]) => description === undefined)
        .map(([key]) => `${path}/${key}`),
    );
    expect(undescribed).toEqual([]);
  });

  it('names defaults, and they are what the reader takes where nothing is written', () => {
    const defaults = new Map(
      [...objects(schema)].flatMap(([, all]) =>
        properties(all).flatMap(([key, { default: usual }]) => (usual === undefined ? [] : [[key, usual] as const])),
      ),
    );
    const [mode, onFailure, onSkip, waitFor, sync, rule, as] = ['mode', 'on_failure', 'on_skip', 'wait_for', 'sync', 'rule', 'as'].map(
      (key) => ({ [key]: defaults.get(key) }),
    );
    const waits = Object.fromEntries(['strategy', 'delay', 'factor', 'max_delay', 'jitter'].map((key) => [key, defaults.get(key)]));
    const read = (file: object, group: object, retries: object, others: readonly object[]) => {
      const [point, vote, map] = others;
      const task = { id: 'a', type: 'persona-request', persona: 'p', retries: { max: 2, ...retries } };
      const steps = [
        { id: 'g', type: 'parallel', ...group, steps: [task, { id: 's', type: 'sync-point', members: ['a'], ...point }] },
        { id: 'v', type: 'vote', persona: 'p', voters: 3, ...vote },
        { id: 'm', type: 'map', over: '[1]', steps: [task], ...map },
      ];
      const text = JSON.stringify({ name: 'x', ...file, steps });
      const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
      expect(diagnostics).toEqual([]);
      return JSON.parse(JSON.stringify(workflow, (key, value: unknown) => (key === 'position' ? undefined : value)));
    };
    expect(read({ ...mode, ...onFailure, ...onSkip }, { ...waitFor }, waits, [{ ...sync }, { ...rule }, { ...as }])).toEqual(
      read({}, {}, {}, []),
    );
    expect([...defaults.keys()].sort()).toEqual(
      [
        ...['delay', 'factor', 'jitter', 'max_delay', 'mode', 'on_ambiguous', 'on_failure', 'on_skip', 'strategy', 'wait_for'],
        ...['as', 'on_stale', 'rule', 'sync'],
        ...['criticality', 'delegate', 'on_reject', 'on_timeout', 'times'],
        ...['budget', 'compensate_on', 'on_spent', 'priority'],
      ].sort(),
    );
  });
});
