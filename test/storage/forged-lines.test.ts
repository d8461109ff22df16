import { describe, expect, it } from 'vitest';
import { type JournalCursor, journalStart } from '../../src/storage/journal-cursor.ts';
import { JournalIndex } from '../../src/storage/journal-index.ts';
import { encodeHeader, writeLine } from '../../src/storage/journal-line.ts';
import { type Fault, scanGroups, scanHeader } from '../../src/storage/journal-scan.ts';

const HEADER = { format: 1, segment: 1, chain: '00000000', seq: 0, commit: 0 };
const FIRST = { seq: 0, epoch: 3, commit: 0, lines: 2, run: 'a', n: 0 };
const SECOND = { seq: 1, epoch: 3, commit: 0, run: 'a', n: 1 };

/** Lines whose checksums and chain hold, whatever they say; `prev` only where it is to be wrong. */
function journal(...frames: readonly object[]): Buffer {
  const { bytes, crc } = encodeHeader(HEADER);
  const target = Buffer.alloc(4096);
  let end = bytes.copy(target);
  let prev = crc;
  for (const frame of frames) {
    const line = writeLine(target, end, JSON.stringify({ prev, ...frame, fact: {}, intents: [] }).slice(1));
    prev = line.crc;
    end = line.end;
  }
  return target.subarray(0, end);
}

function scan(bytes: Buffer): { fault: Fault | null; cursor: JournalCursor } {
  const cursor = journalStart();
  const fault = scanHeader(bytes, 1, 'the journal', cursor) ?? scanGroups(bytes, 0, cursor, new JournalIndex());
  return { fault, cursor };
}

describe('lines whose checksums hold must still agree with each other', () => {
  it('and are taken when they do', () => {
    expect(scan(journal(FIRST, SECOND))).toMatchObject({ fault: null, cursor: { seq: 2, commit: 1, epoch: 3 } });
  });

  const cases: readonly [law: string, frames: readonly object[], reason: string][] = [
    ['the chain', [FIRST, { ...SECOND, prev: '12345678' }], 'the line before it is missing'],
    ['the number of the line', [FIRST, { ...SECOND, seq: 2 }], 'it is line 2 of the store where 1 is due'],
    ['the group', [FIRST, { ...SECOND, commit: 1 }], 'it belongs to group 1 where 0 is due'],
    [
      'the next group',
      [
        { ...FIRST, lines: 1 },
        { ...SECOND, commit: 5, lines: 1 },
      ],
      'it belongs to group 5 where 1 is due',
    ],
    ['the size of the group', [FIRST, { ...SECOND, lines: 1 }], 'its group does not begin or end'],
    ['the begin of the group', [{ ...FIRST, lines: undefined }], 'its group does not begin or end'],
    ['the opening', [FIRST, { ...SECOND, epoch: 2 }], 'it was written by opening 2 after opening 3'],
    ['the batch', [FIRST, { ...SECOND, n: 2 }], 'it is batch 2 of run a where 1 is due'],
    ['the batch of another run', [FIRST, { ...SECOND, run: 'b' }], 'it is batch 1 of run b where 0 is due'],
    ['being a batch', [FIRST, { ...SECOND, n: 'one' }], 'it is not a batch'],
  ];
  for (const [law, frames, reason] of cases) {
    it(`on ${law}; if not, that is no interrupted write`, () => {
      const { fault, cursor } = scan(journal(...frames));
      expect(fault).toMatchObject({ unfinished: false, reason: expect.stringContaining(reason) });
      expect(cursor.offset).toBeLessThanOrEqual(fault?.offset ?? 0);
    });
  }

  it('a header must continue what came before', () => {
    const bytes = journal(FIRST, SECOND);
    for (const change of [{ chain: '12345678' }, { seq: 4 }, { commit: 2 }]) {
      expect(scanHeader(bytes, 1, 'the journal', { ...journalStart(), ...change })).toMatchObject({ unfinished: false });
    }
    expect(scanHeader(bytes, 2, 'the journal', journalStart())).toMatchObject({ unfinished: false });
  });

  it('a header of a later format is refused as such', () => {
    const { bytes } = encodeHeader({ ...HEADER, format: 2 });
    expect(() => scanHeader(bytes, 1, 'the journal', journalStart())).toThrow(expect.objectContaining({ code: 'STORE_FORMAT' }));
  });
});
