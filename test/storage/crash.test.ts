import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/protocol/journal.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { anyTurns, batch, contents, play, type Turn } from './batches.ts';
import { SimulatedDisk, systemError } from './simulated-disk.ts';

/** What was asked of a store before it was interrupted, and what it had promised by then. */
interface Asked {
  readonly given: Map<string, Batch[]>;
  readonly acknowledged: Map<string, number>;
}

type Opening = { readonly segmentBytes: number; readonly durability: 'full' | 'process' };

/** Does turns on a disk that stops answering after some operations. True when everything was done before. */
async function interrupted(disk: SimulatedDisk, turns: readonly (readonly Turn[])[], operations: number, opening: Opening, asked: Asked) {
  const last = disk.count + operations;
  let interruptions = 0;
  disk.fault = ({ count, kind }) => {
    if (count <= last) return null;
    interruptions += 1;
    // The operation under way when the process ends may have been done in part.
    return count === last + 1 && kind === 'write' ? 100 : systemError('EIO');
  };
  try {
    const store = await openFileStore('/store', { fileSystem: disk, ...opening });
    await play(store, turns, asked.given, asked.acknowledged);
    await store.close();
  } catch {
    // Whatever the process would have seen, it is gone.
  }
  return interruptions === 0;
}

/** The law of every crash: what was acknowledged is there, in order; what is there was given. */
async function expectPrefixes(disk: SimulatedDisk, { given, acknowledged }: Asked, opening: Opening): Promise<void> {
  const store = await openFileStore('/store', { fileSystem: disk, ...opening });
  const found = new Map(await contents(store));
  for (const run of found.keys()) expect(given.has(run)).toBe(true);
  for (const [run, all] of given) {
    const kept = found.get(run) ?? [];
    expect(kept).toEqual(all.slice(0, kept.length));
    expect(kept.length).toBeGreaterThanOrEqual(acknowledged.get(run) ?? 0);
    await store.append(run, batch(kept.length));
    expect(await store.read(run)).toEqual([...kept, batch(kept.length)]);
    found.set(run, [...kept, batch(kept.length)]);
  }
  await store.close();
  const again = await openFileStore('/store', { fileSystem: disk, ...opening });
  expect(again.warnings).toEqual([]);
  expect(new Map(await contents(again))).toEqual(found);
  await again.close();
}

const fresh = (): Asked => ({ given: new Map(), acknowledged: new Map() });
const anyRandom = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })).map((stream) => () => stream.next().value);
const anySegment = fc.constantFrom(500, 2000, 1 << 24);

describe('whatever operation is the last one of a process', () => {
  it('a killed process loses nothing acknowledged, with either durability', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyTurns,
        fc.nat(400),
        anySegment,
        fc.constantFrom('full', 'process'),
        async (turns, operations, segmentBytes, durability) => {
          const disk = new SimulatedDisk();
          const asked = fresh();
          const opening = { segmentBytes, durability } as const;
          await interrupted(disk, turns, operations, opening, asked);
          disk.killProcess();
          await expectPrefixes(disk, asked, opening);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a power cut loses nothing acknowledged, whatever unsynced bytes and names it takes', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, fc.nat(400), anySegment, anyRandom, async (turns, operations, segmentBytes, random) => {
        const disk = new SimulatedDisk();
        const asked = fresh();
        const opening = { segmentBytes, durability: 'full' } as const;
        await interrupted(disk, turns, operations, opening, asked);
        disk.cutPower(random);
        await expectPrefixes(disk, asked, opening);
      }),
      { numRuns: 300 },
    );
  });

  it('a second interruption, while the first is recovered from, changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, fc.nat(150), fc.nat(60), anySegment, anyRandom, async (turns, first, second, segmentBytes, random) => {
        const disk = new SimulatedDisk();
        const asked = fresh();
        const opening = { segmentBytes, durability: 'full' } as const;
        await interrupted(disk, turns, first, opening, asked);
        disk.cutPower(random);
        await interrupted(disk, [], second, opening, asked);
        disk.cutPower(random);
        await expectPrefixes(disk, asked, opening);
      }),
      { numRuns: 200 },
    );
  });

  it('without syncs a power cut may take the end of the journal, and still leaves no gap and nothing invented', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, fc.nat(400), anySegment, anyRandom, async (turns, operations, segmentBytes, random) => {
        const disk = new SimulatedDisk();
        const asked = fresh();
        const opening = { segmentBytes, durability: 'process' } as const;
        await interrupted(disk, turns, operations, opening, asked);
        disk.cutPower(random);
        asked.acknowledged.clear();
        await expectPrefixes(disk, asked, opening);
      }),
      { numRuns: 200 },
    );
  });

  it('what an opening found is as safe as what it wrote, though the process before it never synced', async () => {
    const disk = new SimulatedDisk();
    const careless = await openFileStore('/store', { fileSystem: disk, durability: 'process' });
    for (const n of [0, 1, 2]) await careless.append('r', batch(n));
    disk.killProcess();
    await openFileStore('/store', { fileSystem: disk });
    disk.cutPower(() => 0.99);
    const store = await openFileStore('/store', { fileSystem: disk });
    expect(await store.read('r')).toEqual([batch(0), batch(1), batch(2)]);
    await store.close();
  });

  it('a definition that was put is there after a power cut, and no epoch is given twice', async () => {
    const disk = new SimulatedDisk();
    const epochs: number[] = [];
    for (const n of [0, 1, 2, 3]) {
      const store = await openFileStore('/store', { fileSystem: disk });
      await store.putDefinition(`h${n}`, { n });
      epochs.push(JSON.parse(disk.bytes('/store/store.json').toString()).epoch);
      disk.cutPower(() => 0.99);
      const seen = await openFileStore('/store', { fileSystem: disk, readOnly: true });
      for (let put = 0; put <= n; put += 1) expect(await seen.getDefinition(`h${put}`)).toEqual({ n: put });
    }
    expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
  });

  it('one scenario with groups, a large payload, segments and a close, interrupted after each of its operations', async () => {
    const turns: Turn[][] = [
      [{ run: 'a', output: 1 }],
      [{ run: 'a', output: 2 }],
      [
        { run: 'a', output: 'x'.repeat(70_000) },
        { run: 'b', output: 3 },
        { run: 'a', output: 4 },
      ],
      [{ run: 'b', output: 5 }],
      [{ run: 'b', output: 6 }],
    ];
    const opening = { segmentBytes: 600, durability: 'full' } as const;
    for (const fate of [0, 0.5, 0.99]) {
      for (let operations = 0; ; operations += 1) {
        const disk = new SimulatedDisk();
        const asked = fresh();
        const done = await interrupted(disk, turns, operations, opening, asked);
        disk.cutPower(() => fate);
        await expectPrefixes(disk, asked, opening);
        if (done) break;
        expect(operations).toBeLessThan(1000);
      }
    }
  });
});
