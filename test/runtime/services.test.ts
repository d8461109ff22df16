// Services outside in whole runs: who is spared, until when, for whom, and what outlives the process that learned it.
import { expect, test } from 'vitest';
import { type Agent, createRuntime, fail, type Runtime, readServices, resetStoredService } from '../../src/index.ts';
import { keepServices, keptServices } from '../../src/runtime/service-history.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { task, workflowOf } from './linear.ts';

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Calls github for a second; that breaks as long as `isDown` says so. */
const caller = (isDown: () => boolean): Agent => ({
  id: 'caller',
  perform: async ({ step }, { call, sleep }) => {
    await call('github', async () => {
      await sleep(1_000);
      if (isDown()) throw new Error('502');
    });
    return { ok: true, output: step };
  },
});

const TERMS = { github: { failures: 1, coolMs: 60_000, successes: 1 } };
const published = workflowOf([task('publish', { persona: 'coder', needs: { services: ['github'] } })]);

async function ran(runtime: Runtime, time: VirtualTime, id: string, workflow = published): Promise<void> {
  const run = await runtime.start(workflow, { id });
  await quiet();
  while (run.state().status === 'running' && time.advance()) await quiet();
}

test('an open one is spared until the same moment, whoever opened it, and whatever became of their process', async () => {
  const store = createMemoryStore();
  const time = new VirtualTime(1_000_000);
  let isDown = true;
  const crew = () => ({ personas: { coder: caller(() => isDown) }, services: TERMS });
  const killed = await createRuntime({ store, time, crew: crew() });
  await ran(killed, time, 'r1');
  const open = [{ service: 'github', state: 'open', failures: 1, openedAt: 1_001_000, triedAt: 1_061_000 }];
  expect(killed.services()).toEqual(open);

  isDown = false;
  const later = new VirtualTime(time.now());
  const next = await createRuntime({ store, time: later, crew: crew() });
  expect(next.services()).toEqual(open);
  expect(readServices(store, 1_001_000, { services: TERMS })).toEqual(open);
  await ran(next, later, 'r2');
  expect(later.now()).toBe(1_062_000);
  expect(next.services()).toMatchObject([{ state: 'closed', failures: 0 }]);
  await next.stop();
  expect(readServices(store, later.now())).toMatchObject([{ service: 'github', state: 'closed' }]);
});

test('a step that requires it waits, and goes on at once when a person says that it is well again; other steps do not wait', async () => {
  const time = new VirtualTime();
  const store = createMemoryStore();
  const runtime = await createRuntime({
    store,
    time,
    services: TERMS,
    crew: { personas: { coder: ({ task: { step } }) => (step === 'look' ? fail('no answer', { service: 'github' }) : step) } },
  });
  const [look, write] = [task('look', { persona: 'coder' }), task('write', { persona: 'coder' })];
  await ran(runtime, time, 'r1', workflowOf([look]));
  const run = await runtime.start(
    workflowOf([task('publish', { persona: 'coder', needs: { services: ['registry', 'github'] } }), { ...write, dependencies: [] }]),
  );
  await quiet();
  // A moment, not how long it is until then: whoever looks later reads the same.
  const until = `until ${new Date(runtime.services()[0]?.triedAt ?? 0).toISOString()}`;
  expect(run.state().steps).toMatchObject([
    {
      path: 'publish',
      state: 'queued',
      why: `attempt 1 waits for the service "github", which keeps failing and is spared ${until} at least`,
    },
    { path: 'write', state: 'completed' },
  ]);
  expect(() => runtime.resetService('gitlab')).toThrow(
    expect.objectContaining({ code: 'SERVICE_NOT_FOUND', hint: 'did you mean "github"?' }),
  );
  runtime.resetService('github');
  expect(readServices(store, time.now())).toMatchObject([{ service: 'github', state: 'closed', failures: 0 }]);
  expect((await run.result()).outputs).toEqual({ publish: 'publish', write: 'write' });
  await runtime.stop();
});

test('a runtime that was there before spares what another one over the same store has found out', async () => {
  const time = new VirtualTime();
  const store = createMemoryStore();
  const [one, other] = await Promise.all(
    [0, 1].map(() => createRuntime({ store, time, services: TERMS, crew: { personas: { coder: caller(() => true) } } })),
  );
  if (one === undefined || other === undefined) throw new Error('two are needed');
  await ran(one, time, 'r1');
  const run = await other.start(workflowOf([task('publish', { persona: 'coder', needs: { services: ['github'] } })]));
  await quiet();
  expect([run.state().steps[0]?.state, other.services()[0]?.state]).toEqual(['queued', 'open']);
  await Promise.all([one.stop({ graceMs: 0 }), other.stop({ graceMs: 0 })]);
});

test('where nobody waits for those who are away, such a step fails with what a later attempt can go by', async () => {
  const time = new VirtualTime();
  const runtime = await createRuntime({ time, services: TERMS, whenAway: 'fail', crew: { personas: { coder: caller(() => true) } } });
  await ran(runtime, time, 'r1');
  const run = await runtime.start(workflowOf([task('publish', { persona: 'coder', needs: { services: ['github'] } })]));
  expect(await run.result()).toMatchObject({
    status: 'failed',
    error: { code: 'CIRCUIT_OPEN', details: { service: 'github', retryAfterMs: 60_000 } },
  });
  expect(run.state().steps[0]?.failure).toMatchObject({ kind: 'external.service_failure', retryable: true });
  await runtime.stop();
});

test('terms of the runtime outrank those of the crew; what is none is refused', async () => {
  const crew = { services: { github: { coolMs: 5 }, registry: { coolMs: 5 } } };
  const runtime = await createRuntime({ crew, services: { github: { failures: 1 } } });
  expect(runtime.services().map(({ service }) => service)).toEqual(['github', 'registry']);
  await runtime.stop();
  await expect(createRuntime({ services: { github: { successes: 0 } } })).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
});

test('what is remembered is mended where nobody is at work; what cannot be read is not remembered', () => {
  const store = createMemoryStore();
  const open = { state: 'open', failures: [5], openedAt: 5, successes: 0 };
  store.keep?.('services', { github: open, a: 1, b: { state: 'ajar' }, c: { ...open, failures: ['x'] }, registry: open }, 'now');
  expect(readServices(store, 10)).toMatchObject([{ service: 'github', state: 'open', triedAt: 60_005 }, { service: 'registry' }]);
  resetStoredService(store, 'github');
  expect(readServices(store, 10)).toMatchObject([{ service: 'github', state: 'closed', openedAt: null }, { state: 'open' }]);
  expect(() => resetStoredService(store, 'a')).toThrow(expect.objectContaining({ code: 'SERVICE_NOT_FOUND' }));
});

test('what is remembered of services is bounded: names that come and go do not make it grow for ever', () => {
  const store = createMemoryStore();
  const open = (at: number) => ({ state: 'open' as const, failures: [at], openedAt: at, successes: 0 });
  for (let n = 0; n < 600; n += 50)
    keepServices(store, Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`s${n + i}`, open(n + i)])), 'soon');
  keepServices(store, { github: open(0) }, 'now');
  const names = Object.keys(keptServices(store));
  expect([names.length, names.includes('github'), names.includes('s599'), names.includes('s0')]).toEqual([501, true, true, false]);
});
