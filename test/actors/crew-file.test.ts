import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadCrew } from '../../src/actors/crews/crew-file.ts';
import { crewFromDefinition } from '../../src/actors/crews/crew-from-definition.ts';
import { crewJsonSchema } from '../../src/actors/crews/crew-schema.ts';
import type { TaskReport } from '../../src/protocol/task.ts';
import { aContext, aTask } from './work.ts';

const directory = mkdtempSync(join(tmpdir(), 'troupe-crew-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
writeFileSync(
  join(directory, 'agents.mjs'),
  `export const reviewer = async ({ task }) => ({ reviewed: task.step });
   export default { id: 'inner', perform: async () => ({ ok: true, output: 'by default' }) };
   export const number = 1;`,
);
writeFileSync(join(directory, 'broken.mjs'), 'throw new Error("no such luck");');

const CREW = `name: the crew
agents:
  planner:
    kind: scripted
    script:
      plan: [{ fail: not yet, after: 1.5, progress: [thinking] }, { output: { plan: 1 }, variables: { planned: true }, after: 2s }]
      '*': { forever: true }
  tests:
    kind: command
    personas: [tester-qa, '*']
    step_types: run-tests
    command: ["${process.execPath}", -e, "console.log(process.argv[1], process.cwd())", '{{params.suite}}']
    env: [CI=1]
    grace: 500ms
    ok_exit_codes: [0, 1]
  reviewer: { kind: module, module: agents.mjs }
  other: { kind: module, module: ./agents.mjs, export: default, personas: security-review }
`;
const file = join(directory, 'crew.yml');
writeFileSync(file, CREW);

describe('a crew file', () => {
  it('is read into plain, normalised JSON', async () => {
    const { crew, diagnostics } = await loadCrew(file);
    expect(diagnostics).toEqual([]);
    expect(JSON.parse(JSON.stringify(crew))).toEqual(crew);
    expect(crew).toMatchObject({
      file,
      agents: [
        {
          id: 'planner',
          kind: 'scripted',
          personas: ['planner'],
          stepTypes: [],
          script: { plan: [{ fail: 'not yet', after: 1_500 }, { after: 2_000 }] },
        },
        {
          id: 'tests',
          kind: 'command',
          personas: ['tester-qa', '*'],
          stepTypes: ['run-tests'],
          graceMs: 500,
          okExitCodes: [0, 1],
          env: ['CI=1'],
        },
        { id: 'reviewer', kind: 'module', module: 'agents.mjs' },
        { id: 'other', kind: 'module', export: 'default', personas: ['security-review'] },
      ],
    });
  });

  it('becomes a crew that performs', async () => {
    const { crew: definition } = await loadCrew(file);
    const crew = crewFromDefinition(definition!);
    const report = (over: Parameters<typeof aTask>[0]): Promise<TaskReport> | undefined =>
      crew.candidates(aTask(over))[0]?.perform(aTask(over), aContext());
    expect(await report({ persona: 'planner', step: 'plan', attempt: 1 })).toMatchObject({ ok: false, error: { message: 'not yet' } });
    expect(await report({ persona: 'planner', step: 'plan', attempt: 2 })).toEqual({
      ok: true,
      output: { plan: 1 },
      variables: { planned: true },
    });
    expect(await report({ persona: 'tester-qa', params: { suite: 'all' } })).toMatchObject({
      ok: true,
      output: { stdout: `all ${directory}\n` },
    });
    expect(await report({ persona: 'reviewer', step: 'review' })).toEqual({ ok: true, output: { reviewed: 'review' } });
    expect(await report({ persona: 'security-review' })).toEqual({ ok: true, output: 'by default' });
    expect(crew.candidates(aTask({ persona: 'nobody' }))[0]?.id).toBe('tests');
    expect(crew.candidates(aTask({ type: 'run-tests', persona: 'planner' }))[0]?.id).toBe('tests');
    await crew.close();
  });

  it('reads as JSON, too, and a text needs no file', async () => {
    const { crew, diagnostics } = await loadCrew('{"agents": {"a": {"kind": "module", "module": "nowhere.js"}}}');
    expect([crew?.file, crew?.agents.length, diagnostics]).toEqual([undefined, 1, []]);
  });

  it('has a JSON Schema (draft-07) with the same keys', () => {
    const text = JSON.stringify(crewJsonSchema());
    expect(text).toContain('"$schema":"http://json-schema.org/draft-07/schema#"');
    for (const key of ['scripted', 'command', 'module', 'step_types', 'ok_exit_codes', 'max_output_bytes', 'forever', 'export']) {
      expect(text).toContain(`"${key}"`);
    }
  });

  it('has a JSON Schema that says of every key what it is, and of what has a default, which', () => {
    const undescribed: string[] = [];
    const defaults: string[] = [];
    JSON.stringify(crewJsonSchema(), (key, value) => {
      if (key !== 'properties') return value;
      for (const [name, property] of Object.entries<{ description?: string; default?: unknown }>(value)) {
        if (property.description === undefined) undescribed.push(name);
        if (property.default !== undefined) defaults.push(name);
      }
      return value;
    });
    expect(undescribed).toEqual([]);
    expect([...new Set(defaults)].sort()).toEqual([
      'after',
      'cool',
      'failures',
      'forever',
      'grace',
      'input',
      'max_output_bytes',
      'ok_exit_codes',
      'output',
      'successes',
      'window',
    ]);
  });
});

describe('problems of a crew file', () => {
  const agent = (body: string): string => `agents:\n  a:\n${body.replaceAll(/^/gm, '    ')}\n`;
  it.each<[string, string, string, number, number]>([
    ['no agents', 'name: x\n', 'KEY_MISSING', 1, 1],
    ['an empty crew', 'agents: {}\n', 'VALUE_RANGE', 1, 9],
    ['an empty file', '\n', 'FILE_EMPTY', 1, 1],
    ['an unknown key', 'agent: {}\nagents: { a: { kind: scripted, script: {} } }\n', 'KEY_UNKNOWN', 1, 1],
    ['no kind', agent('script: {}'), 'KEY_MISSING', 3, 5],
    ['an unknown kind', agent('kind: comand'), 'VALUE_UNKNOWN', 3, 11],
    ['an agent that is no map', 'agents:\n  a: 1\n', 'VALUE_TYPE', 2, 6],
    ['a key of another kind', agent('kind: scripted\nscript: {}\ncommand: [x]'), 'KEY_UNKNOWN', 5, 5],
    ['no command', agent('kind: command'), 'KEY_MISSING', 3, 5],
    ['an empty command', agent('kind: command\ncommand: []'), 'VALUE_RANGE', 4, 14],
    ['a command line as text', agent('kind: command\ncommand: npm test'), 'VALUE_TYPE', 4, 14],
    ['a program that is a template', agent("kind: command\ncommand: ['{{params.x}}']"), 'VALUE_UNKNOWN', 4, 14],
    ['a flag made of a value', agent("kind: command\ncommand: [x, '--{{params.x}}']"), 'VALUE_UNKNOWN', 4, 14],
    ['a template that cannot be read', agent("kind: command\ncommand: [x, 'v={{ a + }}']"), 'TEMPLATE_INVALID', 4, 14],
    ['a bad environment', agent('kind: command\ncommand: [x]\nenv: [A B]'), 'VALUE_UNKNOWN', 5, 10],
    ['a bad grace', agent('kind: command\ncommand: [x]\ngrace: soon'), 'DURATION_INVALID', 5, 12],
    ['a bad exit code', agent('kind: command\ncommand: [x]\nok_exit_codes: [256]'), 'VALUE_RANGE', 5, 21],
    ['an answer with an unknown key', agent('kind: scripted\nscript:\n  plan: { outptu: 1 }'), 'KEY_UNKNOWN', 5, 15],
    ['an answer that ends twice', agent('kind: scripted\nscript:\n  plan: [{}, { fail: x, output: 1 }]'), 'VALUE_TYPE', 5, 18],
    ['a bad delay', agent('kind: scripted\nscript:\n  plan: { after: soon }'), 'DURATION_INVALID', 5, 22],
    ['no answers', agent('kind: scripted\nscript:\n  plan: []'), 'VALUE_RANGE', 5, 13],
    ['a key given twice', agent('kind: scripted\nkind: scripted'), 'KEY_DUPLICATE', 4, 5],
    ['a persona named twice', agent('kind: scripted\nscript: {}\npersonas: [p, q, p]'), 'KEY_DUPLICATE', 5, 22],
    ['a step type named twice', agent('kind: scripted\nscript: {}\nstep_types: [t, t]'), 'KEY_DUPLICATE', 5, 21],
    ['a capability named twice', agent('kind: scripted\nscript: {}\ncapabilities: [gpu, gpu]'), 'KEY_DUPLICATE', 5, 25],
    ['a capability that is no name', agent('kind: scripted\nscript: {}\ncapabilities: [1]'), 'VALUE_TYPE', 5, 20],
    ['no room for a task', agent('kind: command\ncommand: [x]\ncapacity: 0'), 'VALUE_RANGE', 5, 15],
    ['half a task', agent('kind: module\nmodule: x.js\ncapacity: 1.5'), 'VALUE_TYPE', 5, 15],
    ['a breaker that is no map', agent('kind: scripted\nscript: {}\nbreaker: true'), 'VALUE_TYPE', 5, 14],
    ['a breaker with an unknown key', agent('kind: scripted\nscript: {}\nbreaker: { failure: 1 }'), 'KEY_UNKNOWN', 5, 16],
    ['a breaker that opens by nothing', agent('kind: scripted\nscript: {}\nbreaker: { failures: 0 }'), 'VALUE_RANGE', 5, 26],
    ['a breaker without a window', agent('kind: scripted\nscript: {}\nbreaker: { window: 0 }'), 'VALUE_RANGE', 5, 24],
    ['services that are no map', 'services: github\nagents: { x: { kind: scripted, script: {} } }', 'VALUE_TYPE', 1, 11],
    ['a service with an unknown key', `services: { git: { fails: 1 } }\n${agent('kind: scripted\nscript: {}')}`, 'KEY_UNKNOWN', 1, 20],
    [
      'a service that cools some time',
      `services: { git: { cool: soon } }\n${agent('kind: scripted\nscript: {}')}`,
      'DURATION_INVALID',
      1,
      26,
    ],
    ['a service without a window', `services: { git: { window: 0s } }\n${agent('kind: scripted\nscript: {}')}`, 'VALUE_RANGE', 1, 28],
    ['a breaker that cools some time', agent('kind: scripted\nscript: {}\nbreaker: { cool: soon }'), 'DURATION_INVALID', 5, 22],
    ['a forbidden id', 'agents:\n  __proto__: { kind: scripted, script: {} }\n', 'KEY_FORBIDDEN', 2, 3],
  ])('%s is found where it stands', async (_, text, code, line, column) => {
    const { crew, diagnostics } = await loadCrew(text, { text: true });
    expect(crew).toBe(null);
    expect(diagnostics.map((each) => [each.code, each.line, each.column])).toContainEqual([code, line, column]);
    expect(diagnostics.every((each) => each.file === '<text>' && !/workflow/.test(each.hint ?? ''))).toBe(true);
  });

  it('a module that is not there is found when it is known where to look', async () => {
    const { diagnostics } = await loadCrew(agent('kind: module\nmodule: absent.js'), { file: join(directory, 'x.yml') });
    expect(diagnostics).toMatchObject([{ code: 'VALUE_UNKNOWN', line: 4, column: 13, message: expect.stringContaining('absent.js') }]);
  });

  it('a file that is not there is a diagnostic', async () => {
    expect(await loadCrew(join(directory, 'absent.yml'))).toMatchObject({ crew: null, diagnostics: [{ code: 'FILE_UNREADABLE' }] });
  });

  it('all problems of a file are reported at once', async () => {
    const { diagnostics } = await loadCrew(
      'agents:\n  a: { kind: command }\n  b: { kind: scripted, script: { s: { after: x } } }\n  c: { kind: odd }\n',
    );
    expect(diagnostics.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it('whatever is in a file, reading it never throws, and what is read without error can be made', async () => {
    const word = fc.constantFrom(
      'agents',
      'a',
      'kind',
      'scripted',
      'command',
      'module',
      'script',
      'personas',
      'env',
      '*',
      'after',
      'fail',
      '2s',
      '{{',
      '',
      'x',
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        word,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(word, tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    const agents = fc.dictionary(
      word,
      fc.record(
        {
          kind: word,
          script: value,
          command: value,
          module: value,
          personas: value,
          env: value,
          capabilities: value,
          capacity: value,
          breaker: value,
        },
        { requiredKeys: ['kind'] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(value, fc.record({ agents }), fc.record({ agents, services: value })), async (content) => {
        const { crew, diagnostics } = await loadCrew(JSON.stringify(content), { text: true });
        if (crew === null) expect(diagnostics.length).toBeGreaterThan(0);
        else await crewFromDefinition(crew).close();
      }),
      { numRuns: 500 },
    );
  });
});

describe('an agent of a module', () => {
  const report = (module: string, name?: string): Promise<TaskReport> => {
    const only = {
      id: 'm',
      kind: 'module' as const,
      personas: ['worker'],
      stepTypes: [],
      module,
      ...(name === undefined ? {} : { export: name }),
    };
    const agent = crewFromDefinition({ agents: [only] }, { baseDir: directory }).agents()[0];
    return agent!.perform(aTask(), aContext());
  };

  it('is the export of its own name, else the default export', async () => {
    expect(await report('agents.mjs')).toMatchObject({ output: 'by default' });
    expect(await report('agents.mjs', 'reviewer')).toMatchObject({ output: { reviewed: 'step' } });
  });

  it.each([
    ['absent.mjs', undefined, /cannot be imported/],
    ['broken.mjs', undefined, /cannot be imported/],
    ['agents.mjs', 'absent', /exports no "absent"/],
    ['agents.mjs', 'number', /neither a function, an agent nor an adapter/],
  ])('%s %s: what it cannot be is reported, and retrying does not help', async (module, name, message) => {
    expect(await report(module, name)).toMatchObject({
      ok: false,
      thrown: true,
      error: { message: expect.stringMatching(message), retryable: false },
    });
  });
});
