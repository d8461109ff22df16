// What is known of agents outlives the process that learned it, and a person can see to one of them.
import { expect, test } from 'vitest';
import { type Agent, createCrew, createRuntime, type Runtime } from '../../src/index.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { task, workflowOf } from './linear.ts';

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 9; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Works for a second; breaks as long as `isBroken` says so. */
const worker = (id: string, isBroken: () => boolean, more: Partial<Agent> = {}): Agent => ({
  id,
  capacity: 1,
  async perform(_task, { sleep }) {
    await sleep(1_000);
    if (isBroken()) throw new Error('it broke');
    return { ok: true, output: id };
  },
  ...more,
});

const one = workflowOf([task('a', { persona: 'coder' })]);

/** Starts a run, and lets time pass until nothing more happens before `until`. */
async function ran(runtime: Runtime, time: VirtualTime, id: string, until = Number.POSITIVE_INFINITY): Promise<void> {
  const run = await runtime.start(one, { id });
  const isOver = () => run.state().status !== 'running';
  await quiet();
  while (!isOver() && time.now() < until && time.advance()) await quiet();
}

const open = (runtime: Runtime) => runtime.agents().map(({ id, completed, failed, breaker }) => [id, completed, failed, breaker?.state]);

test('records and circuit breakers survive: an open one rests until the same moment, whoever opened it', async () => {
  const store = createMemoryStore();
  const time = new VirtualTime(1_000_000);
  let broken = true;
  const crew = () => ({ personas: { coder: worker('ann', () => broken, { breaker: { failures: 1, coolMs: 60_000, successes: 1 } }) } });
  const first = await createRuntime({ store, time, crew: crew() });
  await ran(first, time, 'r1');
  expect(open(first)).toEqual([['ann', 0, 1, 'open']]);
  expect(first.agents()[0]?.breaker).toEqual({ state: 'open', failures: 1, openedAt: 1_001_000, triedAt: 1_061_000 });
  await first.stop({ graceMs: 0 });

  broken = false;
  const second = await createRuntime({ store, time, crew: crew() });
  expect(open(second)).toEqual([['ann', 0, 1, 'open']]);
  expect(second.agents()[0]?.breaker?.triedAt).toBe(1_061_000);
  await ran(second, time, 'r2');
  expect(time.now()).toBe(1_062_000);
  expect(open(second)).toEqual([['ann', 1, 1, 'closed']]);
  await second.stop();
});

test('an opened circuit breaker is remembered at once, by a process that is killed, too; other agents are not forgotten', async () => {
  const store = createMemoryStore();
  const time = new VirtualTime(1_000_000);
  const other = await createRuntime({ store, time, crew: { personas: { coder: worker('ben', () => false) } } });
  await ran(other, time, 'r0');
  await other.stop();
  const long = workflowOf([task('a', { persona: 'coder' }), task('b', { persona: 'sleeper' })]);
  const killed = await createRuntime({
    store,
    time,
    crew: { personas: { coder: worker('ann', () => true, { breaker: { failures: 1 } }), sleeper: () => new Promise(() => {}) } },
  });
  const run = await killed.start(long, { id: 'r1' });
  await quiet();
  time.advance();
  await quiet();
  expect(run.state().status).toBe('running');
  const after = await createRuntime({ store, time: new VirtualTime(time.now()), crew: {} });
  expect(after.agents()).toMatchObject([
    { id: 'ann', state: 'absent', failed: 1, successRate: 0, breaker: { state: 'open' } },
    { id: 'ben', state: 'absent', completed: 1, averageMs: 1_000, successRate: 1, breaker: null },
  ]);
  await after.stop();
});

test('a person closes a circuit breaker, for later processes, too, and gives an agent nothing more until they say so', async () => {
  const store = createMemoryStore();
  const time = new VirtualTime(1_000_000);
  const crew = () => ({ personas: { coder: worker('ann', () => true, { breaker: { failures: 1 } }) } });
  const first = await createRuntime({ store, time, crew: crew() });
  await ran(first, time, 'r1');
  first.instruct('ann', { do: 'drain', reason: 'on leave' });
  expect(first.agents()).toMatchObject([{ state: 'maintenance', away: 'it is under maintenance: on leave' }]);
  await ran(first, time, 'r2', time.now() + 10_000);
  expect([first.agents()[0]?.failed, (await first.view('r2')).status]).toEqual([1, 'running']);
  first.instruct('ann', { do: 'reset' });
  first.instruct('ann', { do: 'resume' });
  await quiet();
  expect(first.agents()).toMatchObject([{ state: 'busy', tasks: ['r2/a#1'], breaker: { state: 'closed' } }]);
  expect(() => first.instruct('anne', { do: 'resume' })).toThrow(
    expect.objectContaining({ code: 'AGENT_NOT_FOUND', hint: 'did you mean "ann"?' }),
  );
  const second = await createRuntime({ store, time, crew: crew() });
  expect(second.agents()).toMatchObject([{ failed: 1, breaker: { state: 'closed', failures: 0 } }]);
  await Promise.all([first.stop({ graceMs: 0 }), second.stop()]);
});

test('what cannot be read of the memory is not remembered, and hurts nobody', async () => {
  const store = createMemoryStore();
  store.keep?.(
    'agents',
    {
      ann: 1,
      ben: { record: { completed: 'x' } },
      cleo: { record: { completed: 1, failed: 0, averageMs: 5, lastCompletedAt: 9 }, breaker: null },
    },
    'now',
  );
  const runtime = await createRuntime({ store, crew: { personas: { coder: worker('ann', () => false) } } });
  expect(runtime.agents()).toMatchObject([
    { id: 'ann', completed: 0 },
    { id: 'cleo', completed: 1 },
  ]);
  await runtime.stop();
});

test('one that leaves and is followed by another of its id leaves behind what is known of it', async () => {
  const crew = createCrew({ personas: { coder: worker('ann', () => false) } });
  const time = new VirtualTime(1_000_000);
  const runtime = await createRuntime({ store: createMemoryStore(), time, crew });
  await ran(runtime, time, 'r1');
  await crew.unregister('ann');
  crew.register(
    worker('ann', () => false),
    { personas: ['coder'] },
  );
  await ran(runtime, time, 'r2');
  expect(runtime.agents()).toMatchObject([{ id: 'ann', completed: 2 }]);
  await runtime.stop();
  await crew.close();
});
