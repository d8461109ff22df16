import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { JournalStore } from '../../src/protocol/journal.ts';
import { awaitedSignals } from '../../src/runtime/awaited-signals.ts';
import { findRun } from '../../src/runtime/find-run.ts';
import { listRuns } from '../../src/runtime/list-runs.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';

const storeWith = (...runs: string[]): JournalStore => ({ ...createMemoryStore(), location: 'here', runs: async () => runs });

describe('finding a run', () => {
  const store = storeWith('release-1', 'release-12', 'nightly');

  it.each([
    ['release-1', 'release-1'],
    ['release-12', 'release-12'],
    ['n', 'nightly'],
    ['latest', 'nightly'],
  ])('%s means %s: a whole id first, then the only one that begins so', async (meant, id) => {
    expect(await findRun(store, meant)).toBe(id);
  });

  it('a run may even be called latest', async () => {
    expect(await findRun(storeWith('latest', 'b'), 'latest')).toBe('latest');
  });

  it.each([
    ['release', 'write more of the id: release-1, release-12'],
    ['nihgtly', 'did you mean "nightly"?'],
    ['zzz', 'list the runs of the store'],
    ['', 'list the runs of the store'],
  ])('%j is nobody, and the hint says what to do', async (meant, hint) => {
    await expect(findRun(store, meant)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND', hint });
  });

  it('in a store without runs nothing is found', async () => {
    await expect(findRun(storeWith(), 'latest')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});

describe('listing runs', () => {
  const { workflow } = loadWorkflowSync(`name: w
steps:
  - {id: work, type: persona-request, persona: p}
  - {id: ask, type: wait-for-signal, signal: go}
`);

  it('says what a run waits for only when nothing else can happen in it, and lists a run that cannot be read with its error', async () => {
    const store = createMemoryStore();
    let finish: () => void = () => {};
    const work = new Promise<null>((resolve) => {
      finish = () => resolve(null);
    });
    const runtime = await createRuntime({ store, crew: { personas: { p: () => work } } });
    const run = await runtime.start(workflow!, { id: 'x' });
    expect(awaitedSignals(run.state())).toEqual([]);
    expect(await listRuns(store, 0)).toMatchObject([{ id: 'x', summary: { status: 'running' }, awaits: [], error: null }]);
    finish();
    for await (const event of run.events()) if (event.type === 'step.settled') break;
    expect(awaitedSignals(run.state())).toEqual([{ step: 'ask', signal: 'go' }]);
    await store.append('broken', { n: 0, fact: { type: 'timer.due', at: 0 }, intents: [] });
    expect(await listRuns(store, 0)).toMatchObject([
      { id: 'x', awaits: [{ step: 'ask', signal: 'go' }] },
      { id: 'broken', summary: null, error: { code: 'STORE_DAMAGED' } },
    ]);
    await run.pause();
    expect(awaitedSignals(run.state())).toEqual([]);
    await runtime.stop({ graceMs: 0 });
  });
});
