import type { JournalCursor } from './journal-cursor.ts';
import type { RunRecord } from './journal-index.ts';
import { lineBound, writeLine } from './journal-line.ts';
import type { Blob } from './payload-blobs.ts';

/** A batch on its way into the journal. */
export interface Entry {
  readonly record: RunRecord;
  readonly text: string;
  readonly blobs: readonly Blob[];
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** A group as bytes. */
export interface EncodedGroup {
  readonly bytes: Buffer;
  /** Bytes in use. */
  readonly length: number;
  /** Where each entry's line ends. */
  readonly ends: readonly number[];
  /** The crc of the last line. */
  readonly chain: string;
}

/** Enough for some 3,000 small batches; larger groups get a buffer of their own. */
const USUAL_BYTES = 1 << 20;

/** Turns groups into lines, in one buffer that is used again and again. */
export class GroupEncoder {
  private readonly usual: Buffer = Buffer.allocUnsafeSlow(USUAL_BYTES);
  private readonly epoch: number;
  private readonly mark: string;

  constructor(epoch: number, unsynced: boolean) {
    this.epoch = epoch;
    this.mark = unsynced ? ',"unsynced":true' : '';
  }

  /** The group's lines, continuing the journal at the cursor. Valid until the next call. */
  encode(group: readonly Entry[], { chain: from, seq, commit }: JournalCursor): EncodedGroup {
    const { epoch, mark } = this;
    const ends: number[] = [];
    let chain = from;
    let length = 0;
    let bytes: Buffer = this.usual;
    for (const [place, { record, text }] of group.entries()) {
      const lines = place === 0 ? `,"lines":${group.length}` : '';
      const rest = `"prev":"${chain}","seq":${seq + place},"epoch":${epoch},"commit":${commit}${lines}${mark},"run":${record.json},${text}}`;
      const bound = length + lineBound(rest);
      if (bound > bytes.length) bytes = enlarged(bytes, length, bound);
      const { end, crc } = writeLine(bytes, length, rest);
      length = end;
      chain = crc;
      ends.push(end);
    }
    return { bytes, length, ends, chain };
  }
}

function enlarged(bytes: Buffer, used: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, bytes.length * 2));
  bytes.copy(larger, 0, 0, used);
  return larger;
}
