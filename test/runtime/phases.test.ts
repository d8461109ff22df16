import { describe, expect, test } from 'vitest';
import type { GateSettings, PhaseSettings } from '../../src/definition/phase-settings.ts';
import type { GroupStep, Step, TaskStep, Workflow } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { type Simulation, simulate } from '../../src/testing/simulate.ts';

const task = (id: string, more: Partial<TaskStep> = {}): TaskStep => ({
  kind: 'task',
  id,
  name: id,
  type: 'persona-request',
  persona: id,
  dependencies: [],
  params: {},
  ...more,
});

const phase = (id: string, steps: readonly Step[], settings: PhaseSettings = {}, more: Partial<GroupStep> = {}): GroupStep => ({
  kind: 'group',
  id,
  name: id,
  type: 'phase',
  mode: 'graph',
  waitFor: 'all',
  dependencies: [],
  steps,
  phase: settings,
  ...more,
});

const workflow = (steps: readonly Step[], more: Partial<Workflow> = {}): Workflow => ({
  name: 'phased',
  dialect: 'native',
  variables: {},
  steps,
  mode: 'sequential',
  onFailure: 'continue',
  onSkip: 'satisfy',
  onStepFailure: [],
  onWorkflowFailure: [],
  ...more,
});

/** Answers by attempt: what each step says the first time, the second time, …; the last answer is repeated. */
function crew(answers: Readonly<Record<string, readonly Json[]>>, seen: JsonObject[] = []) {
  return {
    personas: {
      '*': ({ task: { step, attempt, params } }: { task: { step: string; attempt: number; params: JsonObject } }) => {
        seen.push({ step, attempt, params });
        const list = answers[step] ?? [{ status: 'pass' }];
        const answer = list[Math.min(attempt, list.length) - 1] ?? null;
        if (answer === 'fail') throw new Error(`${step} broke`);
        return answer;
      },
    },
  };
}

const rounds = ({ view }: Simulation, path: string) => view.phases.find((each) => each.path === path)?.rounds.map(({ result }) => result);

const gate = (more: Partial<GateSettings>): GateSettings => ({ onFailure: 'stop', max: 3, ...more });

describe('a phase', () => {
  test('passes when its gate holds, and fails when it does not', async () => {
    const steps = [
      phase('build', [task('a'), task('b')], { gate: gate({ rate: 0.5 }) }),
      phase('ship', [task('c')], { gate: gate({ check: 'steps.c.ok == true' }) }),
    ];
    const run = await simulate(workflow(steps), { crew: crew({ b: ['fail'], c: [{ ok: false }] }) });
    expect(rounds(run, 'build')).toEqual(['passed']);
    expect(rounds(run, 'ship')).toEqual(['failed']);
    expect(run.failure?.code).toBe('QUALITY_GATE_FAILED');
  });

  test('nothing of which has run is skipped', async () => {
    const run = await simulate(
      workflow([phase('none', []), phase('all', [task('a', { condition: 'false' })]), phase('last', [task('b')])]),
    );
    expect(run.history).toEqual([
      ['none', 'skipped'],
      ['a', 'skipped'],
      ['all', 'skipped'],
      ['b', 'completed'],
      ['last', 'completed'],
    ]);
    expect(run.status).toBe('completed');
    expect(rounds(run, 'all')).toEqual(['skipped']);
  });

  test('that is reworked gives what was found to the next round, at most as often as it says', async () => {
    const seen: JsonObject[] = [];
    const settings = { gate: gate({ scores: { 'a.score': 8 }, onFailure: 'rework', max: 2 }) };
    const run = await simulate(workflow([phase('p', [task('a')], settings)]), {
      crew: crew({ a: [{ score: 1 }, { score: 5 }, { score: 8 }] }, seen),
    });
    expect(rounds(run, 'p')).toEqual(['reworked', 'reworked', 'passed']);
    expect(seen.map(({ params }) => (params as { feedback?: Json[] }).feedback?.length ?? 0)).toEqual([0, 1, 2]);
    const short = await simulate(workflow([phase('p', [task('a')], settings)]), { crew: crew({ a: [{ score: 1 }] }) });
    expect(rounds(short, 'p')).toEqual(['reworked', 'reworked', 'failed']);
  });

  test('that is retried runs only what has not completed', async () => {
    const settings = { gate: gate({ rate: 1, onFailure: 'retry' }) };
    const run = await simulate(workflow([phase('p', [task('a'), task('b', { dependencies: ['a'] })], settings)]), {
      crew: crew({ b: ['fail', {}] }),
    });
    expect(run.history).toEqual([
      ['a', 'completed'],
      ['b', 'failed'],
      ['b', 'completed'],
      ['p', 'completed'],
    ]);
    expect(run.outputs).toEqual({ a: { status: 'pass' }, b: {}, p: { a: { status: 'pass' }, b: {} } });
  });

  test('asks the persona of its gate once all else holds', async () => {
    const settings = { gate: gate({ persona: 'checker', rate: 1, onFailure: 'rework' }) };
    const run = await simulate(workflow([phase('p', [task('a')], settings)]), {
      crew: crew({ a: ['fail', {}], '(gate)/p': [{ status: 'fail' }, { status: 'pass' }] }),
    });
    expect(rounds(run, 'p')).toEqual(['reworked', 'reworked', 'passed']);
    expect(run.view.steps.filter(({ path }) => path.startsWith('(gate)')).map(({ attempts }) => attempts)).toEqual([2]);
  });
});

