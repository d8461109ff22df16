import { describe, expect, test } from 'vitest';
import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import { loadWorkflow } from '../../src/definition/load-workflow.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import type { Json, JsonObject } from '../../src/protocol/json.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { type Simulation, simulate } from '../../src/testing/simulate.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { Lives } from './lives.ts';
import { watched } from './waiting.ts';

async function read(yaml: string): Promise<Workflow> {
  const { workflow, diagnostics } = await loadWorkflow(`name: w\n${yaml}`);
  if (workflow === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return workflow;
}

type Asked = { readonly step: string; readonly attempt: number; readonly persona: string | null; readonly params: JsonObject };

/** Fails what is listed: by step, and by `step@persona`, so many times. */
function crew(fails: Readonly<Record<string, number>>, asked: Asked[] = []) {
  const left = { ...fails };
  return {
    personas: {
      '*': ({ task: { step, attempt, persona, params } }: { task: Asked }): Json => {
        asked.push({ step, attempt, persona, params });
        const key = left[`${step}@${persona}`] === undefined ? step : `${step}@${persona}`;
        if ((left[key] ?? 0) > 0) {
          left[key] = (left[key] ?? 0) - 1;
          throw new Error(`${step} broke`);
        }
        return { by: persona, attempt };
      },
    },
  };
}

const tried = ({ view }: Simulation) => view.recoveries.map(({ step, what, use }) => `${step} ${use ?? 'nothing'} ${what}`);
const attempts = (asked: readonly Asked[]) => asked.map(({ step, attempt, persona }) => `${step}#${attempt} ${persona}`);

describe('a task that has failed', () => {
  test('is tried again by the same agent, with pauses that grow, once its retries are spent', async () => {
    const workflow = await read(
      'steps:\n  - { id: a, type: persona-request, persona: p, retries: { max: 1, jitter: 0 }, recovery: { use: retry_agent, budget: 3, delay: 5s } }',
    );
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ a: 4 }, asked) });
    expect(run.status).toBe('completed');
    expect(attempts(asked)).toEqual(['a#1 p', 'a#2 p', 'a#3 p', 'a#4 p', 'a#5 p']);
    expect(run.view.updatedAt).toBe(1000 + 5000 + 10_000 + 20_000);
    expect(tried(run).filter((line) => line.endsWith('recovered'))).toEqual(['a retry_agent recovered']);
    expect(run.view.steps[0]).toMatchObject({ attempts: 5, outcome: 'completed', degraded: false });
  });

  test('is taken over by the next persona each time, and fails as ever when nothing is left', async () => {
    const workflow = await read(
      'steps:\n  - { id: a, type: persona-request, persona: p, recovery: { use: substitute_agent, personas: [senior, architect], budget: 2 } }',
    );
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ 'a@p': 1, 'a@senior': 1 }, asked) });
    expect(attempts(asked)).toEqual(['a#1 p', 'a#2 senior', 'a#3 architect']);
    expect(run.outputs).toEqual({ a: { by: 'architect', attempt: 3 } });
    const lost = await simulate(workflow, { crew: crew({ a: 9 }) });
    expect(lost).toMatchObject({ status: 'failed', failedStep: 'a', error: 'a broke' });
    expect(tried(lost).at(-1)).toBe('a nothing exhausted');
  });

  test('is degraded, and what depends on it goes on', async () => {
    const workflow = await read(`steps:
  - { id: a, type: persona-request, persona: p, recovery: [{ use: partial, output: { rows: [] } }] }
  - { id: b, type: persona-request, persona: p, dependencies: a, params: { rows: "{{ steps.a.rows }}" } }`);
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ a: 1 }, asked) });
    expect(run.status).toBe('completed');
    expect(asked.at(-1)?.params).toEqual({ rows: [] });
    expect(run.view.steps[0]).toMatchObject({
      outcome: 'completed',
      degraded: true,
      why: expect.stringContaining('degraded after AGENT_FAILED'),
    });
  });

  test('lets its parallel group start over, one after the other', async () => {
    const workflow = await read(`steps:
  - id: g
    type: parallel
    steps:
      - { id: a, type: persona-request, persona: p, recovery: fall_back_sequential }
      - { id: b, type: persona-request, persona: p }`);
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ a: 1 }, asked) });
    expect(run.status).toBe('completed');
    expect(attempts(asked).slice(-2)).toEqual(['a#2 p', 'b#2 p']);
    expect(tried(run)).toEqual(['a fall_back_sequential begun', 'a fall_back_sequential recovered']);
  });

  test('sends its workflow back to a step, and everything from there on runs again once', async () => {
    const workflow = await read(`steps:
  - { id: a, type: persona-request, persona: p }
  - { id: b, type: persona-request, persona: p, dependencies: a }
  - { id: other, type: persona-request, persona: p }
  - { id: c, type: sequence, dependencies: b, steps: [{ id: d, type: persona-request, persona: p, recovery: { use: restart, from: b } }] }`);
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ d: 1 }, asked) });
    expect(run.status).toBe('completed');
    expect(
      attempts(asked)
        .map((line) => line.split(' ')[0])
        .sort(),
    ).toEqual(['a#1', 'b#1', 'b#2', 'd#1', 'd#2', 'other#1']);
    const again = await simulate(workflow, { crew: crew({ d: 2 }) });
    expect(again.status).toBe('failed');
    expect(tried(again)).toEqual(['d restart begun', 'd restart failed', 'd nothing exhausted']);
  });

  test('without a place to go back to sends it back to its beginning', async () => {
    const workflow = await read(`mode: sequential
steps:
  - { id: a, type: persona-request, persona: p }
  - { id: b, type: persona-request, persona: p, recovery: restart }`);
    const asked: Asked[] = [];
    await simulate(workflow, { crew: crew({ b: 1 }, asked) });
    expect(attempts(asked)).toEqual(['a#1 p', 'b#1 p', 'a#2 p', 'b#2 p']);
  });

  test('that was refused when its turn came is degraded, too, and begins anew where that is asked for', async () => {
    const workflow = await read(
      `steps:
  - { id: a, type: persona-request, persona: p, params: { x: "{{ steps.none.x + 1 }}" }, recovery: [partial] }`.replace(
        'steps.none.x',
        'variables.none.x',
      ),
    );
    const run = await simulate(workflow, {});
    expect(run.view.steps[0]).toMatchObject({ outcome: 'completed', degraded: true });
  });
});

