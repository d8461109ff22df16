// What a runtime does about shortages, and what people are asked; over restarts, too.
import { expect, test } from 'vitest';
import { completed } from '../../src/actors/answer.ts';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { readInbox } from '../../src/runtime/inbox.ts';
import { viewRun } from '../../src/runtime/recovery.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { RuntimeOptions } from '../../src/runtime/runtime-contract.ts';
import { answerStoredShortage, readShortages } from '../../src/runtime/shortage-document.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { settled } from '../actors/work.ts';

const workflow = defineWorkflow({ name: 'two' })
  .step('plan', { persona: 'writer', needs: { tokens: 600 } })
  .step('draft', { persona: 'writer', after: 'plan', needs: { tokens: 600 } })
  .build();
const begun: string[] = [];
const crew: RuntimeOptions['crew'] = {
  personas: {
    writer: ({ task }) => {
      begun.push(task.key);
      return completed(task.step, { usage: { tokens: 600 } });
    },
  },
};
const asking = { crew, limits: { tokens: 1_000 }, onShortage: ['wait', 'ask_person'] } as const;
const quiet = async () => {
  for (let turn = 0; turn < 20; turn += 1) await settled();
};

test('without anybody to ask a task fails for which too little is left', async () => {
  const runtime = await createRuntime({ crew, limits: { tokens: 1_000 } });
  const result = await (await runtime.start(workflow)).result();
  expect(result).toMatchObject({ status: 'failed', failedStep: 'draft', error: { code: 'RESOURCE_EXHAUSTED' } });
  await runtime.stop();
});

test('a person is asked in the inbox, and raises the limit by answering the step; later processes know it', async () => {
  const store = createMemoryStore();
  const runtime = await createRuntime({ store, ...asking });
  const run = await runtime.start(workflow, { id: 'r1' });
  await quiet();
  expect(runtime.shortages()).toMatchObject([
    { id: 'r1/draft#1', account: 'runtime', kind: 'tokens', needed: 600, limit: 1_000, lacking: 200 },
  ]);
  expect(await runtime.inbox()).toMatchObject([
    {
      run: 'r1',
      step: 'draft',
      question: { subject: 'the runtime lacks 200 tokens for draft of run r1: how many more are allowed?', values: { raise: 200 } },
    },
  ]);
  await expect(run.answer('draft', { by: 'ann', values: { raise: 100 } })).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
  expect(await run.answer('draft', { by: 'ann', values: { raise: 500 } })).toMatchObject({ outcome: 'taken', isOpen: false });
  expect(await run.result()).toMatchObject({ status: 'completed' });
  expect([runtime.shortages(), await runtime.inbox(), readShortages(store)]).toEqual([[], [], []]);
  await runtime.stop();

  const next = await createRuntime({ store, ...asking });
  const again = await next.start(workflow, { id: 'r2' });
  await quiet();
  expect(next.shortages()).toMatchObject([{ id: 'r2/plan#1', limit: 1_500, lacking: 300 }]);
  next.answerShortage('r2/plan#1', { refuse: 'enough is enough' });
  expect(await again.result()).toMatchObject({
    status: 'failed',
    failedStep: 'plan',
    error: { code: 'RESOURCE_EXHAUSTED', cause: { code: 'APPROVAL_REJECTED', message: 'enough is enough' } },
  });
  expect(() => next.answerShortage('r2/plan#1', { raise: 1_000 })).toThrow(expect.objectContaining({ code: 'ANSWER_REFUSED' }));
  await next.stop();
});

test.each([
  ['raised', { raise: 200 } as const, 'completed'],
  ['not raised', { refuse: 'no' } as const, 'failed'],
])('a question outlives the process, and is answered where nobody is at work: %s', async (_name, answer, status) => {
  const store = createMemoryStore();
  const first = await createRuntime({ store, ...asking });
  await first.start(workflow, { id: 'r1' });
  await quiet();
  await first.stop();
  expect((await readInbox(store, 0)).map(({ step }) => step)).toEqual(['draft']);
  expect((await viewRun(store, 'r1', 0)).steps.find(({ path }) => path === 'draft')?.question?.token).toBe('r1/draft#1!shortage');
  expect(() => answerStoredShortage(store, 'r1/plan#1', answer, 0)).toThrow(expect.objectContaining({ code: 'ANSWER_REFUSED' }));
  answerStoredShortage(store, 'r1/draft#1', answer, 0);
  expect(await readInbox(store, 0)).toEqual([]);
  begun.length = 0;
  const second = await createRuntime({ store, ...asking });
  expect(await (await second.resume('r1')).result()).toMatchObject({ status });
  expect([begun, second.shortages(), readShortages(store)]).toEqual([status === 'completed' ? ['r1/draft#1'] : [], [], []]);
  await second.stop();
});

