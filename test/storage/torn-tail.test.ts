import { describe, expect, it } from 'vitest';
import { openFileStore } from '../../src/storage/file-store.ts';
import { appendAll, batch, batches, contents } from './batches.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const JOURNAL = '/store/journal/00000001.jsonl';

/** A store with three groups, the last of three lines, whose process was killed; and where the last group begins. */
async function killedStore() {
  const disk = new SimulatedDisk();
  const store = await openFileStore('/store', { fileSystem: disk });
  await appendAll(store, 'a', batches(2));
  const before = disk.bytes(JOURNAL).toString('latin1').replace(/\0+$/, '').length;
  await Promise.all([store.append('a', batch(2)), store.append('b', batch(0)), store.append('a', batch(3))]);
  disk.killProcess();
  const whole = Buffer.from(disk.bytes(JOURNAL).toString('latin1').replace(/\0+$/, ''), 'latin1');
  return { disk, whole, before };
}

describe('a journal whose last write was interrupted', () => {
  it('cut at any byte of the last group loses that group, says so, and keeps the bytes', async () => {
    const { disk, whole, before } = await killedStore();
    for (let length = before; length < whole.length; length += 1) {
      for (const filler of [0, 5000]) {
        disk.replace(JOURNAL, Buffer.concat([whole.subarray(0, length), Buffer.alloc(filler)]));
        const store = await openFileStore('/store', { fileSystem: disk });
        expect(await contents(store)).toEqual([['a', batches(2)]]);
        if (length === before) {
          expect(store.warnings).toEqual([]);
        } else {
          const [warning, ...others] = store.warnings;
          expect(others).toEqual([]);
          expect(warning).toContain(`${JOURNAL}: the last write was interrupted (line 4, byte ${before})`);
          const kept = /kept in (\S+)$/.exec(warning ?? '')?.[1] ?? '';
          expect(disk.bytes(kept)).toEqual(whole.subarray(before, length));
        }
        await store.append('a', batch(2));
        expect(await store.read('a')).toEqual(batches(3));
        disk.killProcess();
      }
    }
  });

  it('with any part of the last group never written loses that group only', async () => {
    const { disk, whole, before } = await killedStore();
    for (let from = before; from < whole.length; from += 7) {
      for (const to of [from + 1, from + 64, whole.length]) {
        const bytes = Buffer.from(whole);
        bytes.fill(0, from, Math.min(to, whole.length));
        disk.replace(JOURNAL, bytes);
        const store = await openFileStore('/store', { fileSystem: disk });
        expect(await contents(store)).toEqual([['a', batches(2)]]);
        disk.killProcess();
      }
    }
  });

  it('a warning is given once: the next opening finds nothing to cut', async () => {
    const { disk, whole } = await killedStore();
    disk.replace(JOURNAL, whole.subarray(0, -3));
    const first = await openFileStore('/store', { fileSystem: disk });
    expect(first.warnings).toHaveLength(1);
    disk.killProcess();
    const second = await openFileStore('/store', { fileSystem: disk });
    expect(second.warnings).toEqual([]);
    await second.close();
  });

  it('a segment whose first line was interrupted is begun again', async () => {
    for (const left of [0, 1, 40]) {
      const disk = new SimulatedDisk();
      const store = await openFileStore('/store', { fileSystem: disk, segmentBytes: 200 });
      await appendAll(store, 'a', batches(2));
      disk.killProcess();
      const header = disk.bytes('/store/journal/00000002.jsonl').subarray(0, left);
      const kept = (await contents(await openFileStore('/store', { fileSystem: disk, readOnly: true })))[0]?.[1] ?? [];
      expect(kept).toHaveLength(2);
      disk.replace('/store/journal/00000002.jsonl', header);
      const again = await openFileStore('/store', { fileSystem: disk, segmentBytes: 200 });
      expect(await again.read('a')).toEqual(batches(1));
      await appendAll(again, 'a', [batch(1), batch(2)]);
      await again.close();
      const third = await openFileStore('/store', { fileSystem: disk });
      expect(await third.read('a')).toEqual(batches(3));
      await third.close();
    }
  });
});

describe('a journal without syncs', () => {
  it('after a power cut, lost bytes before intact unsynced groups are a torn tail; without one, they are damage', async () => {
    for (const powerLost of [true, false]) {
      const disk = new SimulatedDisk();
      const store = await openFileStore('/store', { fileSystem: disk, durability: 'process' });
      await appendAll(store, 'a', batches(5));
      const bytes = disk.bytes(JOURNAL);
      if (powerLost) disk.cutPower(() => 0);
      else disk.killProcess();
      bytes.fill(0, bytes.indexOf('"n":2'), bytes.indexOf('"n":2') + 30);
      disk.replace(JOURNAL, bytes);
      const opening = openFileStore('/store', { fileSystem: disk, durability: 'process' });
      if (powerLost) {
        const again = await opening;
        expect(await again.read('a')).toEqual(batches(2));
        expect(again.warnings).toHaveLength(1);
        await again.close();
      } else {
        await expect(opening).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
      }
    }
  });
});
