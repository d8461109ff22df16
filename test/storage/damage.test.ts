import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { TroupeError } from '../../src/protocol/errors.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { appendAll, batch, batches, contents } from './batches.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const JOURNAL = '/store/journal/00000001.jsonl';

let whole: Buffer;
let lines: string[];

/** A disk with a store of two runs and six groups; its process was killed or it was closed. */
async function disk(end: 'killed' | 'closed', bytes?: Buffer): Promise<SimulatedDisk> {
  const made = new SimulatedDisk();
  const store = await openFileStore('/store', { fileSystem: made });
  for (const n of [0, 1, 2]) for (const run of ['a', 'b']) await store.append(run, batch(n));
  if (end === 'closed') await store.close();
  else made.killProcess();
  if (bytes !== undefined) made.replace(JOURNAL, bytes);
  return made;
}

async function refusal(damagedDisk: SimulatedDisk): Promise<TroupeError> {
  const error = await openFileStore('/store', { fileSystem: damagedDisk }).catch((thrown: unknown) => thrown);
  if (!(error instanceof TroupeError)) throw new Error('the store opened');
  expect(error.code).toBe('STORE_DAMAGED');
  expect(error.hint).toBeTruthy();
  return error;
}

const joined = (parts: readonly string[]) => Buffer.from(`${parts.join('\n')}\n`);

beforeAll(async () => {
  whole = (await disk('closed')).bytes(JOURNAL);
  lines = whole.toString().trimEnd().split('\n');
});

describe('damage before the last group stops the opening', () => {
  it('any single changed byte there is found, and file, line and byte are named', async () => {
    const lastGroup = whole.lastIndexOf('\n', whole.length - 2) + 1;
    const place = fc.nat(lastGroup - 1);
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const { message, where } = await refusal(await disk('killed', bytes));
        const line = whole.subarray(0, at).toString('latin1').split('\n').length;
        const offset = whole.subarray(0, at).lastIndexOf('\n') + 1;
        expect(message).toContain(`${JOURNAL}:${line} (byte ${offset}) is damaged: `);
        expect(where).toBe(`${JOURNAL}:${line}`);
      }),
      { numRuns: 300 },
    );
  });

  it('a lost, doubled or moved line is found', async () => {
    for (let at = 1; at < lines.length - 1; at += 1) {
      await refusal(await disk('killed', joined(lines.toSpliced(at, 1))));
      await refusal(await disk('killed', joined(lines.toSpliced(at, 0, lines[at] ?? ''))));
      await refusal(await disk('killed', joined([...lines.toSpliced(at, 1), lines[at] ?? ''])));
    }
  });

  it('a line of another store is found, though its checksum holds', async () => {
    const other = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: other });
    for (const n of [0, 1, 2]) for (const run of ['a', 'c']) await store.append(run, batch(n));
    await store.close();
    const foreign = other.bytes(JOURNAL).toString().trimEnd().split('\n');
    await refusal(await disk('killed', joined([...lines.slice(0, 3), ...foreign.slice(3)])));
  });

  it('the message says what is wrong', async () => {
    expect((await refusal(await disk('killed', joined(lines.toSpliced(2, 1))))).message).toContain(
      'the line before it is missing or was changed',
    );
    const changed = joined(lines.map((line, at) => (at === 2 ? line.replace('run.started', 'run.stopped') : line)));
    expect((await refusal(await disk('killed', changed))).message).toContain('its checksum does not match');
  });

  it('and changes nothing on disk', async () => {
    const bytes = joined(lines.toSpliced(2, 1));
    const damagedDisk = await disk('killed', bytes);
    await refusal(damagedDisk);
    expect(damagedDisk.bytes(JOURNAL)).toEqual(bytes);
  });
});

describe('a journal that was closed in order cannot have a torn tail', () => {
  it('so anything missing at its end is damage', async () => {
    for (const length of [whole.length - 1, whole.length - 30, whole.lastIndexOf('\n', whole.length - 2) + 1, 40, 0]) {
      await refusal(await disk('closed', whole.subarray(0, length)));
    }
  });

  it('so a changed byte in its last line is damage', async () => {
    const bytes = Buffer.from(whole);
    bytes[whole.length - 10] = 0x41;
    await refusal(await disk('closed', bytes));
  });
});

describe('damage elsewhere', () => {
  it('a missing segment is named', async () => {
    const segmented = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: segmented, segmentBytes: 200 });
    await appendAll(store, 'a', batches(4));
    await store.close();
    segmented.remove('/store/journal/00000002.jsonl');
    expect((await refusal(segmented)).message).toContain('00000002.jsonl is damaged: the file is missing');
  });

  it('store.json that is not JSON, or not ours, is named; without it the store is made anew around its journal', async () => {
    for (const text of ['{', '[]', '{"format":"one"}']) {
      const broken = await disk('closed');
      broken.replace('/store/store.json', Buffer.from(text));
      expect((await refusal(broken)).message).toContain('/store/store.json');
    }
    const without = await disk('closed');
    without.remove('/store/store.json');
    for (const name of without.list('/store/lock')) without.remove(`/store/lock/${name}`);
    const store = await openFileStore('/store', { fileSystem: without });
    await store.append('a', batch(3));
    await store.close();
    const again = await openFileStore('/store', { fileSystem: without });
    expect((await contents(again))[0]).toEqual(['a', batches(4)]);
    await again.close();
  });

  it('a journal or store of a later format is refused as such', async () => {
    const later = await disk('closed');
    later.replace('/store/store.json', Buffer.from('{"format":2,"epoch":1}'));
    await expect(openFileStore('/store', { fileSystem: later })).rejects.toMatchObject({ code: 'STORE_FORMAT' });
    await expect(openFileStore('/store', { fileSystem: later, readOnly: true })).rejects.toMatchObject({ code: 'STORE_FORMAT' });
  });

  it('a definition that is not JSON is damage; a summary is derived, so it is none', async () => {
    const made = await disk('closed');
    const store = await openFileStore('/store', { fileSystem: made });
    await store.putDefinition('h', { a: 1 });
    made.replace('/store/definitions/h.json', Buffer.from('{"a":'));
    await expect(store.getDefinition('h')).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    made.close(made.open('/store/runs/a.json', 'create'));
    expect(await store.getSummary('a')).toBeNull();
    await store.close();
  });
});