test('after a death the same is asked again under the same id; nobody is asked once there is enough', async () => {
  const store = createMemoryStore();
  const dead = await createRuntime({ store, ...asking });
  await dead.start(workflow, { id: 'r1' });
  await quiet();
  const again = await createRuntime({ store, ...asking });
  await again.resume('r1');
  await quiet();
  expect(again.shortages().map(({ id }) => id)).toEqual(['r1/draft#1']);
  expect(readShortages(store)).toHaveLength(1);
  await again.stop();
  const rich = await createRuntime({ store, ...asking, limits: { tokens: 9_000 } });
  expect(await (await rich.resume('r1')).result()).toMatchObject({ status: 'completed' });
  expect(readShortages(store)).toEqual([]);
  await rich.stop();
});

test('where nobody is at work, what is raised for one question is no longer lacking in the others, but for what that one takes', async () => {
  const store = createMemoryStore();
  const first = await createRuntime({ store, ...asking, limits: { tokens: 500 } });
  const alone = defineWorkflow({ name: 'one' })
    .step('plan', { persona: 'writer', needs: { tokens: 600 } })
    .build();
  for (const id of ['r1', 'r2', 'r3']) await first.start(alone, { id });
  await quiet();
  await first.stop();
  const asked = () => readShortages(store).map(({ id, limit, lacking }) => [id, limit, lacking]);
  expect(asked()).toEqual(['r1', 'r2', 'r3'].map((run) => [`${run}/plan#1`, 500, 100]));
  answerStoredShortage(store, 'r1/plan#1', { raise: 100 }, 0);
  expect(asked()).toEqual(['r2', 'r3'].map((run) => [`${run}/plan#1`, 600, 600]));
  answerStoredShortage(store, 'r2/plan#1', { raise: 1_200 }, 0);
  expect(asked()).toEqual([]);
  begun.length = 0;
  const second = await createRuntime({ store, ...asking, limits: { tokens: 500 } });
  await second.resumeAll();
  await quiet();
  expect(begun).toEqual(['r1/plan#1', 'r2/plan#1', 'r3/plan#1']);
  await second.stop();
});

test('a limit that is raised without a word to the question answers it', async () => {
  const runtime = await createRuntime(asking);
  const run = await runtime.start(workflow);
  await quiet();
  expect(runtime.shortages()).toHaveLength(1);
  runtime.limit('runtime', { tokens: 1_100 });
  await quiet();
  expect(runtime.shortages()).toMatchObject([{ limit: 1_100, lacking: 100 }]);
  runtime.limit('runtime', { tokens: 1_200 });
  expect(await run.result()).toMatchObject({ status: 'completed' });
  await runtime.stop();
});

test("a question of a former attempt is nobody's once the run has ended, and a later attempt asks one of its own", async () => {
  const store = createMemoryStore();
  const first = await createRuntime({ store, ...asking });
  await first.start(workflow, { id: 'r1' });
  await quiet();
  await first.stop();
  answerStoredShortage(store, 'r1/draft#1', { refuse: 'too dear' }, 0);
  const other = await createRuntime({ store, crew: { personas: { writer: ({ sleep }) => sleep(60_000) } } });
  await (await other.resume('r1')).cancel();
  expect(store.kept?.('shortages')).toMatchObject({ open: [], refused: {} });
  await other.stop();

  const second = await createRuntime({ store, ...asking });
  await second.retry('r1');
  await quiet();
  expect(readShortages(store).map(({ id }) => id)).toEqual(['r1/draft#2']);
  await second.stop();

  const third = await createRuntime({ store, ...asking });
  await third.resume('r1');
  await quiet();
  await third.run('r1')?.cancel();
  expect([readShortages(store), third.shortages()]).toEqual([[], []]);
  await third.stop();
});

test.each([[{ open: [{}, 7, null, { id: 'r1/draft#1', run: 'r1' }], refused: { a: 5 } }], [{ open: {}, refused: [] }]])(
  'what somebody else has written into the document of questions is left out: %j',
  async (document) => {
    const store = createMemoryStore();
    store.keep?.('shortages', document as never, 'now');
    const runtime = await createRuntime({ store, ...asking });
    await runtime.start(workflow, { id: 'r1' });
    await quiet();
    expect(readShortages(store).map(({ id }) => id)).toEqual(['r1/draft#1']);
    await runtime.run('r1')?.cancel();
    await runtime.stop();
  },
);

test('a way that there is not is refused', async () => {
  await expect(createRuntime({ onShortage: ['pray' as never] })).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
});
