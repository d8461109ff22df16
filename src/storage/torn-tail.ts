import type { JournalCursor } from './journal-cursor.ts';
import { checkedCrc, LINE_START, parseFrame } from './journal-line.ts';
import type { Fault } from './journal-scan.ts';

/**
 * Tells an interrupted last write from damage. A group is written only after the one before it was acknowledged, and
 * acknowledged only once it is on the medium; so what an interruption leaves is parts of one group, and any intact
 * line of a later group proves that the faulty one had been whole. Groups marked `unsynced` prove it only as long as
 * the machine has not been started anew (`powerLost`): without syncs the medium may keep a later group and lose an
 * earlier one.
 *
 * `bytes` begins at byte `base` of the segment.
 */
export function isTornTail(bytes: Buffer, base: number, fault: Fault, cursor: JournalCursor, powerLost: boolean): boolean {
  if (!fault.unfinished) return false;
  let at = bytes.indexOf(LINE_START, fault.offset - base);
  while (at >= 0) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) return true;
    const line = bytes.subarray(at, end);
    const crc = checkedCrc(line);
    if (crc !== null) {
      const frame = parseFrame(line, crc);
      if (frame === null) return false;
      if (frame.commit !== cursor.commit && !(powerLost && frame.unsynced === true)) return false;
    }
    at = bytes.indexOf(LINE_START, at + 1);
  }
  return true;
}

/** The line of a byte offset, 1 for the first. */
export function lineNumber(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) line += 1;
  return line;
}

/** Bytes up to the zeros at the end, which were never written. */
export function withoutUnwritten(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}
