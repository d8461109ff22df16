import { describe, expect, it } from 'vitest';
import { type FileStoreOptions, openFileStore } from '../../src/storage/file-store.ts';
import { appendAll, batch, batches, contents } from './batches.ts';
import { summary } from './conformance.ts';
import { type Operation, SimulatedDisk, systemError } from './simulated-disk.ts';

async function opened(options: FileStoreOptions = {}) {
  const disk = new SimulatedDisk();
  const store = await openFileStore('/store', { fileSystem: disk, ...options });
  return { disk, store };
}

const journalWrite = ({ kind, path }: Operation) => kind === 'write' && path.startsWith('/store/journal');

describe('a full disk', () => {
  it('refuses the append with STORE_FULL, records nothing of it, and goes on by itself once there is room', async () => {
    const { disk, store } = await opened();
    await appendAll(store, 'r', batches(3));
    const before = disk.bytes('/store/journal/00000001.jsonl').toString().replace(/\0+$/, '');
    disk.fault = (operation) => (journalWrite(operation) ? systemError('ENOSPC') : null);
    await expect(store.append('r', batch(3))).rejects.toMatchObject({ code: 'STORE_FULL', hint: expect.stringContaining('room') });
    await expect(store.append('q', batch(0))).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(await store.runs()).toEqual(['r']);
    expect(disk.bytes('/store/journal/00000001.jsonl').toString()).toBe(before);
    disk.fault = () => null;
    await store.append('q', batch(0));
    await store.append('r', batch(3));
    await store.close();
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(again.warnings).toEqual([]);
    expect(await contents(again)).toEqual([
      ['r', batches(4)],
      ['q', batches(1)],
    ]);
    await again.close();
  });

  it('in the middle of a line leaves nothing of the line', async () => {
    const { disk, store } = await opened();
    await appendAll(store, 'r', batches(2));
    const before = disk.bytes('/store/journal/00000001.jsonl').toString().replace(/\0+$/, '');
    let writes = 0;
    disk.fault = (operation) => {
      if (!journalWrite(operation)) return null;
      writes += 1;
      return writes === 1 ? 40 : systemError('EDQUOT');
    };
    await expect(store.append('r', batch(2))).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(disk.bytes('/store/journal/00000001.jsonl').toString()).toBe(before);
    disk.cutPower(() => 0);
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(again.warnings).toEqual([]);
    expect(await again.read('r')).toEqual(batches(2));
    await again.close();
  });

  it('refuses everything that was waiting behind, so that no run has a gap', async () => {
    const { disk, store } = await opened();
    await store.append('r', batch(0));
    disk.fault = (operation) => (journalWrite(operation) ? systemError('ENOSPC') : null);
    const waiting = [1, 2, 3].map((n) => store.append('r', batch(n)));
    for (const { status } of await Promise.allSettled(waiting)) expect(status).toBe('rejected');
    disk.fault = () => null;
    await appendAll(store, 'r', [batch(1), batch(2)]);
    expect(await store.read('r')).toEqual(batches(3));
    await store.close();
  });

  it('met while a segment or a payload is begun is survived as well', async () => {
    const { disk, store } = await opened({ segmentBytes: 200 });
    await store.append('r', batch(0));
    for (const place of ['/store/tmp', '/store/journal/00000002.jsonl']) {
      disk.fault = ({ kind, path }) => (kind === 'write' && path.startsWith(place) ? systemError('ENOSPC') : null);
      await expect(store.append('r', batch(1, 'x'.repeat(70_000)))).rejects.toMatchObject({ code: 'STORE_FULL' });
    }
    disk.fault = () => null;
    await store.append('r', batch(1, 'x'.repeat(70_000)));
    await store.close();
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(await again.read('r')).toEqual([batch(0), batch(1, 'x'.repeat(70_000))]);
    await again.close();
  });

  it('refuses an opening or a definition by the same name', async () => {
    const { disk, store } = await opened();
    disk.fault = ({ kind }) => (kind === 'write' ? systemError('ENOSPC') : null);
    await expect(store.putDefinition('h', {})).rejects.toMatchObject({ code: 'STORE_FULL' });
    await expect(openFileStore('/other', { fileSystem: disk })).rejects.toMatchObject({ code: 'STORE_FULL' });
    disk.fault = () => null;
    await store.close();
  });
});

