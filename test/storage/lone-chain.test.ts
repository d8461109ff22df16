import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openFileStore } from '../../src/storage/file-store.ts';
import { batch, batches } from './batches.ts';
import { SimulatedDisk, systemError } from './simulated-disk.ts';

const FIRST_SEGMENT = '/store/journal/00000001.jsonl';

async function opened() {
  const disk = new SimulatedDisk();
  return { disk, store: await openFileStore('/store', { fileSystem: disk }) };
}

describe('a run that appends alone, one after the other', () => {
  it('does not wait for the event loop every time, and never keeps it from turning', async () => {
    const { store } = await opened();
    let turns = 0;
    let isOver = false;
    const turning = (async () => {
      for (; !isOver; turns += 1) await turn();
    })();
    for (let n = 0; n < 400; n += 1) await store.append('r', batch(n));
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(400 / 8);
    expect(turns).toBeLessThan(200);
    await turning;
    await store.close();
  });

  it('shares its write with whatever is appended before all that is ready has run', async () => {
    const { disk, store } = await opened();
    for (let n = 0; n < 10; n += 1) await store.append('r', batch(n));
    const before = disk.count;
    let writes = 0;
    disk.fault = ({ kind }) => {
      if (kind === 'write') writes += 1;
      return null;
    };
    const appended = [store.append('r', batch(10))];
    for (let other = 0; other < 20; other += 1) {
      await Promise.resolve();
      appended.push(store.append(`other ${other}`, batch(0)));
    }
    await Promise.all(appended);
    expect(disk.count).toBeGreaterThan(before);
    expect(writes).toBe(1);
    disk.fault = () => null;
    await store.close();
  });
});

describe('space set aside ahead of the lines', () => {
  it('takes no write of its own', async () => {
    const { disk, store } = await opened();
    let writes = 0;
    disk.fault = ({ kind, path }) => {
      if (kind === 'write' && path === FIRST_SEGMENT) writes += 1;
      return null;
    };
    for (let n = 0; n < 2_000; n += 1) await store.append('r', batch(n));
    expect(writes).toBe(2_000);
    disk.fault = () => null;
    await store.close();
    expect(disk.bytes(FIRST_SEGMENT).includes(0)).toBe(false);
  });

  it('is done without where there is room for the lines alone', async () => {
    const { disk, store } = await opened();
    let refused = 0;
    disk.fault = ({ kind, path }) => {
      if (kind !== 'write' || path !== FIRST_SEGMENT || refused > 0) return null;
      refused += 1;
      return systemError('ENOSPC');
    };
    for (let n = 0; n < 3; n += 1) await store.append('r', batch(n));
    expect(refused).toBe(1);
    disk.cutPower(() => 0);
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(await again.read('r')).toEqual(batches(3));
    await again.close();
  });
});
