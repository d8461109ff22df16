import { describe, expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { readResources } from '../../src/runtime/resources-view.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { RuntimeOptions } from '../../src/runtime/runtime-contract.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { loaded } from '../definition/diagnosed.ts';

const costly = loaded(`
name: costly
steps:
  - { id: a, type: persona-request, persona: p, requires: { tokens: 600 } }
`);
const locked = loaded(`
name: locked
steps:
  - { id: a, type: persona-request, persona: p, requires: { locks: db } }
`);

/** Two runtimes over one store, whose tasks wait to be ended. */
async function twoHouses(options: Partial<RuntimeOptions> = {}) {
  const ends = new Map<string, () => void>();
  const store = createMemoryStore();
  const perform = ({ key }: { key: string }) =>
    new Promise<object>((resolve) => ends.set(key, () => resolve({ ok: true, output: 1, usage: { tokens: 600 } })));
  const crew = () => createCrew({ personas: { p: { id: 'worker', perform: perform as never } } });
  const first = await createRuntime({ store, crew: crew(), ...options });
  const second = await createRuntime({ store, crew: crew(), ...options, beside: first });
  const turns = async () => {
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { store, first, second, turns, ends };
}

describe('two runtimes beside each other on one store', () => {
  test('have one budget, and one record of what is used of it', async () => {
    const { store, first, second, turns, ends } = await twoHouses({ limits: { tokens: 1_000 } });
    await first.start(costly, { id: 'one' });
    const two = await second.start(costly, { id: 'two' });
    await turns();
    expect([...ends.keys()]).toEqual(['one/a#1']);
    expect(second.resources()).toMatchObject({ held: [{ task: 'one/a#1' }], waiting: [{ task: 'two/a#1' }] });
    ends.get('one/a#1')?.();
    await turns();
    expect((await two.result()).error?.code).toBe('RESOURCE_EXHAUSTED');
    await first.stop();
    expect(second.resources().accounts).toMatchObject([{ spent: 600 }]);
    await second.stop();
    expect(readResources(store, 0).accounts).toMatchObject([{ spent: 600, inDoubt: 0, limits: { tokens: 1_000 } }]);
  });

  test('have the same locks, and go on when the other one has left', async () => {
    const { first, second, turns, ends } = await twoHouses();
    await first.start(locked, { id: 'one' });
    await second.start(locked, { id: 'two' });
    await turns();
    expect([...ends.keys()]).toEqual(['one/a#1']);
    await first.stop({ graceMs: 0 });
    await turns();
    expect([...ends.keys()]).toEqual(['one/a#1', 'two/a#1']);
    ends.get('two/a#1')?.();
    await second.run('two')?.result();
    await second.stop();
  });

  test('hear of a limit that is raised in either of them', async () => {
    const { first, second, turns, ends } = await twoHouses({ limits: { tokens: 500 }, onShortage: ['ask_person'] });
    await first.start(costly, { id: 'one' });
    await second.start(costly, { id: 'two' });
    await turns();
    expect([first.shortages(), second.shortages()]).toMatchObject([[{ id: 'one/a#1' }], [{ id: 'two/a#1' }]]);
    first.answerShortage('one/a#1', { raise: 1_000 });
    await turns();
    expect([[...ends.keys()].sort(), first.shortages(), second.shortages()]).toEqual([['one/a#1', 'two/a#1'], [], []]);
    for (const end of ends.values()) end();
    await turns();
    await Promise.all([first.stop(), second.stop()]);
  });

  test('must be on the same store', async () => {
    const first = await createRuntime();
    await expect(createRuntime({ beside: first })).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
    await first.stop();
  });
});
