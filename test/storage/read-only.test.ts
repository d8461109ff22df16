import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/protocol/journal.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { anyTurns, appendAll, batch, batches, contents, play } from './batches.ts';
import { summary } from './conformance.ts';
import { SimulatedDisk, systemError } from './simulated-disk.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const JOURNAL = '/store/journal/00000001.jsonl';

describe('a store opened for reading only', () => {
  it('sees, at every read, what its writer has recorded until then', async () => {
    await fc.assert(
      fc.asyncProperty(anyTurns, fc.constantFrom(300, 1 << 24), async (turns, segmentBytes) => {
        const disk = new SimulatedDisk();
        const seen = await openFileStore('/store', { fileSystem: disk, readOnly: true });
        expect(await seen.runs()).toEqual([]);
        const store = await openFileStore('/store', { fileSystem: disk, segmentBytes });
        const given = new Map<string, Batch[]>();
        for (const turn of turns) {
          await play(store, [turn], given, new Map());
          expect(await contents(seen)).toEqual([...given]);
        }
        await store.close();
        expect(await contents(seen)).toEqual([...given]);
        const later = await openFileStore('/store', { fileSystem: disk, readOnly: true });
        expect(await contents(later)).toEqual([...given]);
      }),
      { numRuns: 60 },
    );
  });

  it('neither changes nor locks anything, and refuses to write', async () => {
    const directory = temporaryDirectory();
    const store = await openFileStore(directory);
    await appendAll(store, 'r', batches(2));
    await store.putDefinition('h', { a: 1 });
    store.putSummary(summary('r'));
    await store.close();
    const listing = () => fs.readdirSync(directory, { recursive: true }).sort();
    const before = listing();
    const seen = await openFileStore(directory, { readOnly: true });
    expect(await seen.read('r')).toEqual(batches(2));
    expect(await seen.has('r')).toBe(true);
    expect(await seen.getDefinition('h')).toEqual({ a: 1 });
    expect(await seen.getSummary('r')).toEqual(summary('r'));
    seen.putSummary(summary('q'));
    await expect(seen.append('r', batch(2))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    await expect(seen.putDefinition('k', {})).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    const writer = await openFileStore(directory);
    await writer.close();
    await seen.close();
    await expect(seen.read('r')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(listing().filter((name) => !String(name).startsWith('lock'))).toEqual(before.filter((name) => !String(name).startsWith('lock')));
  });

  it('of a directory that is not there reads as empty and makes nothing', async () => {
    const directory = path.join(temporaryDirectory(), 'none');
    const seen = await openFileStore(directory, { readOnly: true });
    expect(await seen.runs()).toEqual([]);
    await expect(seen.read('r')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(fs.existsSync(directory)).toBe(false);
  });

  it('takes a half-written group at the end for what it is, and sees it once it is whole', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    await appendAll(store, 'r', batches(2));
    const before = disk.bytes(JOURNAL);
    await Promise.all([store.append('r', batch(2)), store.append('q', batch(0))]);
    const after = disk.bytes(JOURNAL);
    const seen = await openFileStore('/store', { fileSystem: disk, readOnly: true });
    for (let written = before.indexOf(0); written <= after.indexOf(0); written += 1) {
      disk.replace(JOURNAL, Buffer.concat([after.subarray(0, written), before.subarray(written)]));
      expect(await seen.read('r')).toHaveLength(written === after.indexOf(0) ? 3 : 2);
    }
    disk.killProcess();
  });

  it('follows a writer that takes a group back and writes another in its place', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    await appendAll(store, 'r', batches(2));
    const seen = await openFileStore('/store', { fileSystem: disk, readOnly: true });
    let peeked = 0;
    disk.fault = ({ kind }) => {
      if (kind !== 'sync' && kind !== 'syncLater') return null;
      disk.fault = () => null;
      void seen.read('r').then(({ length }) => {
        peeked = length;
      });
      return systemError('EIO');
    };
    await expect(store.append('r', batch(2, 'a first text'))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    expect(peeked).toBe(3);
    disk.killProcess();
    const next = await openFileStore('/store', { fileSystem: disk });
    await next.append('r', batch(2, 'another'));
    await next.append('r', batch(3));
    expect(await seen.read('r')).toEqual([...batches(2), batch(2, 'another'), batch(3)]);
    await next.close();
  });

  it('reports damage as damage', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    await appendAll(store, 'r', batches(4));
    const bytes = disk.bytes(JOURNAL);
    bytes[bytes.indexOf('"n":1')] = 0x41;
    disk.replace(JOURNAL, bytes);
    const seen = await openFileStore('/store', { fileSystem: disk, readOnly: true });
    await expect(seen.runs()).rejects.toMatchObject({ code: 'STORE_DAMAGED', where: `${JOURNAL}:3` });
    await expect(seen.read('r')).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    disk.killProcess();
  });
});
