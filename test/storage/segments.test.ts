import { describe, expect, it } from 'vitest';
import type { JournalStore } from '../../src/protocol/journal.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { batch, contents } from './batches.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const RUNS = ['b', '2', '1', '__proto__'];

async function open(fileSystem: SimulatedDisk, readOnly = false): Promise<JournalStore> {
  return openFileStore('/store', { fileSystem, segmentBytes: 900, readOnly });
}

/** A closed store with several sealed segments, and what is in it. */
async function segmented() {
  const disk = new SimulatedDisk();
  const store = await open(disk);
  for (let n = 0; n < 8; n += 1) for (const run of RUNS) await store.append(run, batch(n));
  const all = await contents(store);
  await store.close();
  const sealed = disk.list('/store/journal').filter((name) => name.endsWith('.index.json'));
  expect(sealed.length).toBeGreaterThan(3);
  return { disk, all, sealed: sealed.map((name) => `/store/journal/${name}`) };
}

/** Paths below the journal that were opened. */
function opened(disk: SimulatedDisk): Set<string> {
  const paths = new Set<string>();
  disk.fault = ({ kind, path }) => {
    if (kind === 'read' && path.endsWith('.jsonl')) paths.add(path);
    return null;
  };
  return paths;
}

describe('a journal in segments', () => {
  it('reads the same as one that never was divided', async () => {
    const { disk, all } = await segmented();
    const undivided = await openFileStore('/one', { fileSystem: disk });
    for (let n = 0; n < 8; n += 1) for (const run of RUNS) await undivided.append(run, batch(n));
    expect(await contents(undivided)).toEqual(all);
    await undivided.close();
    const again = await open(disk);
    expect(await contents(again)).toEqual(all);
    await again.close();
  });

  it('is opened without reading a sealed segment', async () => {
    const { disk, sealed } = await segmented();
    const read = opened(disk);
    const store = await open(disk);
    expect([...read]).toEqual([`/store/journal/${String(sealed.length + 1).padStart(8, '0')}.jsonl`]);
    await store.close();
  });

  it('reads a segment whose index is missing, damaged, of another segment or of another store, and writes the index anew', async () => {
    const foreign = await segmented();
    const { disk, all, sealed } = await segmented();
    const [first = '', second = ''] = sealed;
    const whole = disk.bytes(first);
    const lied = Buffer.from(whole.toString().replace('["b",[', '["c",['));
    for (const bytes of [
      null,
      whole.subarray(0, -1),
      whole.subarray(0, 50),
      Buffer.alloc(0),
      lied,
      disk.bytes(second),
      foreign.disk.bytes(second),
    ]) {
      if (bytes === null) disk.remove(first);
      else disk.replace(first, bytes);
      const read = opened(disk);
      const store = await open(disk);
      expect(read.has('/store/journal/00000001.jsonl')).toBe(true);
      expect(store.warnings).toEqual([]);
      expect(await contents(store)).toEqual(all);
      await store.close();
      disk.fault = () => null;
      expect(disk.bytes(first)).toEqual(whole);
    }
  });

  it('an index that does not fit the length of its segment is not believed', async () => {
    const { disk } = await segmented();
    disk.replace('/store/journal/00000001.jsonl', disk.bytes('/store/journal/00000001.jsonl').subarray(0, -1));
    await expect(open(disk)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('damage in a sealed segment is found when a run is read, and place and run are named', async () => {
    const { disk } = await segmented();
    const bytes = disk.bytes('/store/journal/00000001.jsonl');
    const at = bytes.indexOf('"run":"2"') + 60;
    bytes[at] = 0x23;
    disk.replace('/store/journal/00000001.jsonl', bytes);
    const store = await open(disk);
    await expect(store.read('2')).rejects.toMatchObject({ code: 'STORE_DAMAGED', where: '/store/journal/00000001.jsonl' });
    expect(await store.read('b')).toHaveLength(8);
    await store.close();
  });

  it('a sealed segment that is too short for what its run recorded is damage, never a shorter run', async () => {
    const { disk } = await segmented();
    const store = await open(disk);
    const bytes = disk.bytes('/store/journal/00000002.jsonl');
    disk.replace('/store/journal/00000002.jsonl', bytes.subarray(0, 120));
    await expect(store.read('b')).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await store.close();
  });
});
