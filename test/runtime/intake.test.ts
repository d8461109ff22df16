import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { NestedStep, Step } from '../../src/definition/workflow.ts';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { Batch, JournalStore } from '../../src/protocol/journal.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { chainOf, task, workflowOf } from './linear.ts';

const never = () => new Promise<never>(() => {});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Stops the runtime in the middle of a run and lets another one finish it. */
async function takenOver(store: JournalStore, id: string) {
  const next = await createRuntime({ store, crew: { personas: { '*': () => 'done' } } });
  const handle = await next.resume(id);
  const result = await handle.result();
  await next.stop();
  return result;
}

describe('what comes in from outside', () => {
  test('is copied: nobody who holds the input, the workflow, an output or the params can change the past', async () => {
    const store = createMemoryStore();
    const input = { list: [1] };
    const steps = [
      task('a', { params: { own: [1] } }),
      task('b', { dependencies: ['a'], params: { l: '{{ steps.a.list }}' } }),
      task('c', { dependencies: ['b'] }),
    ];
    const workflow = workflowOf(steps);
    const refused: unknown[] = [];
    const runtime = await createRuntime({
      store,
      crew: {
        personas: {
          '*': ({ task: { step, params } }) => {
            try {
              (Object.values(params)[0] as unknown[] | undefined)?.push(99);
            } catch (thrown) {
              refused.push(thrown);
            }
            return step === 'c' ? never() : { list: [1] };
          },
        },
      },
    });
    const handle = await runtime.start(workflow, { id: 'r', input });
    input.list.push(2);
    (workflow.steps as Step[]).push(task('later'));
    for await (const event of handle.events()) if (event.type === 'task.started' && event.step === 'c') break;
    await runtime.stop({ graceMs: 0 });
    expect(refused).toHaveLength(2);
    const result = await takenOver(store, 'r');
    expect(result).toMatchObject({ status: 'completed', outputs: { a: { list: [1] }, b: { list: [1] }, c: 'done' } });
    expect(() => (result.outputs as { a: { list: number[] } }).a.list.push(3)).toThrow(TypeError);
  });

  test.each([
    ['a date', { at: new Date(0) }, 'input.at is a Date'],
    ['a big number', { n: 1n }, 'input.n is a bigint'],
    ['not a number', { n: Number.NaN }, 'input.n is NaN'],
  ])('is plain JSON or refused before anything is recorded: %s', async (_, input, message) => {
    const store = createMemoryStore();
    const runtime = await createRuntime({ store });
    await expect(runtime.start(chainOf(1), { input: input as never })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message.split(' ')[0] ?? ''),
    });
    expect(await store.runs()).toEqual([]);
    const waiting = await runtime.start(workflowOf([{ kind: 'signal', id: 's', name: 's', type: 'w', dependencies: [], signal: 'go' }]));
    await expect(waiting.signal('go', input as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(waiting.state().status).toBe('running');
    await runtime.stop({ graceMs: 0 });
  });

  test('counts undefined as not given, then and when it is read again', async () => {
    const store = createMemoryStore();
    const runtime = await createRuntime({ store, crew: { personas: { '*': never } } });
    const workflow = workflowOf([task('a', { params: { on: '{{ variables.base }}' } })], { variables: { base: 'main' } });
    await runtime.start(workflow, { id: 'r', input: { base: undefined } });
    await runtime.stop({ graceMs: 0 });
    expect((await takenOver(store, 'r')).status).toBe('completed');
  });

  test.each([0, -1, 1.5, Number.NaN])('has a sensible room: %s is refused', async (maxConcurrency) => {
    const runtime = await createRuntime();
    await expect(runtime.start(chainOf(1), { maxConcurrency })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await runtime.stop();
  });

  test('may ask for room without limit, also after a resume', async () => {
    const store = createMemoryStore();
    const runtime = await createRuntime({ store, maxConcurrentTasks: Number.POSITIVE_INFINITY, crew: { personas: { '*': never } } });
    await runtime.start(chainOf(2), { id: 'r' });
    await runtime.stop({ graceMs: 0 });
    expect((await takenOver(store, 'r')).status).toBe('completed');
  });

  test.each(['a/b', 'a#1', '', ' ', 'x'.repeat(201)])('%j cannot be the id of a run, for keys must be unambiguous', async (id) => {
    const runtime = await createRuntime();
    await expect(runtime.start(chainOf(1), { id })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await runtime.stop();
  });

  test.each([
    ['two steps of one id', [task('a'), task('a')]],
    ['a circle', [task('a', { dependencies: ['b'] }), task('b', { dependencies: ['a'] })]],
    ['a path for an id', [task('a/b')]],
    ['parentheses in an id', [task('(root)')]],
  ])('cannot be a workflow no reader would have let through: %s', async (_, steps) => {
    const runtime = await createRuntime();
    await expect(runtime.start(workflowOf(steps))).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
    await runtime.stop();
  });

  test('keeps two definitions apart that differ only in the order of their keys', async () => {
    const store = createMemoryStore();
    const runtime = await createRuntime({ store, crew: { personas: { '*': never } } });
    await runtime.start(workflowOf([task('a', { params: { a: 1, b: 2 } })]), { id: 'one' });
    await runtime.start(workflowOf([task('a', { params: { b: 2, a: 1 } })]), { id: 'two' });
    await runtime.stop({ graceMs: 0 });
    expect([(await takenOver(store, 'one')).status, (await takenOver(store, 'two')).status]).toEqual(['completed', 'completed']);
  });
});

describe('a nested workflow whose variables cannot be evaluated', () => {
  test('fails its step with the reason, and the run goes on', async () => {
    const inner = workflowOf([task('x')], { variables: { url: '{{ variables.cfg.url.host }}' } });
    const nested: NestedStep = {
      kind: 'workflow',
      id: 'n',
      name: 'n',
      type: 'workflow',
      dependencies: [],
      ref: 'inner',
      inputs: { cfg: {} },
      workflow: inner,
    };
    const end = await simulate(workflowOf([nested, task('free')]));
    expect([end.status, end.failure?.code, Object.fromEntries(end.history)]).toEqual([
      'failed',
      'TEMPLATE_FAILED',
      { n: 'failed', free: 'completed' },
    ]);
  });
});

describe('opening and closing', () => {
  test('two starts under one id give one run', async () => {
    const runtime = await createRuntime({ crew: { personas: { '*': () => 1 } } });
    const both = await Promise.allSettled([runtime.start(chainOf(1), { id: 'x' }), runtime.start(chainOf(1), { id: 'x' })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const one of both) if (one.status === 'fulfilled') expect(await one.value.result()).toMatchObject({ status: 'completed' });
    await runtime.stop();
  });

  test('a start or a resume that a stop overtakes is refused or left resumable, and never hangs', async () => {
    const store = createMemoryStore();
    const runtime = await createRuntime({ store, crew: { personas: { '*': never } } });
    const starting = runtime.start(chainOf(1), { id: 'late' });
    await runtime.stop({ graceMs: 0 });
    const handle = await starting.catch((thrown) => {
      expect(thrown).toMatchObject({ code: 'RUNTIME_STOPPED' });
      return null;
    });
    if (handle !== null) await expect(handle.result()).rejects.toMatchObject({ code: 'RUNTIME_STOPPED' });
    await expect(runtime.resume('late')).rejects.toBeInstanceOf(TroupeError);
  });

  test('a stop gives agents their grace, takes what they answer in it, and nothing they say because they were told to stop', async () => {
    const store = createMemoryStore();
    const bell = new EventEmitter();
    const runtime = await createRuntime({
      store,
      // `once` rejects with an AbortError of the platform's own when the signal aborts.
      crew: { personas: { '*': ({ task: { step }, signal }) => once(bell, step, { signal }).then(([said]) => said) } },
    });
    await runtime.start(workflowOf([task('quick'), task('slow')]), { id: 'r' });
    const stopping = runtime.stop({ graceMs: 300 });
    bell.emit('quick', 'in time');
    await stopping;
    expect((await createRuntime({ store }).then((next) => next.view('r'))).steps.map(({ path, state }) => [path, state])).toEqual([
      ['quick', 'completed'],
      ['slow', 'attempting'],
    ]);
    expect(await takenOver(store, 'r')).toMatchObject({ status: 'completed', outputs: { quick: 'in time', slow: 'done' } });
  });
});

describe('a store that refuses', () => {
  const refusing = (inner: JournalStore) => {
    const fault: { code: TroupeError['code'] | 'throw' | null } = { code: null };
    const append = (run: string, batch: Batch): Promise<void> => {
      if (fault.code === 'throw') throw new Error('a store that throws');
      return fault.code === null ? inner.append(run, batch) : Promise.reject(new TroupeError(fault.code, 'refused'));
    };
    const store = new Proxy(inner, {
      get: (target, key) => {
        const value = key === 'append' ? append : Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return { store, fault };
  };

  test('keeps the order of what could not be recorded, and callers wait until it is', async () => {
    const { store, fault } = refusing(createMemoryStore());
    const time = new VirtualTime();
    const runtime = await createRuntime({ store, time, crew: { personas: { '*': never } } });
    const handle = await runtime.start(chainOf(1), { id: 'r' });
    fault.code = 'STORE_FULL';
    const told: string[] = [];
    const calls = [handle.signal('one'), handle.pause(), handle.resume()].map((call, i) => call.then(() => told.push(String(i))));
    await turn();
    expect(told).toEqual([]);
    fault.code = null;
    time.advance();
    await Promise.all(calls);
    expect((await store.read('r')).map(({ fact }) => fact.type)).toEqual(['run.started', 'signal.received', 'run.paused', 'run.resumed']);
    expect(handle.state().status).toBe('running');
    await runtime.stop({ graceMs: 0 });
  });

  test('for good, or by throwing, makes the run leave and the caller know; the process lives', async () => {
    for (const code of ['STORE_UNWRITABLE', 'throw'] as const) {
      const { store, fault } = refusing(createMemoryStore());
      const runtime = await createRuntime({ store, crew: { personas: { '*': never } } });
      const handle = await runtime.start(chainOf(1), { id: 'r' });
      fault.code = code;
      await expect(handle.signal('x')).rejects.toThrow();
      await expect(handle.result()).rejects.toThrow();
      await runtime.stop({ graceMs: 0 });
    }
  });
});

describe('an attempt that was in flight when its host died', () => {
  test('is not run again when its step says so: the step fails and a person looks', async () => {
    const store = createMemoryStore();
    const runtime = await createRuntime({ store, crew: { personas: { '*': never } } });
    await runtime.start(workflowOf([task('deploy', { onAmbiguous: 'escalate' })]), { id: 'r' });
    await runtime.stop({ graceMs: 0 });
    expect(await takenOver(store, 'r')).toMatchObject({ status: 'failed', failedStep: 'deploy', error: { code: 'ATTEMPT_AMBIGUOUS' } });
  });
});

describe('a pause', () => {
  test('holds failure handlers too, and a recovery does not end it', async () => {
    const end = await simulate(workflowOf([task('bad')], { onWorkflowFailure: [task('handler')] }), {
      crew: {
        personas: {
          '*': async ({ task: { step }, sleep }) => {
            await sleep(100);
            if (step === 'bad') throw new Error('no');
          },
        },
      },
      happenings: [
        { at: 50, do: 'pause' },
        { at: 5000, do: 'resume' },
      ],
    });
    expect([end.status, end.makespanMs, Object.fromEntries(end.history)]).toEqual([
      'failed',
      5100,
      { bad: 'failed', handler: 'completed' },
    ]);
    const store = createMemoryStore();
    const first = await createRuntime({ store, crew: { personas: { '*': never } } });
    const handle = await first.start(chainOf(1), { id: 'r' });
    await handle.pause();
    await first.stop({ graceMs: 0 });
    const begun: string[] = [];
    const second = await createRuntime({ store, crew: { personas: { '*': ({ task: { key } }) => begun.push(key) } } });
    const again = await second.resume('r');
    await turn();
    expect([again.state().status, begun]).toEqual(['paused', []]);
    await again.resume();
    expect([(await again.result()).status, begun]).toEqual(['completed', ['r/s0#1']]);
    await second.stop();
  });
});

describe('outputs that cannot be rendered', () => {
  test('fail the run and wake the handlers', async () => {
    const end = await simulate(workflowOf([task('a')], { outputs: { x: '{{ steps.a.b.c }}' }, onWorkflowFailure: [task('handler')] }), {
      crew: { personas: { '*': () => null } },
    });
    expect([end.status, end.failure?.code, end.history.at(-1)]).toEqual(['failed', 'TEMPLATE_FAILED', ['handler', 'completed']]);
  });
});
