// What the tables of docs/workflow-files.md, and of the pages that go on from it, say is held against the code they speak of.
import { DIAGNOSTIC_MEANINGS, evaluateCondition, isJsonObject, type Json, type JsonObject, loadWorkflowSync, renderTemplate } from 'troupe';
import { simulate } from 'troupe/testing';
import { describe, expect, test } from 'vitest';
import { AGENT_FORMS, ANSWER_FORM, CREW_FILE_FORM } from '../../src/actors/crews/crew-schema.ts';
import { FREE_FUNCTIONS } from '../../src/definition/expression-functions.ts';
import { EXPRESSION_LIMITS } from '../../src/definition/expression-limits.ts';
import { LIST_METHODS } from '../../src/definition/expression-list-methods.ts';
import { MAP_METHODS } from '../../src/definition/expression-methods.ts';
import { BINARY_OPERATIONS, UNARY_OPERATIONS } from '../../src/definition/expression-operators.ts';
import { TEXT_METHODS } from '../../src/definition/expression-text-methods.ts';
import { CUSTOM_STEP_FORM, NATIVE_FILE_FORM, NATIVE_STEP_FORMS } from '../../src/definition/native-schema.ts';
import { errorData } from '../../src/protocol/errors.ts';
import { quoted, readPage, table } from './page.ts';

const page = readPage('workflow-files.md');
const failures = readPage('failures.md');
const engine = readPage('engine-dialect.md');
const keys = (name: string) => table(page, name).map(([key = '']) => key);
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

describe('no key is missing, none is invented', () => {
  test('of a workflow file', () => expect(sorted(keys('file'))).toEqual(sorted(Object.keys(NATIVE_FILE_FORM.shape))));

  test('of a step', () => {
    expect(sorted([...keys('step'), ...keys('task')])).toEqual(sorted(Object.keys(CUSTOM_STEP_FORM.shape)));
    const told = new Set([
      ...keys('step'),
      ...keys('task'),
      ...[page, failures, readPage('stages.md')].flatMap(({ text }) => quoted(text)).map((words) => words.split(':')[0]),
    ]);
    const own = Object.values(NATIVE_STEP_FORMS).flatMap((form) => Object.keys(form.shape));
    expect(own.filter((key) => !told.has(key))).toEqual([]);
  });

  test('of retries', () => {
    const [, , form] = CUSTOM_STEP_FORM.shape.retries.unwrap().options;
    expect(keys('retries')).toEqual(Object.keys(form.shape));
  });

  test('of a crew file', () => {
    const { agents, ...beside } = CREW_FILE_FORM.shape;
    expect(Object.keys(beside).filter((key) => !page.text.includes(`\`${key}\``))).toEqual([]);
    const { kind, script, ...common } = AGENT_FORMS.scripted.shape;
    expect(sorted(keys('agent'))).toEqual(sorted(['kind', ...Object.keys(common)]));
    expect(sorted([...keys('agent'), ...keys('command')])).toEqual(sorted(Object.keys(AGENT_FORMS.command.shape)));
    const [, breaker] = AGENT_FORMS.scripted.shape.breaker.unwrap().options;
    expect(keys('breaker')).toEqual(Object.keys(breaker.shape));
    expect(sorted(keys('answer'))).toEqual(sorted(Object.keys(ANSWER_FORM.shape)));
    expect([agents, kind, script].includes(undefined as never)).toBe(false);
  });

  test('of the diagnostics', () => expect(Object.fromEntries(table(page, 'diagnostics'))).toEqual(DIAGNOSTIC_MEANINGS));
});

