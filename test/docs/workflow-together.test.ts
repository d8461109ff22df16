// What docs/workflow-files.md says of steps that share, meet, vote and go over lists is held against the forms and the runs it speaks of.
import { type Json, type LoadOptions, loadWorkflowSync, type Work } from 'troupe';
import { type SimulateOptions, simulate } from 'troupe/testing';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { CUSTOM_STEP_FORM, NATIVE_FILE_FORM, NATIVE_STEP_FORMS } from '../../src/definition/native-schema.ts';
import { readPage, table } from './page.ts';

const page = readPage('workflow-files.md');
const keys = (name: string) => table(page, name).map(([key = '']) => key);
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

/** The keys of the first map that a form is, or may be; of a map of such, of one of them. */
function keysOf(form: z.core.$ZodType): string[] {
  if (form instanceof z.ZodOptional) return keysOf(form.unwrap());
  if (form instanceof z.ZodObject) return Object.keys(form.shape);
  if (form instanceof z.ZodUnion) return keysOf(form.options.find((option) => keysOf(option).length > 0) ?? z.unknown());
  return form instanceof z.ZodRecord ? keysOf(form.valueType) : [];
}

const common = [
  ...['id', 'name', 'description', 'dependencies', 'depends_on', 'condition', 'type', 'on_failure', 'for', 'fallback', 'transitions'],
  ...['timeout', 'timeout_ms', 'retries', 'recovery', 'budget'],
];
const own = (form: z.ZodObject, ...beside: readonly string[]) =>
  Object.keys(form.shape).filter((key) => !common.includes(key) && !beside.includes(key));

