import { describe, expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import type { Task } from '../../src/protocol/task.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { loaded } from '../definition/diagnosed.ts';

/** A crew whose tasks take 10 ms each, and the most that was at work at once: steps, and what they take of a kind. */
function counting(kind: 'memoryMb' | 'cpu' | 'io' | 'count' = 'memoryMb', perform: (task: Task) => object = () => ({})) {
  const at = { work: new Map<string, number>(), most: 0, together: new Set<string>() };
  const crew = createCrew({
    personas: {
      '*': {
        id: 'worker',
        async perform(task, context) {
          at.work.set(task.step, kind === 'count' ? 1 : (task.needs?.[kind] ?? 0));
          at.most = Math.max(
            at.most,
            [...at.work.values()].reduce((sum, each) => sum + each, 0),
          );
          if (at.work.size > 1) at.together.add([...at.work.keys()].sort().join(' '));
          try {
            await context.sleep(10);
            return { ok: true, output: null, ...perform(task) };
          } finally {
            at.work.delete(task.step);
          }
        },
      },
    },
  });
  return { crew, at };
}

const task = (id: string, requires = '{ memory_mb: 60 }') => `{ id: ${id}, type: persona-request, persona: p, requires: ${requires} }`;
const file = (body: string) => loaded(`name: limited\n${body}`);
const played = async (workflow: Workflow, kind?: Parameters<typeof counting>[0]) => {
  const { crew, at } = counting(kind);
  const simulation = await simulate(workflow, { crew, maxConcurrency: 10 });
  expect(simulation.status).toBe('completed');
  return { ...simulation, most: at.most, together: [...at.together] };
};

describe('limits hold while a run runs', () => {
  test('over the whole of it, which runs as wide as they allow', async () => {
    const free = await played(file(`steps: [${['a', 'b', 'c', 'd'].map((id) => task(id)).join(', ')}]`));
    expect([free.most, free.makespanMs]).toEqual([240, 10]);
    const { most, makespanMs } = await played(
      file(`limits: { memory_mb: 130 }\nsteps: [${['a', 'b', 'c', 'd'].map((id) => task(id)).join(', ')}]`),
    );
    expect([most, makespanMs]).toEqual([120, 20]);
  });

  test.each(['parallel', 'group', 'phase'])('over a %s, whose members do not hold up those beside it', async (type) => {
    const { together } = await played(
      file(`steps:
  - { id: build, type: ${type}, limits: { memory_mb: 100 }, steps: [${task('a')}, ${task('b')}] }
  - ${task('c')}`),
    );
    expect(together).toEqual(['a c']);
  });

  test('of both a group and the run around it, all or nothing', async () => {
    const { most } = await played(
      file(`limits: { memory_mb: 200 }
steps:
  - { id: one, type: parallel, limits: { memory_mb: 130 }, steps: [${task('a')}, ${task('b')}, ${task('c')}] }
  - { id: two, type: sequence, limits: { memory_mb: 60 }, steps: [{ id: in, type: parallel, steps: [${task('d')}, ${task('e')}] }] }`),
    );
    expect(most).toBe(180);
  });

  test('over all items of a map together, and over a group in each of them apart', async () => {
    const map = (ofMap: string, inside: string) =>
      file(
        `steps: [{ id: m, type: map, over: "[1, 2, 3]"${ofMap}, steps: [{ id: g, type: parallel${inside}, steps: [${task('a')}, ${task('b')}] }] }]`,
      );
    expect((await played(map('', ''))).most).toBe(360);
    expect((await played(map(', limits: { memory_mb: 130 }', ''))).most).toBe(120);
    expect((await played(map('', ', limits: { memory_mb: 60 }'))).most).toBe(180);
  });

  test('over a nested workflow: its own, and those of the step', async () => {
    const inner = file(
      `limits: { memory_mb: 150, cpu: 3 }\nsteps: [${['a', 'b', 'c'].map((id) => task(id, '{ memory_mb: 60, cpu: 1 }')).join(', ')}]`,
    );
    const around = (limits: object): Workflow => ({
      ...inner,
      name: 'outer',
      limits: {},
      steps: [
        { kind: 'workflow', id: 'n', name: 'n', type: 'workflow', dependencies: [], ref: 'x', inputs: {}, workflow: inner, ...limits },
      ],
    });
    expect((await played(around({}))).most).toBe(120);
    expect((await played(around({ limits: { cpu: 1 } }))).most).toBe(60);
    expect((await played(around({ limits: { memoryMb: 500 } }))).most).toBe(120);
  });

  test('on attempts at once, however deep, and on those that need a capability', async () => {
    const nested = (limits: string) =>
      file(`limits: ${limits}
steps:
  - { id: g, type: parallel, steps: [${task('a', '{ capabilities: gpu }')}, { id: h, type: parallel, steps: [${task('b', '{ capabilities: gpu }')}, ${task('c', '{ io: 1 }')}] }] }`);
    expect((await played(nested('{ concurrency: 2 }'), 'count')).most).toBe(2);
    expect((await played(nested('{ capabilities: { gpu: 1 } }'), 'count')).together).toEqual(['a c']);
    expect((await played(nested('{ cpu: 1 }'), 'count')).most).toBe(3);
  });

  test('on tokens per minute: of those that are stated, spread over the time of the step, and of those that are only told', async () => {
    const slow = file(`limits: { tokens_per_minute: 100 }
steps: [{ id: a, type: persona-request, persona: p, requires: { tokens: 200 }, estimate: 2m }, ${task('b', '{ tokens: 100 }')}]`);
    expect((await played(slow)).makespanMs).toBe(60_020);
    const told = file(`limits: { tokens_per_minute: 100 }
steps: [{ id: a, type: persona-request, persona: p }, { id: b, type: persona-request, persona: p, requires: { tokens: 20 }, dependencies: a }]`);
    const { crew } = counting('count', ({ step }) => (step === 'a' ? { usage: { tokens: 90 } } : {}));
    expect((await simulate(told, { crew })).makespanMs).toBe(60_020);
  });

  test('and fail a step at once that needs more than is allowed at all, in words', async () => {
    const { crew } = counting();
    const workflow = file(`steps: [{ id: build, type: sequence, limits: { memory_mb: 60 }, steps: [${task('a')}] }]`);
    const text = JSON.stringify(workflow).replace('"limits":{"memoryMb":60}', '"limits":{"memoryMb":59}');
    const { failure } = await simulate(JSON.parse(text) as Workflow, { crew });
    expect(failure).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'simulation/a#1 needs 60 MB of memory, and build of run simulation allows 59 at once',
    });
  });
});

describe('the accounts of a run', () => {
  test('are over with it; a run that is tried again has new ones', async () => {
    const time = new VirtualTime(0);
    const { crew, at } = counting('memoryMb', ({ step, attempt }) =>
      step === 'b' && attempt === 1 ? { ok: false, error: { code: 'AGENT_FAILED', message: 'no' }, thrown: true } : {},
    );
    const runtime = await createRuntime({ crew, time });
    const workflow = file(`limits: { memory_mb: 60 }\non_failure: continue\nsteps: [${task('a')}, ${task('b')}]`);
    const first = await runtime.start(workflow, { id: 'r1' });
    const ended = async (handle: RunHandle) => {
      await untilQuiet(handle, time, 5_000);
      return handle.state().status;
    };
    expect(await ended(first)).toBe('failed');
    const again = await runtime.retry('r1');
    expect(await ended(again)).toBe('completed');
    expect(at.most).toBe(60);
    await runtime.stop();
  });
});
