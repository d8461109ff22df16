import { describe, expect, test } from 'vitest';
import { listRuns } from '../../src/runtime/list-runs.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { workflowOf } from './linear.ts';
import { gate, watched } from './waiting.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A store in which runs wait, left by a host that died. */
async function left(timeouts: readonly (number | null)[]) {
  const inner = createMemoryStore();
  const time = new VirtualTime();
  const runtime = await createRuntime({ store: inner, time, passivateAfterMs: 10 });
  for (const [i, timeout] of timeouts.entries()) {
    const gates = workflowOf([gate('go', timeout === null ? {} : { timeout }), gate('on', { dependencies: ['go'] })]);
    await runtime.start(gates, { id: `r${i}` });
  }
  time.advance();
  return watched(inner);
}

describe('runs that wait, in a store that another host left', () => {
  test('are taken up and listed without being folded', async () => {
    const { store, woken, read } = await left([null, 9_000]);
    expect(await listRuns(store, 20)).toMatchObject([
      { awaits: [{ step: 'go', signal: 'go' }], summary: { waiting: { dueAt: null } } },
      { awaits: [{ step: 'go', signal: 'go' }], summary: { waiting: { dueAt: 9_000 } } },
    ]);
    const time = new VirtualTime(20);
    const runtime = await createRuntime({ store, time });
    const { resumed, failed } = await runtime.resumeAll();
    expect([resumed.length, failed]).toEqual([2, []]);
    expect([woken, read]).toEqual([[], []]);
    await resumed[0]?.signal('go', 'late');
    expect([woken, read]).toEqual([['r0'], []]);
    expect(runtime.run('r0')?.state().steps).toMatchObject([{ outcome: 'completed' }, { state: 'awaitingSignal' }]);
    while (time.advance()) await turn();
    expect((await store.read('r1')).map(({ fact }) => [fact.type, fact.at])).toEqual([
      ['run.started', 0],
      ['timer.due', 9_000],
    ]);
    await runtime.stop();
  });

  test('go on as after a crash when their time came while no host was there', async () => {
    const { store } = await left([9_000]);
    const runtime = await createRuntime({ store, time: new VirtualTime(50_000) });
    const { resumed } = await runtime.resumeAll();
    expect((await resumed[0]?.result())?.status).toBe('failed');
    expect((await store.read('r0')).map(({ fact }) => [fact.type, fact.at])).toEqual([
      ['run.started', 0],
      ['run.recovered', 50_000],
    ]);
    await runtime.stop();
  });

  test('are folded where they have gone on since: no timer and no signal is lost', async () => {
    const { store, read } = await left([9_000]);
    await store.append('r0', { n: 1, fact: { type: 'signal.received', at: 100, name: 'go', payload: null }, intents: [] });
    expect(await listRuns(store, 200)).toMatchObject([{ awaits: [{ step: 'on', signal: 'on' }] }]);
    expect(read).toEqual(['r0']);
    const runtime = await createRuntime({ store, time: new VirtualTime(200) });
    const { resumed } = await runtime.resumeAll();
    expect(resumed[0]?.state().steps).toMatchObject([{ outcome: 'completed' }, { state: 'awaitingSignal' }]);
    await runtime.stop();
  });
});
