import { describe, expect, it, test } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';

const task = (id: string, more = '') => `  - { id: ${id}, type: persona-request, persona: p${more} }\n`;

const TRIAGE = `name: triage\nsteps:\n${task('look', ', transitions: [{ to: fix, when: "steps.look.size < 3" }, { to: plan, when: "steps.look.size < 10" }, { to: refuse }]')}${task('fix')}${task('plan', ', transitions: [{ to: fix }]')}${task('refuse')}${task('tell', ', dependencies: [fix, refuse]')}`;

const sized = (size: unknown) => ({ personas: { '*': () => ({ size }) } }) as never;

describe('transitions', () => {
  test.each([
    [1, { look: 'completed', fix: 'completed', plan: 'skipped', refuse: 'skipped', tell: 'completed' }],
    [5, { look: 'completed', fix: 'completed', plan: 'completed', refuse: 'skipped', tell: 'completed' }],
    [50, { look: 'completed', fix: 'skipped', plan: 'skipped', refuse: 'completed', tell: 'completed' }],
  ])('take the first whose condition holds (%s), and leave the others out', async (size, history) => {
    const run = await simulate(loaded(TRIAGE), { crew: sized(size) });
    expect([run.status, Object.fromEntries(run.history)]).toEqual(['completed', history]);
  });

  test('lead nowhere from a step that has failed, unless that was made good', async () => {
    const text = `name: t\nsteps:\n${task('a', ', fallback: b, transitions: [{ to: c, when: "steps.a.size == 1" }, { to: d }]')}${task('b')}${task('c')}${task('d')}`;
    const crew = (broken: readonly string[]) => ({
      personas: {
        '*': ({ task: { step } }: { task: { step: string } }) => {
          if (broken.includes(step)) throw new Error('no');
          return { size: 1 };
        },
      },
    });
    const saved = await simulate(loaded(text), { crew: crew(['a']) });
    expect([saved.status, Object.fromEntries(saved.history)]).toEqual([
      'completed',
      { a: 'failed', b: 'completed', c: 'completed', d: 'skipped' },
    ]);
    const lost = await simulate(loaded(text), { crew: crew(['a', 'b']) });
    expect([lost.status, Object.fromEntries(lost.history)]).toEqual(['failed', { a: 'failed', b: 'failed', c: 'skipped', d: 'skipped' }]);
  });

  test('hold between phases, in order', async () => {
    const phase = (id: string, more = '') =>
      `  - { id: ${id}, type: phase, steps: [{ id: ${id}1, type: persona-request, persona: p }]${more} }\n`;
    const text = `name: t\nmode: sequential\nsteps:\n${phase('a', ', transitions: [{ to: c }]')}${phase('b')}${phase('c')}${phase('d')}`;
    const run = await simulate(loaded(text), {});
    expect(run.history.map(([step]) => step)).toEqual(['a1', 'a', 'b1', 'b', 'c1', 'c', 'd1', 'd']);
  });

  it.each([
    ['to nobody', '[{ to: nobdy }]', [['NAME_UNKNOWN', 'nobdy']]],
    ['to itself', '[{ to: a }]', [['DEPENDENCY_CYCLE', 'a }]']]],
    ['after one that is always taken', '[{ to: b }, { to: c }]', [['DECLARATION_CONFLICT', '{ to: c']]],
    ['on what cannot be read', '[{ to: b, when: "1 +" }, { to: c }]', [['EXPRESSION_INVALID', '']]],
    ['on what is not there', '[{ to: b, when: steps.z.ok }, { to: c }]', [['NAME_UNKNOWN', 'z.ok']]],
    ['to where a fallback stands', '[{ to: c, when: "true" }], fallback: c', [['DECLARATION_CONFLICT', 'c }']]],
    ['without an aim', '[{ when: "true" }]', [['KEY_MISSING', '']]],
  ])('%s are told where they stand', (_what, transitions, problems) => {
    const text = `name: t\nsteps:\n${task('a', `, transitions: ${transitions}`)}${task('b')}${task('c')}${task('nobody')}`;
    const found = loadWorkflowSync(text, { text: true }).diagnostics.map(
      ({ code, line, column }) => [code, text.split('\n')[line - 1]?.slice(column - 1) ?? ''] as const,
    );
    expect(found.map(([code, there], index) => [code, there.slice(0, problems[index]?.[1]?.length)])).toEqual(problems);
  });
});
