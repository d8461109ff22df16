import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/protocol/journal.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { anyTurns, appendAll, batch, batches, contents, play } from './batches.ts';
import { describeStore, summary } from './conformance.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { temporaryDirectory } from './temporary-directory.ts';

describeStore('the file store (full)', () => openFileStore(temporaryDirectory()));
describeStore('the file store (process)', () => openFileStore(temporaryDirectory(), { durability: 'process' }));
describeStore('the file store on small segments', () => openFileStore(temporaryDirectory(), { segmentBytes: 700 }));
describeStore('the file store on a simulated disk', () => openFileStore('/store', { fileSystem: new SimulatedDisk() }));

describe('a file store that is opened again', () => {
  it('has what it had, in the same order, however often it was closed between', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, fc.constantFrom(400, 3000, 1 << 24), async (turns, segmentBytes) => {
        const directory = temporaryDirectory();
        const given = new Map<string, Batch[]>();
        for (const turn of turns) {
          const store = await openFileStore(directory, { segmentBytes, durability: 'process' });
          expect(store.warnings).toEqual([]);
          expect(await contents(store)).toEqual([...given]);
          await play(store, [turn], given, new Map());
          await store.close();
        }
        const store = await openFileStore(directory);
        expect(await contents(store)).toEqual([...given]);
        await store.close();
      }),
      { numRuns: 20 },
    );
  });

  it('has its definitions and the last summaries', async () => {
    const directory = temporaryDirectory();
    const store = await openFileStore(directory);
    await store.putDefinition('sha256:ab/c', { name: 'w' });
    await appendAll(store, 'run/1', batches(2));
    store.putSummary(summary('run/1', 'completed'));
    await store.close();
    const again = await openFileStore(directory);
    expect(await again.getDefinition('sha256:ab/c')).toEqual({ name: 'w' });
    expect(await again.getSummary('run/1')).toEqual(summary('run/1', 'completed'));
    await again.close();
  });
});

describe('the files of a store are for people, too', () => {
  it('a run has a readable document with its header and summary', async () => {
    const directory = temporaryDirectory();
    const store = await openFileStore(directory);
    await appendAll(store, 'r', batches(2));
    store.putSummary(summary('r'));
    await store.close();
    const text = fs.readFileSync(path.join(directory, 'runs/r.json'), 'utf8');
    const document = { format: 1, id: 'r', durability: 'full', definition: 'hash', batches: 2, summary: summary('r') };
    expect(text).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  it('store.json says when the store was made and how often it was opened', async () => {
    const directory = temporaryDirectory();
    for (const now of [0, 5000, 9000]) await (await openFileStore(directory, { now: () => now })).close();
    const document = JSON.parse(fs.readFileSync(path.join(directory, 'store.json'), 'utf8'));
    expect(document).toMatchObject({ format: 1, createdAt: '1970-01-01T00:00:00.000Z', epoch: 3 });
  });

  it('every line of a closed journal is JSON, and nothing else is in the file', async () => {
    const directory = temporaryDirectory();
    const store = await openFileStore(directory);
    await appendAll(store, 'r', batches(3));
    await store.close();
    const lines = fs.readFileSync(path.join(directory, 'journal/00000001.jsonl'), 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed[0]).toMatchObject({ troupe: 'journal', format: 1, segment: 1, chain: '00000000', seq: 0, commit: 0 });
    expect(parsed.slice(1).map(({ seq, epoch, commit, run, n }) => [seq, epoch, commit, run, n])).toEqual([
      [0, 1, 0, 'r', 0],
      [1, 1, 1, 'r', 1],
      [2, 1, 2, 'r', 2],
    ]);
    expect(parsed[1]).toMatchObject({ lines: 1, fact: batch(0).fact, intents: batch(0).intents });
  });

  it('half-written files of an earlier process are removed', async () => {
    const directory = temporaryDirectory();
    await (await openFileStore(directory)).close();
    fs.writeFileSync(path.join(directory, 'tmp/123-abc.tmp'), 'half');
    await (await openFileStore(directory)).close();
    expect(fs.readdirSync(path.join(directory, 'tmp'))).toEqual([]);
  });

  it('two thousand summaries in one turn are all kept, and appends beside them do not wait for them', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    for (let run = 0; run < 2000; run += 1) store.putSummary(summary(`run-${run}`));
    const before = disk.count;
    await store.append('r', batch(0));
    expect(disk.count - before).toBeLessThan(10);
    await store.close();
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(await again.getSummary('run-1999')).toEqual(summary('run-1999'));
    expect(await again.getSummary('run-0')).toEqual(summary('run-0'));
    await again.close();
  });
});

describe('appends are committed in groups', () => {
  it('what arrives in one turn shares one write and one sync', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    const kinds: string[] = [];
    disk.fault = ({ kind }) => {
      kinds.push(kind);
      return null;
    };
    await Promise.all(Array.from({ length: 200 }, (_, run) => store.append(`r${run}`, batch(0))));
    expect(kinds.filter((kind) => kind === 'write')).toHaveLength(1);
    expect(new Set(kinds.filter((kind) => kind.startsWith('sync')))).toEqual(new Set(['syncLater']));
    disk.fault = () => null;
    await store.close();
  });

  it('an acknowledged append is on the medium: losing everything unsynced loses none', async () => {
    for (const count of [1, 2, 3, 30]) {
      const disk = new SimulatedDisk();
      const store = await openFileStore('/store', { fileSystem: disk });
      await store.append('other', batch(0));
      await appendAll(store, 'r', batches(count));
      disk.cutPower(() => 0.99);
      const again = await openFileStore('/store', { fileSystem: disk });
      expect(await again.read('r')).toEqual(batches(count));
      await again.close();
    }
  });

  it('a promise to survive the process costs no sync', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk, durability: 'process' });
    disk.fault = ({ kind }) => (kind.startsWith('sync') ? new Error('synced') : null);
    await appendAll(store, 'r', batches(20));
    disk.fault = () => null;
    await store.close();
  });
});
