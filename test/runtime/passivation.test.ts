import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import type { JournalStore } from '../../src/protocol/journal.ts';
import type { RunEvent } from '../../src/runtime/run-event.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { task, workflowOf } from './linear.ts';
import { plays } from './random-workflow.ts';
import { gate, watched } from './waiting.ts';

const crew = { stepTypes: { work: ({ task: { step } }: { task: { step: string } }) => ({ did: step }) } };

interface Done {
  readonly at: number;
  readonly do: (handle: RunHandle) => Promise<unknown>;
}

async function lived(
  workflow: Workflow,
  passivateAfterMs: number,
  options: { done?: readonly Done[]; crew?: object; places?: number } = {},
) {
  const time = new VirtualTime();
  const { store, woken } = watched();
  const runtime = await createRuntime({ store, time, crew: options.crew ?? crew, passivateAfterMs, maxConcurrentTasks: 1_000 });
  const handle = await runtime.start(workflow, { id: 'r', seed: 1, maxConcurrency: options.places ?? 5 });
  const told: RunEvent[] = [];
  const following = (async () => {
    for await (const event of handle.events({ coordination: true })) told.push(event);
  })();
  for (const { at, do: act } of options.done ?? []) time.alarm(at, () => void act(handle).catch(() => {}));
  await untilQuiet(handle, time, 5_000);
  const journal = await store.read('r');
  await runtime.stop({ graceMs: 0 });
  await following;
  return { journal, told, woken: woken.length };
}

describe('a run that waits and is dropped from memory', () => {
  test('goes as one that stays there: the same facts, at the same times, told the same', async () => {
    const acts = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 20_000 }), what: fc.constantFrom('pause', 'resume', 'signal', 'cancel') }),
      { maxLength: 4 },
    );
    let woken = 0;
    await fc.assert(
      fc.asyncProperty(plays({ anyJoins: true }), acts, async (play, chosen) => {
        const done = chosen.map(
          ({ at, what }): Done => ({ at, do: (run) => (what === 'signal' ? run.signal('go') : run[what as 'pause']()) }),
        );
        const workflow = { ...play.workflow, steps: [...play.workflow.steps, gate('go', { timeout: 9_000 })] };
        const options = { done, crew: { personas: { '*': scriptedAgent('player', play.script) } }, places: play.maxConcurrency };
        const stays = await lived(workflow, Number.POSITIVE_INFINITY, options);
        const dropped = await lived(workflow, 0, options);
        woken += dropped.woken;
        expect(dropped.journal).toEqual(stays.journal);
        expect(dropped.told).toEqual(stays.told);
        expect(stays.woken).toBe(0);
      }),
      { numRuns: 60 },
    );
    expect(woken).toBeGreaterThan(60);
  });

  test('takes a signal once, and nobody who listens misses anything', async () => {
    const workflow = workflowOf([gate('go'), task('after', { dependencies: ['go'] })]);
    const { journal, told, woken } = await lived(workflow, 10, { done: [{ at: 500, do: (run) => run.signal('go', 'now') }] });
    expect(woken).toBe(1);
    expect(journal.map(({ fact }) => fact.type)).toEqual(['run.started', 'signal.received', 'task.completed']);
    expect(told.filter(({ type }) => type === 'step.settled')).toMatchObject([{ step: 'go' }, { step: 'after' }]);
    expect(told.at(-1)).toMatchObject({ type: 'run.ended', status: 'completed' });
  });

  test('keeps a signal that comes before anybody waits for it', async () => {
    const workflow = workflowOf([gate('first'), gate('second', { dependencies: ['first'] })]);
    const done = ['second', 'first'].map((name, i) => ({ at: 100 * (i + 1), do: (run: RunHandle) => run.signal(name, name) }));
    const { told } = await lived(workflow, 10, { done });
    expect(told.at(-1)).toMatchObject({ status: 'completed', at: 200 });
  });

  test('is woken when its time has come, neither late nor twice, weeks later too', async () => {
    const weeks = 60 * 24 * 3_600_000;
    const { journal, woken } = await lived(workflowOf([gate('go', { timeout: weeks })]), 10);
    expect(journal.map(({ fact }) => [fact.type, fact.at])).toEqual([
      ['run.started', 0],
      ['timer.due', weeks],
    ]);
    expect(woken).toBe(1);
  });

  test('can be looked at, and rests again', async () => {
    const time = new VirtualTime();
    const { store, woken } = watched();
    const runtime = await createRuntime({ store, time, crew, passivateAfterMs: 10 });
    const handle = await runtime.start(workflowOf([gate('go', { timeout: 5_000 })]), { id: 'r' });
    for (let look = 1; look <= 3; look++) {
      expect(time.advance()).toBe(true);
      expect(handle.state().steps[0]).toMatchObject({ state: 'awaitingSignal', signal: 'go' });
      expect(woken).toHaveLength(look);
    }
    expect(time.advance()).toBe(true);
    expect(await runtime.list()).toMatchObject([
      { id: 'r', waiting: { batches: 1, dueAt: 5_000, awaits: [{ step: 'go', signal: 'go' }] } },
    ]);
    expect(woken).toHaveLength(3);
    await runtime.stop();
  });

  test('stays in memory where its store cannot be read at once', async () => {
    const time = new VirtualTime();
    const inner = createMemoryStore();
    const store = new Proxy(inner, {
      get(target, key) {
        const value = key === 'readNow' ? undefined : Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }) as JournalStore;
    const runtime = await createRuntime({ store, time, crew, passivateAfterMs: 0 });
    const handle = await runtime.start(workflowOf([gate('go')]), { id: 'r' });
    expect(time.advance()).toBe(false);
    await handle.signal('go');
    expect((await handle.result()).status).toBe('completed');
    await runtime.stop();
  });
});
