// What an earlier process began elsewhere, and the run wants no longer, is ended there, whoever runs it now and however it came to that.
import { expect, test } from 'vitest';
import { type AgentAdapter, createRuntime, loadWorkflowSync, type RuntimeOptions, TroupeError, type Workflow } from '../../src/index.ts';
import type { JournalStore } from '../../src/protocol/journal.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { task, workflowOf } from './linear.ts';

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Workers who never end, and what they were told. */
function workers(id = 'far'): { adapter: () => AgentAdapter; heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    adapter: () => ({
      id,
      begin: ({ key }) => {
        heard.push(`begin ${key}`);
        return new Promise(() => {});
      },
      cancel: async ({ key }) => void heard.push(`cancel ${key}`),
      leave: ({ key }) => void heard.push(`leave ${key}`),
    }),
  };
}

const two = workflowOf([task('a', { persona: 'far' }), task('b', { persona: 'far' })]);

/** A process that begins a run and dies: what it did not write down is lost, and nobody hears of it. */
async function begunAndDied(store: JournalStore, time: VirtualTime, adapter: AgentAdapter, workflow: Workflow = two): Promise<void> {
  await (await createRuntime({ store, time, crew: { personas: { far: adapter } } })).start(workflow, { id: 'r' });
  await quiet();
}

const next = (store: JournalStore, time: VirtualTime, adapter: AgentAdapter, more: Partial<RuntimeOptions> = {}) =>
  createRuntime({ store, time: new VirtualTime(time.now()), crew: { personas: { far: adapter } }, ...more });

test('cancelled in a later process: those that it had begun again, and those that still waited for a place', async () => {
  const [store, time] = [createMemoryStore(), new VirtualTime(1)];
  const { adapter, heard } = workers();
  await begunAndDied(store, time, adapter());
  const runtime = await next(store, time, adapter(), { maxConcurrentTasks: 1 });
  const run = await runtime.resume('r');
  await quiet();
  expect(heard).toEqual(['begin r/a#1', 'begin r/b#1', 'begin r/a#1']);
  await run.cancel('enough');
  await quiet();
  expect(heard.slice(3).sort()).toEqual(['cancel r/a#1', 'cancel r/b#1']);
  expect(run.state().status).toBe('cancelled');
  await runtime.stop({ graceMs: 0 });
});

test('cancelled while its run is paused: nobody begins it again, and its workers are told', async () => {
  const [store, time] = [createMemoryStore(), new VirtualTime(1)];
  const { adapter, heard } = workers();
  const died = await createRuntime({ store, time, crew: { personas: { far: adapter() } } });
  await (await died.start(two, { id: 'r' })).pause();
  await quiet();
  const runtime = await next(store, time, adapter());
  const run = await runtime.resume('r');
  await run.cancel('enough');
  await quiet();
  expect(heard).toEqual(['begin r/a#1', 'begin r/b#1', 'cancel r/a#1', 'cancel r/b#1']);
  await runtime.stop({ graceMs: 0 });
});

test('of members that lost their race while no process was there', async () => {
  const [store, time] = [createMemoryStore(), new VirtualTime(1)];
  const { adapter, heard } = workers();
  const { workflow } = loadWorkflowSync(`
name: race
steps:
  - id: race
    type: parallel
    wait_for: any
    steps: [{ id: nap, type: sleep, for: 1m }, { id: a, type: persona-request, persona: far }]
`);
  if (workflow === null) throw new Error('the workflow does not load');
  await begunAndDied(store, time, adapter(), workflow);
  const runtime = await next(store, new VirtualTime(time.now() + 3_600_000), adapter());
  expect(await (await runtime.resume('r')).result()).toMatchObject({ status: 'completed' });
  await runtime.stop({ graceMs: 0 });
  expect(heard).toEqual(['begin r/a#1', 'cancel r/a#1']);
});

test('of a step that is not to be repeated: it has failed, and what is left of it is ended', async () => {
  const [store, time] = [createMemoryStore(), new VirtualTime(1)];
  const { adapter, heard } = workers();
  await begunAndDied(store, time, adapter(), workflowOf([task('a', { persona: 'far', onAmbiguous: 'escalate' })]));
  const runtime = await next(store, time, adapter());
  expect(await (await runtime.resume('r')).result()).toMatchObject({ status: 'failed', error: { code: 'ATTEMPT_AMBIGUOUS' } });
  await runtime.stop({ graceMs: 0 });
  expect(heard).toEqual(['begin r/a#1', 'cancel r/a#1']);
});

test('everybody who may have it is told, and who cannot be told brings nobody down', async () => {
  const [store, time] = [createMemoryStore(), new VirtualTime(1)];
  const [ann, ben] = [workers('ann'), workers('ben')];
  const broken = { ...ben.adapter(), cancel: () => Promise.reject(new Error('no line')) };
  const crew = { personas: { far: [ann.adapter(), broken] } };
  const died = await createRuntime({ store, time, crew });
  await (await died.start(two, { id: 'r' })).pause();
  await quiet();
  const runtime = await createRuntime({ store, time: new VirtualTime(time.now()), crew: { personas: { far: [ann.adapter(), broken] } } });
  await (await runtime.resume('r')).cancel('enough');
  await runtime.stop({ graceMs: 0 });
  expect(ann.heard.filter((word) => word.startsWith('cancel'))).toEqual(['cancel r/a#1', 'cancel r/b#1']);
});

test('work that is still wanted is left alone when its run leaves this process because the store fails', async () => {
  const store = createMemoryStore();
  let fails = false;
  const append: JournalStore['append'] = (run, batch) =>
    fails ? Promise.reject(new TroupeError('STORE_FENCED', 'somebody else writes here now')) : store.append(run, batch);
  const failing = new Proxy(store, { get: (target, key) => (key === 'append' ? append : Reflect.get(target, key)) });
  const { adapter, heard } = workers();
  const runtime = await createRuntime({ store: failing, time: new VirtualTime(1), crew: { personas: { far: adapter() } } });
  const run = await runtime.start(two, { id: 'r' });
  run.result().catch(() => {});
  await quiet();
  fails = true;
  await expect(run.signal('x', null)).rejects.toMatchObject({ code: 'STORE_FENCED' });
  await quiet();
  expect(heard).toEqual(['begin r/a#1', 'begin r/b#1', 'leave r/a#1', 'leave r/b#1']);
  await runtime.stop({ graceMs: 0 });
});