describe('a disk that fails', () => {
  it('after a failed sync nothing more is appended, whichever way it was synced', async () => {
    for (const kind of ['sync', 'syncLater'] as const) {
      const { disk, store } = await opened();
      await appendAll(store, 'r', batches(2));
      if (kind === 'syncLater') await store.append('q', batch(0));
      disk.fault = (operation) => (operation.kind === kind ? systemError('EIO') : null);
      await expect(store.append('r', batch(2))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
      disk.fault = () => null;
      await expect(store.append('r', batch(2))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
      await expect(store.append('s', batch(0))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
      expect(await store.read('r')).toEqual(batches(2));
      await store.close();
      const again = await openFileStore('/store', { fileSystem: disk });
      expect(await again.read('r')).toEqual(batches(2));
      await again.append('r', batch(2));
      await again.close();
    }
  });

  it('what was appended while a sync was under way fails with it, and no run has a gap', async () => {
    const { disk, store } = await opened();
    await store.append('r', batch(0));
    const later: Promise<PromiseSettledResult<void>[]>[] = [];
    disk.fault = ({ kind }) => {
      if (kind !== 'syncLater') return null;
      if (later.length > 0) return systemError('EIO');
      later.push(Promise.allSettled([store.append('q', batch(0)), store.append('r', batch(2))]));
      return null;
    };
    await expect(Promise.all([store.append('r', batch(1)), store.append('s', batch(0))])).rejects.toMatchObject({
      code: 'STORE_UNWRITABLE',
    });
    disk.fault = () => null;
    for (const { status } of (await later[0]) ?? []) expect(status).toBe('rejected');
    expect(await contents(store)).toEqual([['r', batches(1)]]);
    await store.close();
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(await contents(again)).toEqual([['r', batches(1)]]);
    await again.close();
  });

  it('a sync that says the disk is full is a failed sync', async () => {
    const { disk, store } = await opened();
    disk.fault = ({ kind }) => (kind === 'syncLater' ? systemError('ENOSPC') : null);
    await expect(store.append('r', batch(0))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    disk.fault = () => null;
    await expect(store.append('r', batch(0))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    await store.close();
  });

  it('a failed write refuses every later append, since what it left is unknown', async () => {
    const { disk, store } = await opened();
    disk.fault = (operation) => (journalWrite(operation) ? systemError('EIO') : null);
    await expect(store.append('r', batch(0))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    disk.fault = () => null;
    await expect(store.append('r', batch(0))).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    await store.close();
  });

  it('writes that are taken only in parts, down to a byte, are completed', async () => {
    const { disk, store } = await opened();
    disk.fault = ({ kind, count }) => (kind === 'write' ? 1 + (count % 7) : null);
    await appendAll(store, 'r', batches(5));
    await store.append('r', batch(5, 'x'.repeat(70_000)));
    await store.close();
    disk.fault = () => null;
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(again.warnings).toEqual([]);
    expect(await again.read('r')).toEqual([...batches(5), batch(5, 'x'.repeat(70_000))]);
    await again.close();
  });

  it('a summary that cannot be written disturbs nobody', async () => {
    const { disk, store } = await opened();
    await store.append('r', batch(0));
    store.putSummary(summary('r'));
    disk.fault = ({ path }) => (path.startsWith('/store/tmp') ? systemError('EIO') : null);
    await store.close();
    disk.fault = () => null;
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(await again.getSummary('r')).toBeNull();
    expect(await again.read('r')).toEqual(batches(1));
    await again.close();
  });

  it('an opening that fails frees the lock', async () => {
    const { disk, store } = await opened();
    await store.append('r', batch(0));
    await store.close();
    disk.fault = ({ kind, path }) => (kind === 'read' && path.startsWith('/store/journal') ? systemError('EIO') : null);
    await expect(openFileStore('/store', { fileSystem: disk })).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
    disk.fault = () => null;
    await (await openFileStore('/store', { fileSystem: disk })).close();
  });
});