describe('a way back', () => {
  const way = (max = 3, more: Partial<PhaseSettings> = {}) => [
    phase('build', [task('code')]),
    phase('check', [task('test')]),
    phase('review', [task('read')], { feedback: { to: 'build', max, findings: 'read.issues' }, ...more }),
  ];

  test('lets everything on it run again, with what was found', async () => {
    const seen: JsonObject[] = [];
    const run = await simulate(workflow(way()), {
      crew: crew({ read: [{ status: 'fail', issues: ['x'] }, { status: 'fail', issues: ['y'] }, { status: 'pass' }] }, seen),
    });
    expect(run.status).toBe('completed');
    expect(rounds(run, 'build')).toEqual(['passed', 'passed', 'passed']);
    expect(rounds(run, 'review')).toEqual(['sent_back', 'sent_back', 'passed']);
    expect(seen.map(({ step, attempt }) => `${step}#${attempt}`)).toEqual([
      'code#1',
      'test#1',
      'read#1',
      'code#2',
      'test#2',
      'read#2',
      'code#3',
      'test#3',
      'read#3',
    ]);
    expect(seen.map(({ params }) => (params as JsonObject).feedback).at(6)).toEqual([
      { round: 1, from: 'review', findings: ['x'] },
      { round: 2, from: 'review', findings: ['y'] },
    ]);
  });

  test('ends when the findings are the same, or the rounds are used up', async () => {
    const stalled = await simulate(workflow(way()), { crew: crew({ read: [{ status: 'fail', issues: ['x'] }] }) });
    expect([stalled.failure?.code, rounds(stalled, 'review')]).toEqual(['FEEDBACK_STALLED', ['sent_back', 'failed']]);
    const used = await simulate(workflow(way(2)), { crew: crew({ read: [1, 2, 3, 4].map((n) => ({ status: 'fail', issues: [n] })) }) });
    expect([used.failure?.code, rounds(used, 'review')]).toEqual(['MAX_FEEDBACK_LOOPS', ['sent_back', 'sent_back', 'failed']]);
    const never = await simulate(workflow(way(0)), { crew: crew({ read: [{ status: 'fail', issues: ['x'] }] }) });
    expect(rounds(never, 'review')).toEqual(['passed']);
  });
});
