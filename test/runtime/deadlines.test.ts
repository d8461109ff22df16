import { expect, test } from 'vitest';
import { createRuntime, type Work } from '../../src/index.ts';
import { simulate, VirtualTime } from '../../src/testing/index.ts';
import { loaded } from '../definition/diagnosed.ts';

// How long one step has taken says nothing about another one.
const workflow = loaded(`
name: dues
on_failure: best_effort
steps:
  - { id: slow, type: persona-request, persona: p }
  - { id: early, type: persona-request, persona: p, dependencies: slow, requires: { deadline: 1m } }
  - { id: late, type: persona-request, persona: p, dependencies: slow, requires: { deadline: 2m } }
`);

test.each([0, 1_000_000, 1_790_000_000_000])('a deadline counts from the start of its run, whenever that is: %d', async (startAt) => {
  const slow = async ({ task, sleep }: { task: { step: string }; sleep: (ms: number) => Promise<void> }) => {
    await sleep(task.step === 'slow' ? 90_000 : 0);
    return 'done';
  };
  const { history, view } = await simulate(workflow, { startAt, crew: { personas: { p: slow } } });
  expect(history).toEqual([
    ['slow', 'completed'],
    ['early', 'failed'],
    ['late', 'completed'],
  ]);
  expect(view.steps.find(({ path }) => path === 'early')?.error?.code).toBe('DEADLINE_UNREACHABLE');
});

test('a deadline that is too near for a step is told before it begins, by how long that step took before', async () => {
  const time = new VirtualTime();
  const begun: string[] = [];
  const crew = {
    personas: {
      p: async ({ task, sleep }: Work) => {
        begun.push(task.key);
        await sleep(90_000);
        return 'done';
      },
    },
  };
  const runtime = await createRuntime({ time, crew });
  const long = loaded(`
name: long
steps: [{ id: a, type: persona-request, persona: p, requires: { deadline: 1m } }]
`);
  const codes: unknown[] = [];
  for (const id of ['first', 'second']) {
    let over = false;
    const result = (await runtime.start(long, { id })).result().finally(() => {
      over = true;
    });
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      time.advance();
    }
    codes.push((await result).error?.code ?? null);
  }
  expect([codes, begun]).toEqual([[null, 'DEADLINE_UNREACHABLE'], ['first/a#1']]);
  await runtime.stop();
});
