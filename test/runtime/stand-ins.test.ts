import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/protocol/json.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';

const crew = (answers: Readonly<Record<string, Json>>) => ({
  personas: {
    '*': ({ task: { step } }: { task: { step: string } }) => {
      const answer = answers[step] ?? `${step} is done`;
      if (answer === 'fail') throw new Error(`${step} broke`);
      return answer;
    },
  },
});

const task = (id: string, more = '') => `{ id: ${id}, type: persona-request, persona: p${more} }`;

const file = (steps: readonly string[], head = '') =>
  loaded(`name: stages\n${head}steps:\n${steps.map((step) => `  - ${step}\n`).join('')}`);

const pair = (more = '') => [
  task('deploy', ', fallback: undo'),
  task('undo', more),
  task('tell', ', dependencies: deploy, params: { of: "{{ steps.deploy }}" }'),
];

describe('a step that stands in for another', () => {
  test('is skipped where nothing fails, and nobody notices', async () => {
    for (const head of ['', 'mode: sequential\n', 'on_skip: propagate\n']) {
      const run = await simulate(file(pair(), head), { crew: crew({}) });
      expect([run.status, run.history]).toEqual([
        'completed',
        [
          ['deploy', 'completed'],
          ['undo', 'skipped'],
          ['tell', 'completed'],
        ],
      ]);
    }
  });

  test('makes a failure good: what depends on it goes on with what was made instead', async () => {
    for (const head of ['', 'mode: sequential\n', 'on_failure: stop\n', 'on_skip: propagate\n']) {
      const run = await simulate(file(pair(), head), { crew: crew({ deploy: 'fail' }) });
      expect([run.status, run.error, run.outputs]).toEqual([
        'completed',
        null,
        { deploy: 'undo is done', undo: 'undo is done', tell: 'tell is done' },
      ]);
      expect(run.history).toEqual([
        ['deploy', 'failed'],
        ['undo', 'completed'],
        ['tell', 'completed'],
      ]);
      expect(run.view.steps.find(({ path }) => path === 'deploy')).toMatchObject({ outcome: 'failed', replacedBy: 'undo' });
    }
  });

  test('that fails itself lets the failure stand', async () => {
    for (const head of ['', 'on_failure: stop\n']) {
      const run = await simulate(file(pair(), head), { crew: crew({ deploy: 'fail', undo: 'fail' }) });
      expect([run.status, run.failedStep, run.error]).toEqual(['failed', 'deploy', 'deploy broke']);
      expect(run.history.at(-1)).toEqual(['tell', 'skipped']);
    }
  });

  test('may have one that stands in for it', async () => {
    const steps = [...pair(', fallback: page'), task('page')];
    const saved = await simulate(file(steps), { crew: crew({ deploy: 'fail', undo: 'fail' }) });
    expect([saved.status, saved.outputs]).toEqual([
      'completed',
      { deploy: 'page is done', undo: 'page is done', page: 'page is done', tell: 'tell is done' },
    ]);
    const lost = await simulate(file(steps), { crew: crew({ deploy: 'fail', undo: 'fail', page: 'fail' }) });
    expect([lost.status, lost.failedStep]).toEqual(['failed', 'deploy']);
    const unneeded = await simulate(file(steps), { crew: crew({ deploy: 'fail' }) });
    expect(unneeded.history).toEqual([
      ['deploy', 'failed'],
      ['undo', 'completed'],
      ['page', 'skipped'],
      ['tell', 'completed'],
    ]);
  });

  test('that cannot run because of what else it waits for lets the failure stand', async () => {
    const steps = [...pair(', dependencies: plan'), task('plan')];
    const run = await simulate(file(steps), { crew: crew({ deploy: 'fail', plan: 'fail' }) });
    expect(run.status).toBe('failed');
    expect(Object.fromEntries(run.history)).toEqual({ deploy: 'failed', plan: 'failed', undo: 'skipped', tell: 'skipped' });
  });

  test('counts for a gate as what it stands in for', async () => {
    const phase = `{ id: p, type: phase, steps: [${task('a', ', fallback: b')}, ${task('b')}], gate: { rate: 1, on_failure: retry } }`;
    const run = await simulate(file([phase]), { crew: crew({ a: 'fail' }) });
    expect([run.status, run.view.phases[0]?.rounds.map(({ result, counts }) => [result, counts])]).toEqual([
      'completed',
      [['passed', { completed: 2, failed: 0, skipped: 0, cancelled: 0 }]],
    ]);
  });

  test('stands in for a whole phase', async () => {
    const steps = [
      `{ id: ship, type: phase, fallback: back, steps: [${task('a')}], gate: { check: "steps.a == 'good'" } }`,
      `{ id: back, type: phase, steps: [${task('b')}] }`,
      `{ id: end, type: phase, steps: [${task('c')}] }`,
    ];
    const run = await simulate(file(steps, 'mode: sequential\n'), { crew: crew({}) });
    expect([run.status, run.history.map(([step]) => step)]).toEqual(['completed', ['a', 'ship', 'b', 'back', 'c', 'end']]);
  });
});

describe('a phase that is retried', () => {
  test('leaves out again whoever was left out', async () => {
    const inside = `[${task('a')}, ${task('b', ', dependencies: [{ step: a, when: "false" }]')}, ${task('c')}]`;
    let tries = 0;
    const run = await simulate(file([`{ id: p, type: phase, steps: ${inside}, gate: { rate: 1, on_failure: retry } }`]), {
      crew: {
        personas: {
          '*': ({ task: { step } }) => {
            if (step === 'c' && tries++ === 0) throw new Error('not yet');
            return 'done';
          },
        },
      },
    });
    expect([run.status, run.view.phases[0]?.rounds.map(({ result }) => result)]).toEqual(['completed', ['reworked', 'passed']]);
  });
});
