// What agents use for which steps is learned, and known to the next process.
import { expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { readAgents } from '../../src/runtime/agent-history.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';

const workflow = (name: string) =>
  defineWorkflow({ name })
    .map('each', { over: '[1, 2]' }, (item) => item.step('write', { persona: 'writer' }))
    .build();

test('the next process knows it, by agent, workflow and step, and whoever looks at the store does', async () => {
  const store = createMemoryStore();
  let tokens = 100;
  const crew = {
    personas: {
      writer: () => {
        tokens += 100;
        return completed('done', { usage: { tokens } });
      },
    },
  };
  const ran = async (name: string) => {
    const runtime = await createRuntime({ store, crew, maxConcurrentTasks: 1 });
    await (await runtime.start(workflow(name))).result();
    const [agent] = runtime.agents();
    await runtime.stop();
    return agent?.uses;
  };
  expect(await ran('one')).toMatchObject([{ workflow: 'one', step: 'each/write', tokens: 0.7 * 200 + 0.3 * 300, calls: 2 }]);
  expect(await ran('two')).toMatchObject([
    { workflow: 'one', calls: 2 },
    { workflow: 'two', step: 'each/write', tokens: 0.7 * 400 + 0.3 * 500, calls: 2 },
  ]);
  const [view] = readAgents(store, 0);
  expect(view?.uses.map(({ workflow: name, calls }) => [name, calls])).toEqual([
    ['one', 2],
    ['two', 2],
  ]);
});

test('what cannot be read of it is not remembered', async () => {
  const store = createMemoryStore();
  const good = { workflow: 'w', agent: 'ann', step: 's', calls: 1, tokens: 5 };
  store.keep?.('usage', { format: 1, uses: [good, 1, { ...good, calls: 'x' }, { ...good, tokens: -1 }, {}] }, 'now');
  store.keep?.('agents', { ann: { record: { completed: 1, failed: 0, averageMs: 5, lastCompletedAt: 9 }, breaker: null } }, 'now');
  expect(readAgents(store, 0)).toMatchObject([{ id: 'ann', uses: [{ workflow: 'w', step: 's', calls: 1, tokens: 5 }] }]);
  store.keep?.('usage', { uses: 'none' }, 'now');
  expect(readAgents(store, 0)).toMatchObject([{ uses: [] }]);
});