describe('what is made up of others', () => {
  test('begins anew as a whole, from a clean scope', async () => {
    const workflow = await read(`steps:
  - id: g
    type: sequence
    recovery: retry_agent
    steps:
      - { id: a, type: persona-request, persona: p }
      - { id: b, type: persona-request, persona: p }
  - { id: c, type: persona-request, persona: p, dependencies: g }`);
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ b: 1 }, asked) });
    expect(run.status).toBe('completed');
    expect(attempts(asked)).toEqual(['a#1 p', 'b#1 p', 'a#2 p', 'b#2 p', 'c#1 p']);
    expect(tried(run)).toEqual(['g retry_agent begun', 'g retry_agent recovered']);
  });

  test('falls back to a sequence once', async () => {
    const workflow = await read(`steps:
  - id: g
    type: parallel
    recovery: { use: fall_back_sequential, budget: 2 }
    steps:
      - { id: a, type: persona-request, persona: p }
      - { id: b, type: persona-request, persona: p }`);
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ a: 9 }, asked) });
    expect(run.status).toBe('failed');
    expect(tried(run)).toEqual(['g fall_back_sequential begun', 'g fall_back_sequential failed', 'g nothing exhausted']);
    expect(attempts(asked)).toEqual(['a#1 p', 'b#1 p', 'a#2 p', 'b#2 p']);
  });

  test('keeps what has succeeded where it is degraded', async () => {
    const workflow = await read(`steps:
  - id: g
    type: parallel
    recovery: partial
    steps:
      - { id: a, type: persona-request, persona: p }
      - { id: b, type: persona-request, persona: p }
  - { id: m, type: map, over: "[1, 2]", max_concurrent: 1, recovery: partial, steps: [{ id: x, type: persona-request, persona: p, params: { n: "{{ item }}" } }] }
outputs: { g: "{{ steps.g }}", m: "{{ steps.m }}" }`);
    const run = await simulate(workflow, { crew: crew({ a: 1, 'm[1]/x': 1 }) });
    expect(run.outputs).toEqual({ g: { b: { by: 'p', attempt: 1 } }, m: [{ by: 'p', attempt: 1 }, null] });
  });

  test('is a nested workflow or a map, too, and begins anew', async () => {
    const workflow = await read(`steps:
  - { id: m, type: map, over: "[1, 2]", recovery: retry_agent, steps: [{ id: x, type: persona-request, persona: p }] }`);
    const asked: Asked[] = [];
    const run = await simulate(workflow, { crew: crew({ 'm[1]/x': 1 }, asked) });
    expect(run.status).toBe('completed');
    expect(attempts(asked)).toEqual(['m[0]/x#1 p', 'm[1]/x#1 p', 'm[0]/x#2 p', 'm[1]/x#2 p']);
  });
});

