import { describe, expect, test } from 'vitest';
import { TroupeError } from '../../src/protocol/errors.ts';
import type { Batch, JournalStore } from '../../src/protocol/journal.ts';
import { startOf } from '../../src/runtime/fold.ts';
import type { RunEvent } from '../../src/runtime/run-event.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { chainOf, task, workflowOf } from './linear.ts';

/** A door that opens when told: agents wait at it, tests decide. */
function door<T>() {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function eventsOf(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** A store whose appends can be made to fail. */
function faultyStore(inner: JournalStore) {
  const fault: { code: TroupeError['code'] | null } = { code: null };
  const refusing = new Proxy(inner, {
    get(target, key) {
      if (key === 'append') {
        return (run: string, batch: Batch) =>
          fault.code === null ? target.append(run, batch) : Promise.reject(new TroupeError(fault.code, `refused: ${fault.code}`));
      }
      const value = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { store: refusing, fault };
}

describe('a runtime', () => {
  test('runs a workflow to its end and keeps what happened', async () => {
    const runtime = await createRuntime({ crew: { stepTypes: { work: ({ task: { step } }) => ({ did: step }) } } });
    const handle = await runtime.start(chainOf(3), { id: 'r1' });
    const result = await handle.result();
    expect(result).toMatchObject({
      id: 'r1',
      status: 'completed',
      outputs: { s0: { did: 's0' }, s2: { did: 's2' } },
      error: null,
      failedStep: null,
    });
    expect(await runtime.list()).toMatchObject([{ id: 'r1', status: 'completed', steps: { total: 3, completed: 3 } }]);
    expect((await runtime.view('r1')).steps.map((step) => step.state)).toEqual(['completed', 'completed', 'completed']);
    await runtime.stop();
  });

  test('knows nothing of another runtime in the same process', async () => {
    const one = await createRuntime({ crew: { stepTypes: { work: () => 'one' } } });
    const two = await createRuntime({ crew: { stepTypes: { work: () => 'two' } } });
    const workflow = chainOf(1);
    const [a, b] = await Promise.all([one.start(workflow, { id: 'same' }), two.start(workflow, { id: 'same' })]);
    expect([(await a.result()).outputs, (await b.result()).outputs]).toEqual([{ s0: 'one' }, { s0: 'two' }]);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('starts no second run under the same id', async () => {
    const runtime = await createRuntime({ crew: { stepTypes: { work: () => 1 } } });
    const first = await runtime.start(chainOf(1), { id: 'once' });
    await expect(runtime.start(chainOf(1), { id: 'once' })).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    await first.result();
    await expect(runtime.start(chainOf(1), { id: 'once' })).rejects.toMatchObject({ code: 'RUN_EXISTS' });
    await runtime.stop();
  });

  test('tells observers in the order of what is durable, and is not harmed by one that throws', async () => {
    const runtime = await createRuntime({ crew: { stepTypes: { work: ({ progress }) => progress('half way') } } });
    const handle = await runtime.start(chainOf(2));
    const events = eventsOf(handle.events());
    expect((await handle.result()).status).toBe('completed');
    const kinds = (await events).map((event) => ('step' in event ? `${event.type} ${event.step}` : event.type));
    expect(kinds.filter((kind) => !kind.startsWith('task.progress'))).toEqual([
      'run.started',
      'task.started s0',
      'step.settled s0',
      'task.started s1',
      'step.settled s1',
      'run.ended',
    ]);
    await runtime.stop();
  });

  test('tells the same events live, from the past, and across both', async () => {
    const gate = door<number>();
    const runtime = await createRuntime({ crew: { stepTypes: { work: ({ task: { step } }) => (step === 's1' ? gate.opened : 1) } } });
    const handle = await runtime.start(chainOf(3));
    const [early, across] = [eventsOf(handle.events()), handle.events()];
    await across.next();
    gate.open(1);
    await handle.result();
    const past = await eventsOf(handle.events());
    expect(await early).toEqual(past);
    expect([past[0], ...(await eventsOf(across))]).toEqual(past);
    expect(await eventsOf(handle.events({ from: 'now' }))).toEqual([]);
    await runtime.stop();
  });

  test('survives agents and inspectors that throw', async () => {
    const runtime = await createRuntime({
      crew: {
        stepTypes: {
          work: () => {
            throw new Error('no');
          },
        },
      },
      inspector: () => {
        throw new Error('a bad inspector');
      },
    });
    const result = await (await runtime.start(chainOf(2))).result();
    expect(result).toMatchObject({ status: 'failed', failedStep: 's0', error: { code: 'AGENT_FAILED', message: 'no' } });
    expect(result.history).toEqual([
      ['s0', 'failed'],
      ['s1', 'skipped'],
    ]);
    await runtime.stop();
  });

  test('releases nothing before it is durable: a refused append leaves no trace outside', async () => {
    const { store, fault } = faultyStore(createMemoryStore());
    const begun: string[] = [];
    const runtime = await createRuntime({ store, crew: { stepTypes: { work: ({ task: { step } }) => begun.push(step) } } });
    fault.code = 'STORE_UNWRITABLE';
    await expect(runtime.start(chainOf(1), { id: 'r' })).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    expect(runtime.run('r')).toBeNull();
    expect(await store.getSummary('r')).toBeNull();
    expect(begun).toEqual([]);
    expect(await store.has('r')).toBe(false);
    await runtime.stop();
  });

  test('loses nothing to a full disk: facts are delivered again when there is room', async () => {
    const { store, fault } = faultyStore(createMemoryStore());
    const time = new VirtualTime();
    const answer = door<string>();
    const runtime = await createRuntime({
      store,
      time,
      crew: { stepTypes: { work: ({ task: { step } }) => (step === 's0' ? answer.opened : step) } },
    });
    const handle = await runtime.start(chainOf(3), { id: 'r' });
    const trouble = door<RunEvent>();
    void (async () => {
      for await (const event of handle.events()) if (event.type === 'run.trouble') trouble.open(event);
    })();
    fault.code = 'STORE_FULL';
    answer.open('kept');
    expect(await trouble.opened).toMatchObject({ error: { code: 'STORE_FULL' } });
    expect(time.advance()).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    fault.code = null;
    while (time.advance()) await new Promise((resolve) => setImmediate(resolve));
    expect(await handle.result()).toMatchObject({ status: 'completed', outputs: { s0: 'kept', s1: 's1', s2: 's2' } });
    await runtime.stop();
  });

  test('stops gracefully: nothing new is taken in, and another runtime finishes what was left, each step once', async () => {
    const store = createMemoryStore();
    const begun: string[] = [];
    const first = await createRuntime({
      store,
      crew: {
        stepTypes: {
          work: ({ task: { key, step }, signal }) => {
            begun.push(key);
            if (step !== 's1') return step;
            return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
          },
        },
      },
    });
    const handle = await first.start(chainOf(3), { id: 'r' });
    for await (const event of handle.events()) if (event.type === 'task.started' && event.step === 's1') break;
    await first.stop({ graceMs: 0 });
    await expect(handle.result()).rejects.toMatchObject({ code: 'RUNTIME_STOPPED' });
    await expect(first.start(chainOf(1))).rejects.toMatchObject({ code: 'RUNTIME_STOPPED' });
    const second = await createRuntime({ store, crew: { stepTypes: { work: ({ task: { key, step } }) => begun.push(key) && step } } });
    const { resumed, failed } = await second.resumeAll();
    expect(failed).toEqual([]);
    expect(await resumed[0]?.result()).toMatchObject({ status: 'completed', outputs: { s0: 's0', s1: 's1', s2: 's2' } });
    expect(begun).toEqual(['r/s0#1', 'r/s1#1', 'r/s1#1', 'r/s2#1']);
    await second.stop();
  });

  test('refuses to go on with a journal that would now mean something else', async () => {
    const store = createMemoryStore();
    const first = await createRuntime({ store, crew: { stepTypes: { work: () => new Promise(() => {}) } } });
    await first.start(chainOf(1), { id: 'r' });
    await first.stop({ graceMs: 0 });
    const [batch] = await store.read('r');
    const other = createMemoryStore();
    await other.putDefinition(startOf('r', [batch as Batch]).definition, workflowOf([task('renamed')]) as never);
    await other.append('r', batch as Batch);
    const second = await createRuntime({ store: other, crew: {} });
    await expect(second.resume('r')).rejects.toMatchObject({ code: 'REPLAY_DIVERGED', where: 'r:0' });
    await second.stop();
  });

  test('keeps a signal that comes before anybody waits for it, and tells what a run waits for', async () => {
    const runtime = await createRuntime({ crew: { stepTypes: { work: () => 1 } } });
    const wait = { kind: 'signal' as const, id: 'go', name: 'go', type: 'wait-for-signal', dependencies: [], signal: 'approved' };
    const early = await runtime.start(workflowOf([task('first'), { ...wait, dependencies: ['first'] }]));
    await early.signal('approved', { by: 'somebody' });
    expect((await early.result()).outputs).toMatchObject({ go: { by: 'somebody' } });
    const late = await runtime.start(workflowOf([wait]));
    expect(late.state().steps[0]).toMatchObject({ state: 'awaitingSignal', why: 'waits for the signal "approved", without a deadline' });
    await late.signal('approved', 2);
    expect((await late.result()).outputs).toEqual({ go: 2 });
    await runtime.stop();
  });
});
