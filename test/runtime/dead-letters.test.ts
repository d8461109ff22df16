import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { JournalStore } from '../../src/protocol/journal.ts';
import { dropStoredLetter, readDeadLetters } from '../../src/runtime/dead-letters.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';
import { plainPlays } from './random-workflow.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 60;

const crew = (script: Parameters<typeof scriptedAgent>[1]) => ({ stepTypes: { work: scriptedAgent('player', script) } });

/** A store that says which journals were read. */
function watched(store: JournalStore): { readonly store: JournalStore; readonly reads: string[] } {
  const reads: string[] = [];
  const read = (run: string) => {
    reads.push(run);
    return store.read(run);
  };
  return {
    store: new Proxy(store, { get: (of, key) => (key === 'read' ? read : (Reflect.get(of, key).bind?.(of) ?? Reflect.get(of, key))) }),
    reads,
  };
}

async function failedRun(store: JournalStore, id: string): Promise<void> {
  const runtime = await createRuntime({ store, crew: crew({ a: { fail: 'no' }, '*': { output: 1 } }) });
  await (await runtime.start(workflowOf([task('a'), task('b', { dependencies: ['a'] }), task('c')]), { id })).result();
  await runtime.stop();
}

describe('tasks that have failed for good', () => {
  test('are letters of every run of the store, and no journal of an ended run is read for them', async () => {
    const { store, reads } = watched(createMemoryStore());
    for (const id of ['one', 'two', 'three']) await failedRun(store, id);
    reads.length = 0;
    expect((await readDeadLetters(store)).map(({ letter, kind, failure, reason }) => [letter, kind, failure, reason])).toEqual(
      ['one', 'two', 'three'].map((run) => [`${run}/a#1`, 'task', 'agent.error', 'no']),
    );
    expect(reads).toEqual([]);
  });

  test('that are put aside stay so when their run goes on, and are refused from then on', async () => {
    const store = createMemoryStore();
    await failedRun(store, 'r');
    const dropped = await dropStoredLetter(store, 'r/a#1', { by: 'ann', reason: 'done by hand' }, 99);
    expect(dropped.dropped).toMatchObject({ by: 'ann', reason: 'done by hand' });
    expect(await readDeadLetters(store)).toEqual([]);
    await expect(dropStoredLetter(store, 'r/a#1', { by: 'ben' }, 100)).rejects.toMatchObject({ code: 'LETTER_CLOSED' });
    const runtime = await createRuntime({ store, crew: crew({ '*': { fail: 'still not' } }) });
    await expect(runtime.deadLetters.retry('r/a#1')).rejects.toMatchObject({ code: 'LETTER_CLOSED' });
    await (await runtime.retry('r')).result();
    // It has failed again: that is another letter.
    expect((await runtime.deadLetters.list()).map(({ letter }) => letter)).toEqual(['r/a#2']);
    await expect(runtime.deadLetters.find('r/a#1')).rejects.toMatchObject({ code: 'LETTER_NOT_FOUND', hint: 'did you mean "r/a#2"?' });
    await runtime.stop();
  });

  test('that are tried again run once, with what depends on them', async () => {
    const store = createMemoryStore();
    await failedRun(store, 'r');
    const runtime = await createRuntime({ store, crew: crew({ '*': { output: 1 } }) });
    const run = await runtime.deadLetters.retry('r/a#1');
    const { status } = await run.result();
    expect(status).toBe('completed');
    await expect(runtime.deadLetters.retry('r/a#1')).rejects.toMatchObject({ code: 'LETTER_NOT_FOUND' });
    const begun = (await store.read('r')).flatMap(({ intents }) => intents.flatMap(([kind, id]) => (kind === 'task.start' ? [id] : [])));
    expect(begun.sort()).toEqual(['a#1', 'a#2', 'b#1', 'c#1']);
    await runtime.stop();
  });
});

describe('messages that nobody could be given', () => {
  test('are sent again under another id, once, and refused when their run has ended', async () => {
    const store = createMemoryStore();
    const runtime = await createRuntime({ store, crew: crew({ '*': { output: 1 } }) });
    const gate = { kind: 'signal', id: 'go', name: 'go', type: 'wait', dependencies: [], signal: 'go' } as const;
    const run = await runtime.start(workflowOf([gate, task('late', { dependencies: ['go'] })]), { id: 'r' });
    const sent = await run.send('nobody', { hello: 1 });
    const [letter] = await runtime.deadLetters.list();
    expect(letter).toMatchObject({ letter: `r/${sent}`, kind: 'message', to: 'nobody' });
    await runtime.deadLetters.retry(`r/${sent}`);
    await expect(runtime.deadLetters.retry(`r/${sent}`)).rejects.toMatchObject({ code: 'LETTER_CLOSED' });
    const all = await runtime.deadLetters.list({ all: true });
    expect(all.map(({ id, sentAgainAs }) => [id, sentAgainAs])).toEqual([
      [sent, all[1]?.id],
      [all[1]?.id, null],
    ]);
    await runtime.deadLetters.drop(all[1]?.letter ?? '', { by: 'ann' });
    expect(await runtime.deadLetters.list()).toEqual([]);
    const other = await run.send('nobody', 2);
    await run.signal('go');
    await run.result();
    await expect(runtime.deadLetters.retry(`r/${other}`)).rejects.toMatchObject({ code: 'RUN_ENDED' });
    await runtime.stop();
  });
});

test('every task that has failed is a letter, whatever the run; once all are put aside, none is ever listed again', async () => {
  await fc.assert(
    fc.asyncProperty(plainPlays({ anyJoins: true }), async (play) => {
      const end = await simulate(play.workflow, {
        crew: { personas: { '*': scriptedAgent('player', play.script) } },
        maxConcurrency: play.maxConcurrency,
      });
      const store = createMemoryStore();
      await store.putDefinition(startedBy(end.journal), JSON.parse(JSON.stringify(end.workflow)));
      for (const batch of end.journal) await store.append('simulation', batch);
      const letters = await readDeadLetters(store);
      const failed = end.view.steps.filter(
        ({ path, type, outcome }) => outcome === 'failed' && type === 'work' && path !== 'note' && isTask(end.workflow, path),
      );
      expect(letters.map(({ from }) => from).sort()).toEqual(failed.map(({ path }) => path).sort());
      for (const { letter } of letters) await dropStoredLetter(store, letter, { by: 'ann' }, 0);
      expect(await readDeadLetters(store)).toEqual([]);
      expect(await readDeadLetters(store, { all: true })).toHaveLength(letters.length);
    }),
    { numRuns: RUNS },
  );
});

function startedBy([first]: Awaited<ReturnType<typeof simulate>>['journal']): string {
  return first?.fact.type === 'run.started' ? first.fact.definition : '';
}

function isTask({ steps }: Awaited<ReturnType<typeof simulate>>['workflow'], path: string): boolean {
  return steps.some((step) =>
    step.kind === 'group'
      ? isTask({ steps: step.steps } as never, path)
      : step.kind === 'choice'
        ? isTask({ steps: [...step.then, ...step.otherwise] } as never, path)
        : step.id === path && step.kind === 'task',
  );
}