describe('a person who is asked what next', () => {
  const yaml =
    'steps:\n  - { id: a, type: persona-request, persona: p, output: { type: object }, recovery: { use: escalate, to: [ops], due: 1h } }';
  const answer = (values: JsonObject | null, decision: 'approve' | 'edit' | 'reject' = 'edit') =>
    ({ at: 5000, do: 'answer', step: 'a', by: 'ops', decision, ...(values === null ? {} : { values }) }) as const;

  test('is shown what has failed, and the run waits', async () => {
    const run = await simulate(await read(yaml), { crew: crew({ a: 9 }) });
    expect(run.status).toBe('waiting');
    expect(run.view.steps[0]).toMatchObject({
      state: 'reminded',
      question: {
        subject: 'What next for a, which has failed?',
        people: ['ops'],
        dueAt: 3_600_000,
        params: { error: { message: 'a broke' } },
      },
    });
    expect(run.view.steps[0]?.why).toContain('it is being recovered by escalate, 1 of 1');
  });

  test.each([
    [answer(null, 'approve'), 'completed', { by: 'p', attempt: 2 }, false],
    [answer({ next: 'retry' }, 'approve'), 'completed', { by: 'p', attempt: 2 }, false],
    [answer({ next: 'skip' }), 'completed', null, true],
    [answer({ next: 'output', output: { mine: 1 } }), 'completed', { mine: 1 }, false],
    [answer({ next: 'fail' }), 'failed', undefined, false],
    [answer(null, 'reject'), 'failed', undefined, false],
  ] as const)('says %j', async (said, status, output, degraded) => {
    const run = await simulate(await read(yaml), { crew: crew({ a: 1 }), happenings: [said] });
    expect(run.status).toBe(status);
    expect(run.view.steps[0]?.degraded).toBe(degraded);
    if (output !== undefined) expect(run.outputs).toEqual({ a: output });
  });
});

describe('what was recovered', () => {
  const yaml = `steps:
  - { id: a, type: persona-request, persona: p, recovery: [{ use: partial, output: less }] }
  - id: g
    type: parallel
    dependencies: a
    recovery: partial
    steps: [{ id: x, type: persona-request, persona: p }, { id: y, type: persona-request, persona: p }]
  - { id: b, type: persona-request, persona: p, dependencies: g }`;
  const script: AgentScript = { a: [{ fail: 'no' }], x: [{ fail: 'no' }], y: [{ output: 1 }], b: [{ fail: 'no' }, { output: 'done' }] };

  test('stands when the run goes back: nobody is asked again, and it is degraded still', async () => {
    const lives = new Lives();
    const first = await lives.start(await read(yaml), script);
    expect(first.status).toBe('failed');
    const again = await lives.live({ b: [{ output: 'done' }] }, (runtime) => runtime.retry('run'));
    expect(lives.begun).toEqual(['run/b#2']);
    expect(again.status).toBe('completed');
    expect(again.outputs).toMatchObject({ a: 'less', g: { y: 1 }, b: 'done' });
    const degraded = again.steps.filter((step) => step.degraded).map(({ path }) => path);
    expect(degraded).toEqual(['a', 'g']);
    expect(again.recoveries.map(({ step, what }) => `${step} ${what}`)).toEqual(['a begun', 'a recovered', 'g begun', 'g recovered']);
    expect((await lives.fold('run')).status).toBe('completed');
  });
});

test('a run that only waits for what a person says is dropped from memory, and goes on with the answer', async () => {
  const time = new VirtualTime();
  const { store, woken } = watched();
  const runtime = await createRuntime({ store, time, crew: crew({ a: 1 }), passivateAfterMs: 10 });
  const workflow = await read('steps:\n  - { id: a, type: persona-request, persona: p, recovery: { use: escalate, to: [ops] } }');
  const handle = await runtime.start(workflow, { id: 'r', seed: 1 });
  const told: string[] = [];
  const following = (async () => {
    for await (const event of handle.events()) if (event.type === 'recovery') told.push(event.note.what);
  })();
  time.alarm(500, () => void handle.answer('a', { by: 'ops', decision: 'approve' }));
  await untilQuiet(handle, time, 5000);
  await runtime.stop({ graceMs: 0 });
  await following;
  expect(woken.length).toBeGreaterThan(0);
  expect(told).toEqual(['begun', 'recovered']);
  expect((await store.read('r')).map(({ fact }) => fact.type)).toEqual([
    'run.started',
    'task.failed',
    'approval.answered',
    'task.completed',
  ]);
});
