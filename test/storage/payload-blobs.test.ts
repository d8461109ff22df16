import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFileStore } from '../../src/storage/file-store.ts';
import { BLOB_BYTES } from '../../src/storage/payload-blobs.ts';
import { batch } from './batches.ts';
import { type Operation, SimulatedDisk } from './simulated-disk.ts';

describe('a payload longer than a line may carry', () => {
  it('is read back equal, wherever its length falls about the limit, in any script', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    let n = 0;
    const given: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('x', 'ü', '目', '🎯', '\n', '"'), fc.integer({ min: -3, max: 3 }), async (unit, off) => {
        const bytes = Buffer.byteLength(JSON.stringify(unit)) - 2;
        const output = unit.repeat(Math.floor(BLOB_BYTES / bytes) + off);
        const one = batch(n, output);
        given.push(one);
        await store.append('r', one);
        n += 1;
      }),
      { numRuns: 40 },
    );
    expect(await store.read('r')).toEqual(given);
    await store.close();
    const again = await openFileStore('/store', { fileSystem: disk });
    expect(await again.read('r')).toEqual(given);
    await again.close();
  });

  it('is kept once, however often it occurs, and the lines that name it stay short', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    const large = { report: 'x'.repeat(100_000) };
    for (const n of [0, 1, 2, 3]) await store.append('r', batch(n, large));
    const names = disk.list('/store/blobs');
    // The first batch carries it inside its input, the others as their output.
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
    for (const line of disk.bytes('/store/journal/00000001.jsonl').toString().split('\n')) {
      expect(line.replace(/\0/g, '').length).toBeLessThan(1000);
    }
    await store.close();
  });

  it('is on the medium, name included, before the line that names it is written', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    const seen: string[] = [];
    disk.fault = ({ kind, path }: Operation) => {
      if (kind === 'syncDirectory' && path === '/store/blobs') seen.push('names');
      if (kind === 'sync' && path.startsWith('/store/tmp')) seen.push('bytes');
      if (kind === 'write' && path.startsWith('/store/journal')) seen.push('line');
      return null;
    };
    await store.append('r', batch(0, 'x'.repeat(70_000)));
    expect(seen).toEqual(['bytes', 'names', 'line']);
    disk.fault = () => null;
    await store.close();
  });

  it('that is missing or changed is damage, named by its file', async () => {
    for (const change of ['missing', 'changed'] as const) {
      const disk = new SimulatedDisk();
      const store = await openFileStore('/store', { fileSystem: disk });
      await store.append('r', batch(0, 'x'.repeat(70_000)));
      const file = `/store/blobs/${disk.list('/store/blobs')[0]}`;
      if (change === 'missing') disk.remove(file);
      else disk.replace(file, Buffer.from('"y"'));
      await expect(store.read('r')).rejects.toMatchObject({ code: 'STORE_DAMAGED', where: file });
      await store.close();
    }
  });

  it('does not take other fields along, and a field called as one of ours survives', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    const error = { code: 'AGENT_FAILED', message: 'm'.repeat(70_000) } as const;
    const fact = { type: 'task.failed', at: 1, step: 'blobs', attempt: 1, error, thrown: false } as const;
    await store.append('r', { n: 0, fact, intents: [['task.cancel', 'blobs', 1]] });
    expect(await store.read('r')).toEqual([{ n: 0, fact, intents: [['task.cancel', 'blobs', 1]] }]);
    expect(Object.keys((await store.read('r'))[0]?.fact ?? {})).toEqual(Object.keys(fact));
    await store.close();
  });
});
