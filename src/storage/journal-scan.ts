import { TroupeError } from '../protocol/errors.ts';
import type { JournalCursor } from './journal-cursor.ts';
import type { JournalIndex } from './journal-index.ts';
import { checkedCrc, type Frame, JOURNAL_FORMAT, parseFrame, parseHeader } from './journal-line.ts';

/** Why reading on is impossible, and from which byte of the segment. */
export interface Fault {
  readonly offset: number;
  readonly reason: string;
  /** true: an interrupted write can look so. false: lines are intact and contradict each other. */
  readonly unfinished: boolean;
}

interface Line {
  readonly bytes: Buffer;
  readonly crc: string;
  /** The offset behind its newline. */
  readonly end: number;
}

interface PlacedFrame {
  readonly frame: Frame;
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads a segment's first line and moves the cursor behind it. Null when all is well.
 * Throws STORE_FORMAT when a newer version wrote the segment.
 */
export function scanHeader(bytes: Buffer, segment: number, file: string, cursor: JournalCursor): Fault | null {
  const line = lineAt(bytes, 0, 0);
  if (line === null) return { offset: 0, reason: 'it is empty', unfinished: true };
  if ('reason' in line) return line;
  const header = parseHeader(line.bytes, line.crc);
  if (header === null) return { offset: 0, reason: 'its first line does not open a segment', unfinished: false };
  if (header.format > JOURNAL_FORMAT) {
    throw new TroupeError('STORE_FORMAT', `${file} has journal format ${header.format}; this version reads up to ${JOURNAL_FORMAT}.`, {
      where: file,
      hint: 'Open the store with the version that wrote it, or a newer one.',
      retryable: false,
    });
  }
  if (header.segment !== segment || header.chain !== cursor.chain || header.seq !== cursor.seq || header.commit !== cursor.commit) {
    return { offset: 0, reason: 'it does not continue the segment before it', unfinished: false };
  }
  cursor.segment = segment;
  cursor.offset = line.end;
  cursor.chain = header.crc;
  return null;
}

/**
 * Reads whole groups into the index and moves the cursor behind the last of them. `bytes` begins at byte `base` of the
 * segment, reading begins at the cursor. Null when nothing but unwritten space follows.
 */
export function scanGroups(bytes: Buffer, base: number, cursor: JournalCursor, index: JournalIndex): Fault | null {
  while (true) {
    const group = groupAt(bytes, base, cursor, index);
    if (group === null) return null;
    if ('reason' in group) return group;
    for (const { frame, offset, length } of group) index.add(index.claim(frame.run), cursor, offset, length);
    const last = group.at(-1) as PlacedFrame;
    cursor.offset = last.offset + last.length;
    cursor.chain = last.frame.crc;
    cursor.seq += group.length;
    cursor.commit += 1;
    cursor.epoch = last.frame.epoch;
  }
}

function groupAt(bytes: Buffer, base: number, cursor: JournalCursor, index: JournalIndex): PlacedFrame[] | Fault | null {
  const group: PlacedFrame[] = [];
  const due: Due = { offset: cursor.offset, prev: cursor.chain, epoch: cursor.epoch, size: 1, place: 0, added: new Map() };
  for (; due.place < due.size; due.place += 1) {
    const { offset } = due;
    const line = lineAt(bytes, offset - base, base);
    if (line === null && due.place === 0) return null;
    if (line === null) return { offset, reason: `its group has ${due.place} of ${due.size} lines`, unfinished: true };
    if ('reason' in line) return line;
    const frame = parseFrame(line.bytes, line.crc);
    if (frame === null) return { offset, reason: 'it is not a batch', unfinished: false };
    const n = due.added.get(frame.run) ?? index.get(frame.run)?.recorded ?? 0;
    const reason = contradiction(frame, cursor, due, n);
    if (reason !== null) return { offset, reason, unfinished: false };
    due.size = frame.lines ?? due.size;
    if (due.size > 1) due.added.set(frame.run, n + 1);
    group.push({ frame, offset, length: line.end - offset });
    due.offset = line.end;
    due.prev = frame.crc;
    due.epoch = frame.epoch;
  }
  return group;
}

/** What the next line of a group has to be. */
interface Due {
  offset: number;
  prev: string;
  epoch: number;
  /** Lines of the group, and how many were met. */
  size: number;
  place: number;
  /** The next n of runs that have lines in the group. */
  readonly added: Map<string, number>;
}

function contradiction(frame: Frame, cursor: JournalCursor, due: Due, n: number): string | null {
  if (frame.prev !== due.prev) return 'the line before it is missing or was changed';
  if (frame.seq !== cursor.seq + due.place) return `it is line ${frame.seq} of the store where ${cursor.seq + due.place} is due`;
  if (frame.commit !== cursor.commit) return `it belongs to group ${frame.commit} where ${cursor.commit} is due`;
  if ((frame.lines === undefined) === (due.place === 0)) return 'its group does not begin or end where it should';
  if (frame.epoch < due.epoch) return `it was written by opening ${frame.epoch} after opening ${due.epoch}`;
  if (frame.n !== n) return `it is batch ${frame.n} of run ${frame.run} where ${n} is due`;
  return null;
}

/** The line that begins at `at` of `bytes`; null when only unwritten space is there. */
function lineAt(bytes: Buffer, at: number, base: number): Line | Fault | null {
  if (isUnwritten(bytes, at)) return null;
  const offset = base + at;
  const end = bytes.indexOf(0x0a, at);
  if (end < 0) return { offset, reason: 'the line has no end', unfinished: true };
  const line = bytes.subarray(at, end);
  const crc = checkedCrc(line);
  if (crc === null) return { offset, reason: 'its checksum does not match', unfinished: true };
  return { bytes: line, crc, end: base + end + 1 };
}

/** Space that was set aside and never written reads as zeros. */
function isUnwritten(bytes: Buffer, at: number): boolean {
  if (at < bytes.length && bytes[at] !== 0) return false;
  for (let i = at; i < bytes.length; i += 1) if (bytes[i] !== 0) return false;
  return true;
}
