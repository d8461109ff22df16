/** Whatever is limited, however steps end and whenever their host dies: limits are kept to, everything ends, and everything is given back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import type { RunStarted } from '../../src/protocol/facts.ts';
import type { Batch, JournalStore } from '../../src/protocol/journal.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { hasEnded } from '../../src/protocol/outcomes.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { type LimitedPlay, LimitWatch, limitedPlays } from './random-limits.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 2_000 : 40;
const OVER_ALL = { memoryMb: 7, concurrency: 5 };

/** A life of a play: from its start, or from where a store says that it stood; cancelled or stopped at a moment where one is given. */
async function life(play: LimitedPlay, store: JournalStore, how: { cancelAt?: number; stopAt?: number; from?: number } = {}) {
  const watch = new LimitWatch(play);
  const house = new LimitWatch({ around: new Map(Array.from(play.around.keys(), (id) => [id, [{ id: '', depth: 0, limits: OVER_ALL }]])) });
  const player = scriptedAgent('player', play.script);
  const perform: typeof player.perform = async (task, context) => {
    watch.begin(task);
    house.begin(task);
    try {
      return await player.perform(task, context);
    } finally {
      watch.end(task);
      house.end(task);
    }
  };
  const time = new VirtualTime(how.from ?? 0);
  const crew = createCrew({ personas: { '*': { id: 'watched', perform } } });
  const runtime = await createRuntime({ store, crew, time, maxConcurrentTasks: 20, limits: OVER_ALL });
  const { maxConcurrency } = play;
  const handle =
    how.from === undefined
      ? await runtime.start(play.workflow, { id: 'r', seed: 1, maxConcurrency })
      : ((await runtime.resumeAll()).resumed[0] ?? null);
  if (handle === null) return { status: 'ended', above: [], left: null };
  if (how.cancelAt !== undefined) time.alarm(how.cancelAt, () => void handle.cancel('enough').catch(() => {}));
  let stopped: Promise<void> | null = null;
  if (how.stopAt !== undefined) time.alarm(how.stopAt, () => (stopped = runtime.stop({ graceMs: 0 })));
  await untilQuiet(handle, time, 5_000);
  const { status } = handle.state();
  // Those that were told to stop have time to do so.
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
  await (stopped ?? runtime.stop({ graceMs: 0 }));
  const { accounts, held, waiting } = runtime.resources();
  const reserved = accounts.map(({ name, reserved: each }) => [name, Object.values(each).filter((amount) => amount !== 0)]);
  return {
    status,
    above: [...watch.above, ...house.above],
    left: { held, waiting, reserved: reserved.filter(([, all]) => all?.length !== 0) },
  };
}

const NOTHING = { held: [], waiting: [], reserved: [] };

async function journalOf(store: JournalStore): Promise<readonly Batch[]> {
  return store.read('r');
}

describe('runs with limits at every level', () => {
  test('keep to each of them at every moment, end, and leave nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(limitedPlays, async (play) => {
        const { status, above, left } = await life(play, createMemoryStore());
        expect([above, left]).toEqual([[], NOTHING]);
        expect(hasEnded(status as 'failed')).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('do so, too, when they are cancelled, or their house stops, in the middle', async () => {
    await fc.assert(
      fc.asyncProperty(limitedPlays, fc.nat(40), fc.boolean(), async (play, at, cancels) => {
        const { above, left } = await life(play, createMemoryStore(), cancels ? { cancelAt: at } : { stopAt: at });
        expect([above, left]).toEqual([[], NOTHING]);
      }),
      { numRuns: RUNS },
    );
  });

  test('do so, too, when their host dies after any of their facts and another one goes on', async () => {
    await fc.assert(
      fc.asyncProperty(limitedPlays, fc.double({ min: 0, max: 0.999, noNaN: true }), async (play, share) => {
        const first = createMemoryStore();
        await life(play, first);
        const journal = await journalOf(first);
        const cut = 1 + Math.floor(share * (journal.length - 1));
        const store = createMemoryStore();
        const started = journal[0]?.fact as RunStarted;
        await store.putDefinition(started.definition, play.workflow as unknown as JsonObject);
        for (const batch of journal.slice(0, cut)) await store.append('r', batch);
        const { status, above, left } = await life(play, store, { from: (journal[cut - 1]?.fact.at ?? 0) + 5 });
        expect([above, left ?? NOTHING]).toEqual([[], NOTHING]);
        expect(status === 'ended' || hasEnded(status as 'failed')).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
