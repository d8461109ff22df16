import { describe, expect, it, test } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { everyStep, type Step } from '../../src/definition/workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from './diagnosed.ts';

const step = (id: string, persona: string, more = '') => `  - { id: ${id}, type: persona-request, persona: ${persona}${more} }\n`;

const file = (phases: string, ...steps: readonly string[]) => `name: service\nphases: ${phases}\nsteps:\n${steps.join('')}`;

const shape = (text: string) =>
  loaded(text).steps.map((each: Step) => [each.id, each.kind === 'group' ? each.steps.map(({ id }) => id) : each.kind]);

describe('phases that are named apart from the steps', () => {
  test('of the stock take the steps by their kinds, and monitoring sends back to development', () => {
    const text = file(
      'stock',
      step('watch', 'monitor'),
      step('api', 'coding'),
      step('data', 'test-data'),
      step('roll', 'deploying'),
      step('read', 'Review'),
    );
    expect(shape(text)).toEqual([
      ['development', ['api', 'data', 'read']],
      ['devops', ['roll']],
      ['monitoring', ['watch']],
    ]);
    expect(loaded(text).steps.flatMap((each) => (each.kind === 'group' ? [[each.mode, each.phase?.feedback]] : []))).toEqual([
      ['sequential', undefined],
      ['sequential', undefined],
      ['sequential', { to: 'development', max: 3 }],
    ]);
  });

  test('come out as the file does that writes them out', () => {
    const named = loaded(
      file(
        '[{ id: make, kinds: [coder], gate: { rate: 1 } }, { id: look, kinds: reviewer, mode: parallel, feedback: { to: make } }]',
        step('a', 'coder'),
        step('b', 'reviewer', ', dependencies: a'),
      ),
    );
    const written = loaded(
      `name: service\nmode: sequential\nsteps:\n  - { id: make, type: phase, mode: sequential, gate: { rate: 1 }, steps: [{ id: a, type: persona-request, persona: coder }] }\n  - { id: look, type: phase, mode: parallel, feedback: { to: make }, steps: [{ id: b, type: persona-request, persona: reviewer }] }\n`,
    );
    const bare = (steps: readonly Step[]): unknown =>
      JSON.parse(JSON.stringify(steps, (key, value) => (key === 'position' ? undefined : value)));
    expect(bare(named.steps)).toEqual(bare(written.steps));
    expect(named.mode).toBe(written.mode);
    for (const { position } of everyStep(named.steps)) expect(position).toBeDefined();
  });

  test('run one after the other; one without steps is skipped, and on record as that', async () => {
    const run = await simulate(loaded(file('stock', step('watch', 'monitor'), step('api', 'coding'))));
    expect([run.status, run.history]).toEqual([
      'completed',
      [
        ['api', 'completed'],
        ['development', 'completed'],
        ['devops', 'skipped'],
        ['watch', 'completed'],
        ['monitoring', 'completed'],
      ],
    ]);
    expect(run.view.phases.map(({ path, rounds }) => [path, rounds.map(({ result }) => result)])).toEqual([
      ['development', ['passed']],
      ['devops', ['skipped']],
      ['monitoring', ['passed']],
    ]);
  });

  test('of the stock send back what monitoring finds, and not more than three times', async () => {
    let round = 0;
    const crew = {
      personas: {
        '*': ({ task }: { task: { persona: string | null } }) =>
          task.persona === 'monitor' ? { status: 'fail', errors: ++round } : 'done',
      },
    };
    const run = await simulate(loaded(file('stock', step('watch', 'monitor'), step('api', 'coding'))), { crew });
    expect([run.failure?.code, round]).toEqual(['MAX_FEEDBACK_LOOPS', 4]);
  });
});

/** What is wrong, the file, and for each of its problems the code and what stands where that points to. */
const WRONG: readonly (readonly [what: string, text: string, problems: readonly (readonly [code: string, there: string])[]])[] = [
  [
    'a step that fits none',
    file('stock', step('a', 'coding'), step('b', 'codeing'), step('c', 'poet')),
    [
      ['PHASE_UNKNOWN', 'codeing'],
      ['PHASE_UNKNOWN', 'poet'],
    ],
  ],
  ['a phase that is not there', file('[development]', step('a', 'coding', ', phase: devops')), [['PHASE_UNKNOWN', 'devops']]],
  ['a name that the stock does not have', file('[develpment, devops]', step('a', 'devops')), [['PHASE_UNKNOWN', 'develpment']]],
  ['a phase without kinds', file('[{ id: mine }, devops]', step('a', 'devops')), [['KEY_MISSING', 'mine']]],
  ['a kind in two phases', file('[{ id: a, kinds: [x] }, { id: b, kinds: [y, x] }]', step('s', 'x')), [['DECLARATION_CONFLICT', 'x]']]],
  ['a mode that says otherwise', `mode: graph\n${file('stock', step('a', 'coding'))}`, [['DECLARATION_CONFLICT', 'mode']]],
  [
    'a step that waits for a later phase',
    file('stock', step('a', 'coding', ', dependencies: b'), step('b', 'devops')),
    [['DEPENDENCY_CYCLE', 'b }']],
  ],
  ['an unknown key of a phase', file('[{ id: a, kinds: [x], gat: { rate: 1 } }]', step('s', 'x')), [['KEY_UNKNOWN', 'gat:']]],
  ['a phase beside no phases', `name: a\nsteps:\n${step('a', 'coding', ', phase: devops')}`, [['KEY_UNKNOWN', 'phase:']]],
  ['phases of no kind', file('all', step('a', 'coding')), [['VALUE_UNKNOWN', 'all']]],
];

describe('phases that are named wrongly', () => {
  it.each(WRONG)('with %s are told where that stands', (_what, text, problems) => {
    const { diagnostics } = loadWorkflowSync(text, { text: true });
    const found = diagnostics.map(({ code, line, column }) => [code, text.split('\n')[line - 1]?.slice(column - 1) ?? ''] as const);
    expect(found.map(([code, there], index) => [code, there.slice(0, problems[index]?.[1].length)])).toEqual(problems);
  });
});
