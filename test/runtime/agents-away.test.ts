// A run whose agents are all away does not wait in silence: it says for whom, and why they take nothing; people can send them back to work.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Agent, createRuntime, type Runtime } from '../../src/index.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { task, workflowOf } from './linear.ts';

let time = new VirtualTime(1);
let store = createMemoryStore();
beforeEach(() => {
  time = new VirtualTime(1);
  store = createMemoryStore();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => void vi.useRealTimers());

/** Lets everything happen that does so within that many ms. */
async function passed(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  while (time.advance()) for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** One that cannot be started as long as `isBroken` says so. */
const starter = (id: string, isBroken: () => boolean, capacity = 1): Agent => ({
  id,
  capacity,
  start: async () => {
    if (isBroken()) throw new Error('no key');
  },
  perform: async () => ({ ok: true, output: id }),
});

const one = workflowOf([task('a', { persona: 'coder' })]);
const two = workflowOf([task('a', { persona: 'coder' }), task('b', { persona: 'coder' })]);
const runtimeOf = (coder: readonly Agent[], more: { whenAway?: 'fail' } = {}): Promise<Runtime> =>
  createRuntime({ store, time, crew: { personas: { coder } }, ...more });

const facts = async () => (await store.read('r')).map(({ fact }) => fact);

test('an agent that cannot be started is given up after three more tries: each task that waits for it says so, until a person has it start', async () => {
  let broken = true;
  const runtime = await runtimeOf([starter('ann', () => broken)]);
  await passed(10_000);
  expect(runtime.agents()).toMatchObject([{ id: 'ann', state: 'offline', away: 'it has broken too often and is offline: no key' }]);
  const run = await runtime.start(two, { id: 'r' });
  await passed(1);
  const why = 'attempt 1 waits for an agent, all of whom are away (ann: it has broken too often and is offline: no key)';
  expect(run.state().steps.map((step) => step.why)).toEqual([why, why]);
  broken = false;
  runtime.instruct('ann', { do: 'resume' });
  await passed(1);
  expect(await run.result()).toMatchObject({ status: 'completed', outputs: { a: 'ann', b: 'ann' } });
  expect((await facts()).filter(({ type }) => type === 'task.held_back')).toHaveLength(2);
  await runtime.stop();
});

test('whoever waits already is told when the last agent gives up; where nobody waits for agents, it fails', async () => {
  const waits = await runtimeOf([starter('ann', () => true)]);
  const run = await waits.start(one, { id: 'r' });
  await passed(10_000);
  expect(run.state().steps[0]?.why).toContain('ann: it has broken too often and is offline: no key');
  await waits.stop({ graceMs: 0 });

  store = createMemoryStore();
  const fails = await runtimeOf([starter('ann', () => true)], { whenAway: 'fail' });
  await passed(10_000);
  const failed = await fails.start(one, { id: 'r' });
  await passed(1);
  expect(await failed.result()).toMatchObject({ status: 'failed', error: { code: 'NO_AVAILABLE_AGENT' } });
  await fails.stop();
});

test('one that is getting ready is not away: nobody fails for it, and nobody is told', async () => {
  const runtime = await runtimeOf([starter('ann', () => false)], { whenAway: 'fail' });
  const run = await runtime.start(one, { id: 'r' });
  await passed(1);
  expect(await run.result()).toMatchObject({ status: 'completed' });
  expect((await facts()).map(({ type }) => type)).not.toContain('task.held_back');
  await runtime.stop();
});

test('where somebody is there who is only busy, nothing is told', async () => {
  const busy: Agent = { id: 'ben', capacity: 1, perform: () => new Promise(() => {}) };
  const runtime = await runtimeOf([starter('ann', () => true), busy]);
  await passed(10_000);
  const run = await runtime.start(two, { id: 'r' });
  await passed(1);
  expect(run.state().steps.map(({ why }) => why?.split(' ').slice(0, 3).join(' '))).toEqual(['attempt 1 is', 'waits for a']);
  expect((await facts()).map(({ type }) => type)).not.toContain('task.held_back');
  await runtime.stop({ graceMs: 0 });
});
