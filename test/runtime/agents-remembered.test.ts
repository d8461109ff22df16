// What is learned of agents is written down while they work, not only when a run has ended: a process may die at any moment.
import { afterEach, expect, test, vi } from 'vitest';
import { createRuntime, readAgents } from '../../src/index.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { task, workflowOf } from './linear.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a second after an attempt has ended its store knows of it, though its run goes on', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const store = createMemoryStore();
  const crew = { personas: { quick: async () => 'done', slow: () => new Promise<never>(() => {}) } };
  const runtime = await createRuntime({ store, crew });
  await runtime.start(workflowOf([task('a', { persona: 'quick' }), task('b', { persona: 'slow' })]), { id: 'r' });
  const known = () => readAgents(store, 0).map(({ id, completed, uses }) => [id, completed, uses.map(({ step, calls }) => [step, calls])]);
  await vi.advanceTimersByTimeAsync(999);
  expect(known()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(known()).toEqual([['quick', 1, [['a', 1]]]]);
  await runtime.stop({ graceMs: 0 });
});
