import { describe, expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { changeStoredLimits, readResources } from '../../src/runtime/resources-view.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { RuntimeOptions } from '../../src/runtime/runtime-contract.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { loaded } from '../definition/diagnosed.ts';

const workflow = loaded(`
name: big
limits: { memory_mb: 1000 }
steps:
  - { id: a, type: persona-request, persona: p, requires: { memory_mb: 600, tokens: 60, locks: db } }
  - { id: b, type: persona-request, persona: p, requires: { memory_mb: 600, tokens: 40 } }
`);

const hasty = loaded(`
name: hasty
limits: { memory_mb: 1000, tokens_per_minute: 60 }
steps:
  - { id: a, type: persona-request, persona: p, requires: { tokens: 60 } }
  - { id: b, type: persona-request, persona: p, dependencies: a, requires: { tokens: 20 } }
`);

/** A house whose tasks wait to be ended. */
async function aHouse(options: Partial<RuntimeOptions> = {}) {
  const ends: (() => void)[] = [];
  const perform = () => new Promise<object>((resolve) => ends.push(() => resolve({ ok: true, output: 1, usage: { tokens: 50 } })));
  const crew = createCrew({ personas: { p: { id: 'worker', perform: perform as never } } });
  const store = createMemoryStore();
  const time = new VirtualTime(0);
  const runtime = await createRuntime({ store, crew, time, limits: { tokens: 100 }, ...options });
  const turns = async () => {
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { runtime, store, turns, ends };
}

describe('what there is of resources', () => {
  test('is told with who has it, who waits and for what, and what was used up', async () => {
    const { runtime, turns, ends } = await aHouse();
    await runtime.start(workflow, { id: 'r1' });
    await turns();
    const { accounts, held, waiting } = runtime.resources();
    expect(accounts.map(({ title, limits, reserved }) => [title, limits, reserved])).toEqual([
      ['the runtime', { tokens: 100 }, { memoryMb: 600, tokens: 60 }],
      ['run r1', { memoryMb: 1000 }, { memoryMb: 600, tokens: 60 }],
    ]);
    expect(held).toEqual([
      { lease: 'r1/a#1', task: 'r1/a#1', since: 0, amounts: { memoryMb: 600, tokens: 60 }, locks: [{ name: 'db', mode: 'exclusive' }] },
    ]);
    expect(waiting).toMatchObject([{ task: 'r1/b#1', why: '600 MB of memory within run r1, where 400 of 1,000 are left' }]);
    ends[0]?.();
    await turns();
    ends[1]?.();
    await turns();
    expect(runtime.resources()).toMatchObject({
      accounts: [{ name: 'runtime', spent: 100, reserved: { memoryMb: 0 } }],
      held: [],
      waiting: [],
    });
    await runtime.stop();
  });

  test('can be raised while the house is at work, and is known where nobody is', async () => {
    const { runtime, store, turns, ends } = await aHouse();
    await runtime.start(workflow, { id: 'r1' });
    await turns();
    expect(ends).toHaveLength(1);
    runtime.limit('run/r1', { memoryMb: 1_200 });
    await turns();
    expect(ends).toHaveLength(2);
    expect(() => runtime.limit('runtime', { memoryMb: 5 })).toThrow('the runtime has no limit on memory');
    expect(() => runtime.limit('run/else', { tokens: 5 })).toThrow('run else has no limit on tokens');
    expect(() => runtime.limit('runtime', { tokens: -5 })).toThrow('the runtime cannot have -5 of tokens');
    for (const end of ends) end();
    await turns();
    await runtime.stop();
    expect(readResources(store, 0).accounts).toMatchObject([{ title: 'the runtime', limits: { tokens: 100 }, spent: 100 }]);
    changeStoredLimits(store, 'runtime', { tokens: 300 }, 0);
    expect(readResources(store, 0).accounts).toMatchObject([{ limits: { tokens: 300 }, spent: 100 }]);
    const next = await createRuntime({ store, limits: { tokens: 100 } });
    expect(next.resources().accounts).toMatchObject([{ limits: { tokens: 300 }, spent: 100 }]);
    await next.stop();
    const other = await createRuntime({ store, limits: { tokens: 500 } });
    expect(other.resources().accounts).toMatchObject([{ limits: { tokens: 500 } }]);
    await other.stop();
  });

  test('goes with a run from one process to the next: the minute that it has used, and limits that it was given', async () => {
    const store = createMemoryStore();
    const time = new VirtualTime(0);
    const lives = async () => {
      const { runtime, turns, ends } = await aHouse({ store, time });
      await runtime.resumeAll();
      await turns();
      return { runtime, turns, ends };
    };
    const first = await lives();
    await first.runtime.start(hasty, { id: 'r1' });
    await first.turns();
    first.ends[0]?.();
    await first.turns();
    first.runtime.limit('run/r1', { memoryMb: 1_200 });
    await first.runtime.stop();
    const second = await lives();
    expect(second.runtime.resources()).toMatchObject({
      accounts: [{}, { name: 'run/r1', limits: { memoryMb: 1_200, tokensPerMinute: 60 }, tokensPerMinute: 50 }],
      waiting: [{ task: 'r1/b#1', why: '20 tokens per minute within run r1, where 10 of 60 are left' }],
    });
    time.advance();
    await second.turns();
    second.ends[0]?.();
    await second.turns();
    expect(second.runtime.resources().accounts).toMatchObject([{ name: 'runtime' }]);
    await second.runtime.stop();
  });
});
