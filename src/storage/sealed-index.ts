import { readFile, readRange, replaceFile } from './file-contents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import type { JournalCursor } from './journal-cursor.ts';
import type { Extent, JournalIndex } from './journal-index.ts';
import { checkedCrc, JOURNAL_FORMAT, lineBound, parseHeader, type SegmentHeader, writeLine } from './journal-line.ts';
import { indexFile, segmentFile } from './segment-files.ts';

/** A segment's first line is shorter than this. */
const HEADER_BYTES = 512;

/** Where a journal is, and where its half-written files go. */
export interface JournalPlace {
  readonly directory: string;
  readonly temporary: string;
}

/** What opening a store would learn from reading a sealed segment. */
interface SealedIndex {
  readonly format: number;
  /** The chain that the segment continues. */
  readonly from: string;
  /** The place behind its last line. */
  readonly to: JournalCursor;
  /** A list and no object: object keys that look like numbers would lose their order. */
  readonly runs: readonly (readonly [run: string, ...Extent[]])[];
}

/**
 * Writes the index beside a sealed segment that ends at `to`. It is derived: no sync, and a failure, which is thrown as
 * the file system throws it, only costs the next opening a scan.
 */
export function writeSealedIndex(fs: FileSystemPort, journal: JournalPlace, to: JournalCursor, runs: SealedIndex['runs']): void {
  const from = readHeader(fs, segmentFile(journal.directory, to.segment));
  if (from === null) return;
  const index: SealedIndex = { format: JOURNAL_FORMAT, from: from.chain, to, runs };
  const rest = JSON.stringify(index).slice(1);
  const target = Buffer.allocUnsafe(lineBound(rest));
  const { end } = writeLine(target, 0, rest);
  const file = indexFile(journal.directory, to.segment);
  replaceFile(fs, target.subarray(0, end), { file, temporary: journal.temporary, durable: 'none' });
}

/**
 * Takes a sealed segment's index over instead of reading the segment. False, and nothing changed, when there is none,
 * when it is damaged, or when it does not fit the segment or what came before.
 */
export function restoreSealed(fs: FileSystemPort, directory: string, segment: number, cursor: JournalCursor, index: JournalIndex): boolean {
  const sealed = readSealed(fs, directory, segment);
  if (sealed === null || sealed.format !== JOURNAL_FORMAT || sealed.to.segment !== segment || sealed.from !== cursor.chain) return false;
  if (sizeOf(fs, segmentFile(directory, segment)) !== sealed.to.offset) return false;
  if (!index.restore(segment, sealed.runs)) return false;
  Object.assign(cursor, sealed.to);
  return true;
}

function readSealed(fs: FileSystemPort, directory: string, segment: number): SealedIndex | null {
  const bytes = readFile(fs, indexFile(directory, segment));
  if (bytes === null || bytes.at(-1) !== 0x0a || checkedCrc(bytes.subarray(0, -1)) === null) return null;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function sizeOf(fs: FileSystemPort, file: string): number {
  return withFile(fs, file, (open) => fs.size(open));
}

function readHeader(fs: FileSystemPort, file: string): SegmentHeader | null {
  const start = withFile(fs, file, (open) => readRange(fs, open, 0, HEADER_BYTES));
  const line = start.subarray(0, Math.max(0, start.indexOf(0x0a)));
  const crc = checkedCrc(line);
  return crc === null ? null : parseHeader(line, crc);
}

function withFile<T>(fs: FileSystemPort, file: string, use: (open: number) => T): T {
  const open = fs.open(file, 'read');
  try {
    return use(open);
  } finally {
    fs.close(open);
  }
}