describe('the language of conditions and templates', () => {
  const rows = new Map(table(page, 'language').map(([what = '', names = '']) => [what, quoted(names.replaceAll('`` `a ${b}` ``', ''))]));
  const named = (what: string) => sorted((rows.get(what) ?? []).map((name) => name.replace(/\(.*/u, '')));

  test('has the methods, functions and operators that are listed', () => {
    expect(named('methods of texts')).toEqual(sorted(TEXT_METHODS.keys()));
    expect(named('methods of lists')).toEqual(sorted(LIST_METHODS.keys()));
    expect(named('methods of maps')).toEqual(sorted(MAP_METHODS.keys()));
    expect(named('functions')).toEqual(sorted(FREE_FUNCTIONS.keys()));
    const beside = ['&&', '||', '??', 'a ? b : c', 'a?.b'];
    expect(sorted(rows.get('operators') ?? [])).toEqual(sorted([...BINARY_OPERATIONS.keys(), ...UNARY_OPERATIONS.keys(), ...beside]));
  });

  test('has the limits that are named', () => {
    const { source, depth, work, text, items } = EXPRESSION_LIMITS;
    const numbers = [source, depth, work, text, items].map((limit) => limit.toLocaleString('en'));
    const [sentence = ''] = /An expression may have[^.]*\./u.exec(page.text) ?? [];
    expect(sentence.match(/\d[\d,]*/gu)).toEqual(numbers);
  });

  const scope = { variables: { n: 3, label: '7', list: [1, 2] }, steps: { plan: { ok: true } } };
  test.each(table(page, 'native'))('%s gives %s', (expression = '', result = '') => {
    expect(valueOrProblem(`{{ ${expression} }}`)).toBe(result);
  });

  test('names stand for what is said', () => {
    const everything = { variables: { x: 1, task: { id: 2 } }, steps: { plan: 3, 'code-review': 3 }, shared: { x: 4 } };
    const names = table(page, 'scope').flatMap(([written = '']) => quoted(written.includes('`') ? written : `\`${written}\``));
    const values = names.map((name) => [name, renderTemplate(`{{ ${name} }}`, everything)]);
    expect(Object.fromEntries(values)).toMatchObject({
      x: 1,
      'variables.x': 1,
      'steps.plan': 3,
      'shared.x': 4,
      task: { id: 2 },
      input: everything.variables,
    });
    expect(values).toHaveLength(11);
  });

  function valueOrProblem(template: string): string {
    try {
      return JSON.stringify(renderTemplate(template, scope));
    } catch (thrown) {
      const what = errorData(thrown).cause?.details?.what;
      return typeof what === 'string' ? what : String(thrown);
    }
  }
});

test.each(table(engine, 'engine'))('in the engine dialect, %s gives %s', (written = '', result = '') => {
  const scope = { variables: { n: 0, list: [], word: '' }, steps: { plan: { ok: true } } };
  const [, condition] = /^condition `(.*)`$/u.exec(written) ?? [];
  const value: Json =
    condition === undefined
      ? renderTemplate(written, scope, { dialect: 'engine' })
      : evaluateCondition(condition, scope, { dialect: 'engine' });
  expect(JSON.stringify(value)).toBe(result);
});

test.each(table(page, 'verdicts'))('%s answering %s leaves the status %s', async (persona = '', answer = '', status = '') => {
  const { workflow } = loadWorkflowSync(`
name: verdict
steps: [{ id: it, type: persona-request, persona: ${persona} }]
outputs: { status: "{{ variables.it_status }}", result: "{{ variables.it_result }}" }
`);
  if (workflow === null) throw new Error('the workflow does not load');
  const reply: Json = JSON.parse(answer);
  expect(await simulate(workflow, { crew: { personas: { [persona]: () => reply } } })).toMatchObject({
    status: 'completed',
    outputs: { status, result: reply },
  });
});

test.each(table(failures, 'own policies'))(
  'a step of `%s` fails: others %s, dependents are %s, its group %s',
  async (own = '', others = '', dependents = '', group = '') => {
    for (const around of ['continue', 'stop']) {
      const { workflow } = loadWorkflowSync(`
name: policy
on_failure: ${around}
steps:
  - { id: bad, type: persona-request, persona: bad, on_failure: ${own} }
  - { id: dependent, type: variables, dependencies: bad, set: { x: 1 } }
  - { id: other, type: persona-request, persona: slow }
`);
      if (workflow === null) throw new Error('the workflow does not load');
      const personas = {
        bad: () => Promise.reject(new Error('bad')),
        slow: ({ sleep }: { sleep: (ms: number) => Promise<void> }) => sleep(1000),
      };
      const { history, status } = await simulate(workflow, { crew: { personas } });
      expect({ ...Object.fromEntries(history), status }).toEqual({
        bad: 'failed',
        dependent: dependents === 'run' ? 'completed' : dependents,
        other: others.startsWith('go on') ? 'completed' : 'cancelled',
        status: group === 'has failed' ? 'failed' : 'completed',
      });
    }
  },
);

test.each(table(failures, 'policies'))(
  'under `%s` others %s, dependents are %s, a group %s, the run is %s',
  async (policy = '', others = '', dependents = '', group = '', run = '') => {
    const { workflow } = loadWorkflowSync(`
name: policy
on_failure: ${policy}
steps:
  - { id: dependent, type: variables, dependencies: group, set: { x: 1 } }
  - id: group
    type: group
    steps: [{ id: bad, type: persona-request, persona: bad }, { id: member, type: persona-request, persona: slow }]
  - { id: other, type: persona-request, persona: slow }
  - { id: later, type: variables, dependencies: other, set: { y: 1 } }
`);
    if (workflow === null) throw new Error('the workflow does not load');
    const personas = {
      bad: () => Promise.reject(new Error('bad')),
      slow: ({ sleep }: { sleep: (ms: number) => Promise<void> }) => sleep(1000),
    };
    const { history, status } = await simulate(workflow, { crew: { personas } });
    const ends: JsonObject = Object.fromEntries(history);
    const goesOn = others === 'go on';
    expect({ ...ends, status }).toEqual({
      bad: 'failed',
      member: goesOn ? 'completed' : 'cancelled',
      group: group.startsWith('fails') ? 'failed' : 'completed',
      other: goesOn ? 'completed' : 'cancelled',
      later: goesOn ? 'completed' : 'skipped',
      dependent: dependents === 'run' ? 'completed' : 'skipped',
      status: run,
    });
  },
);

test('the pauses between attempts follow the formula, whose jitter is derived from the run', async () => {
  const { workflow } = loadWorkflowSync(`
name: pauses
steps: [{ id: it, type: persona-request, persona: it, retries: { max: 8, delay: 2s, factor: 3, max_delay: 50s, jitter: 0.5 } }]
`);
  if (workflow === null) throw new Error('the workflow does not load');
  const pauses = async (seed: number) => {
    const found: number[] = [];
    await simulate(workflow, {
      seed,
      crew: { personas: { it: () => Promise.reject(new Error('red')) } },
      onEvent: (event) => {
        if (event.type === 'step.retrying') found.push(event.dueAt - event.at);
      },
    });
    return found;
  };
  const first = await pauses(1);
  expect(first).toHaveLength(8);
  for (const [before, pause] of first.entries()) {
    const grown = Math.min(2_000 * 3 ** before, 50_000);
    expect(pause).toBeGreaterThanOrEqual(grown);
    expect(pause).toBeLessThanOrEqual(grown * 1.5);
  }
  expect(await pauses(1)).toEqual(first);
  expect(await pauses(2)).not.toEqual(first);
});

test('what a step leaves behind is what the table says', async () => {
  const { workflow } = loadWorkflowSync(
    `
name: leaves
steps:
  - { id: a, type: persona-request, persona: p }
  - { id: b, type: deploy }
  - { id: c, type: variables, set: { v: 1 } }
  - { id: d, type: group, steps: [{ id: inner, type: deploy }, { id: no, type: deploy, condition: false }] }
  - { id: e, type: wait-for-signal, signal: s }
outputs: { all: "{{ steps }}", names: "{{ keys(variables) }}" }
`,
    { stepTypes: ['deploy'] },
  );
  if (workflow === null) throw new Error('the workflow does not load');
  const { outputs } = await simulate(workflow, {
    crew: { personas: { p: () => 'P' }, stepTypes: { deploy: ({ task }) => task.step } },
    happenings: [{ at: 0, do: 'signal', name: 's', payload: 'S' }],
  });
  if (!isJsonObject(outputs)) throw new Error('the run failed');
  expect(outputs.all).toEqual({ a: 'P', b: 'b', c: { v: 1 }, inner: 'inner', d: { inner: 'inner' }, e: 'S' });
  // `input` is what the run was started with
  expect(sorted(outputs.names as string[])).toEqual(['a_result', 'a_status', 'input', 'v']);
});