describe('no key is missing, none is invented', () => {
  const { parallel, map, vote, 'sync-point': sync } = NATIVE_STEP_FORMS;
  const { shape } = CUSTOM_STEP_FORM;

  test.each([
    ['dependency', keysOf(shape.dependencies)],
    ['group', [...own(parallel, 'steps'), 'on_failure']],
    ['sync', [...own(sync), 'timeout', 'timeout_ms']],
    ['sync kinds', sync.shape.sync.unwrap().options],
    ['vote', own(vote, 'on_ambiguous', 'feedback', 'inputs', 'output', 'reads', 'on_stale', 'requires', 'estimate')],
    ['map', own(map)],
    ['source', keysOf(shape.inputs)],
    ['declaration', keysOf(NATIVE_FILE_FORM.shape.inputs)],
    ['conflicts', keysOf(NATIVE_FILE_FORM.shape.conflicts)],
  ])('of the table "%s"', (name, known) => {
    expect(sorted(keys(name))).toEqual(sorted(known));
  });

  test('of needs and limits', () => {
    const rows = table(page, 'needs').map(([need = '', limit = '']) => [need, limit].map((cell) => /^`?(\w+)/u.exec(cell)?.[1] ?? ''));
    expect(sorted(rows.flatMap(([need = '']) => (need === '' ? [] : [need])))).toEqual(sorted(keysOf(shape.requires)));
    expect(sorted(rows.flatMap(([, limit = '']) => (limit === '' ? [] : [limit])))).toEqual(sorted(keysOf(NATIVE_FILE_FORM.shape.limits)));
  });

  test('of the rungs of the ladder', () => {
    const { ladder } = parallel.shape.conflicts.unwrap().shape;
    expect(keys('rungs')).toEqual(ladder.unwrap().element.options);
  });
});

type Running = SimulateOptions & { readonly load?: LoadOptions };

async function run(text: string, { load = {}, ...options }: Running = {}) {
  const { workflow, diagnostics } = loadWorkflowSync(text, { ...load, text: true });
  if (workflow === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return simulate(workflow, { crew: { personas: { p: ({ task }: Work) => task.params } }, ...options });
}

const native = (steps: string, head = '') => `name: claim\n${head}\nsteps:\n${steps}\n`;
const ask = (id: string, more = '') => `  - { id: ${id}, type: persona-request, persona: p${more} }\n`;

describe('data by declaration', () => {
  test('inputs are among the params; what is missing fails the step, is left out, or is stood in for', async () => {
    const step = (source: string) => native(ask('a', `, params: { y: 1 }, inputs: { x: ${source} }`));
    expect((await run(step('input.x'), { input: { x: [2] } })).outputs).toEqual({ a: { y: 1, x: [2] } });
    expect((await run(step('{ from: input.x, optional: true }'))).outputs).toEqual({ a: { y: 1 } });
    expect((await run(step('{ from: input.x, default: null }'))).outputs).toEqual({ a: { y: 1, x: null } });
    expect((await run(step('input.x'))).failure).toMatchObject({ code: 'DATA_MISSING', message: expect.stringContaining('input.x') });
  });

  test('`doc` and `output.doc` mean the same, `.` is all of it', async () => {
    const store = 'store: { shared.a: doc, shared.b: output.doc, variables.c: . }';
    const text = native(ask('a', `, params: { doc: 1 }, ${store}`), 'outputs: { a: "{{ shared.a }}", b: "{{ shared.b }}", c: "{{ c }}" }');
    expect((await run(text)).outputs).toEqual({ a: 1, b: 1, c: { doc: 1 } });
  });

  test('an output that is not as declared is not handed on', async () => {
    const { failure, history } = await run(native(ask('a', ', output: string') + ask('b', ', inputs: { x: steps.a }')));
    expect([failure?.code, history]).toEqual([
      'AGENT_OUTPUT_INVALID',
      [
        ['a', 'failed'],
        ['b', 'skipped'],
      ],
    ]);
  });

  test('what is declared of the input and the outputs is held against them', async () => {
    const text = (type: string) => native(ask('a'), `inputs: { goal: string }\noutput_types: { a: ${type} }`);
    await expect(run(text('map'))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect((await run(text('map'), { input: { goal: 'x' } })).status).toBe('completed');
    expect((await run(text('list'), { input: { goal: 'x' } })).failure?.code).toBe('OUTPUT_INVALID');
  });
});

describe('a vote', () => {
  test('with too few answers is undecided; a tie waits for the signal of its name', async () => {
    const vote = (more: string) => native(`  - { id: v, type: vote, ${more} }`);
    expect((await run(vote('persona: p, voters: 2, choice: none'))).failure?.code).toBe('VOTE_UNDECIDED');
    const crew = { personas: { p: () => 'left', q: () => 'right' } };
    const tie = vote('personas: [p, q], escalate: { timeout: 1h }');
    const decided = await run(tie, { crew, happenings: [{ at: 5, do: 'signal', name: 'v.decision', payload: 'right' }] });
    expect(decided.outputs).toMatchObject({ v: { choice: 'right' } });
    expect((await run(tie, { crew })).status).toBe('failed');
  });

  test('is decided by its judge, who is given all answers', async () => {
    const seen: Json[] = [];
    const judge = ({ task }: Work) => {
      seen.push(task.params.ballots ?? null);
      return 'right';
    };
    const crew = { personas: { p: () => 'left', q: () => 'right', judge } };
    const { outputs } = await run(native('  - { id: v, type: vote, personas: [p, p, q], rule: judged, judge: judge }'), { crew });
    expect(outputs).toMatchObject({ v: { choice: 'right' } });
    expect(seen).toMatchObject([[{ answer: 'left' }, { answer: 'left' }, { answer: 'right' }]]);
  });
});

describe('a map', () => {
  const map = (more: string, body: string) => native(`  - { id: m, type: map, over: input.items, ${more} steps: [${body}] }`);

  test('gives the results in the order of the items, and knows the names around it', async () => {
    const body = '{ id: x, type: persona-request, persona: p, params: { of: "{{ item }}", at: "{{ index }}", v: "{{ variables.v }}" } }';
    const { outputs } = await run(`variables: { v: 1 }\n${map('', body)}`, { input: { items: ['a', 'b'] } });
    expect(outputs).toEqual({
      m: [
        { of: 'a', at: 0, v: 1 },
        { of: 'b', at: 1, v: 1 },
      ],
    });
  });

  test('fails when more items fail than it tolerates', async () => {
    const crew = { personas: { p: ({ task }: Work) => (task.params.i === 0 ? Promise.reject(new Error('bad')) : 'ok') } };
    const body = '{ id: x, type: persona-request, persona: p, params: { i: "{{ item }}" } }';
    const items = { items: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] };
    expect((await run(map('', body), { crew, input: items })).status).toBe('failed');
    expect((await run(map('tolerate: 10%,', body), { crew, input: items })).status).toBe('completed');
  });
});
