/**
 * What opening a store for writing does to its journal: read it, prove it whole, and cut what an interrupted write left.
 *
 * 1. Sealed segments are taken from their index; one without a good index is read, and its index written anew.
 * 2. The last segment is read line by line: checksum, chain, order of lines, groups, openings and of each run's batches.
 * 3. A fault at the end that an interrupted write explains (see torn-tail.ts) is cut off with a warning. The bytes are
 *    kept beside the segment. Nothing acknowledged is in them.
 * 4. Any other fault stops the opening with STORE_DAMAGED, which names file, line and byte; nothing has been changed.
 * 5. What is kept is synced once, in case the process before this one did not sync.
 */
import { readFile, writeFully } from './file-contents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { type JournalCursor, journalStart } from './journal-cursor.ts';
import { JournalIndex } from './journal-index.ts';
import { type Fault, scanGroups, scanHeader } from './journal-scan.ts';
import { type JournalPlace, restoreSealed, writeSealedIndex } from './sealed-index.ts';
import { countSegments, segmentFile, tornFile } from './segment-files.ts';
import { damaged, systemCode } from './store-failure.ts';
import { isTornTail, lineNumber, withoutUnwritten } from './torn-tail.ts';

/** What an opening knows before it reads the journal. */
export interface Opening {
  readonly journal: JournalPlace;
  readonly epoch: number;
  /** The machine was started anew since the last opening, or may have been. */
  readonly powerLost: boolean;
  /** Where the journal ended when it was closed in order, or null when it was not. */
  readonly closedAt: { readonly segment: number; readonly offset: number } | null;
}

/** The journal as recovered. A cursor with offset 0 asks for its segment to be begun. */
export interface RecoveredJournal {
  readonly cursor: JournalCursor;
  readonly index: JournalIndex;
  readonly warnings: string[];
}

/** Recovers a journal. Throws STORE_DAMAGED or STORE_FORMAT and has then changed nothing. */
export function recoverJournal(fs: FileSystemPort, opening: Opening): RecoveredJournal {
  const cursor = journalStart();
  const index = new JournalIndex();
  const count = countSegments(fs, opening.journal.directory);
  for (let segment = 1; segment < count; segment += 1) recoverSealed(fs, opening, segment, cursor, index);
  const recovered = { cursor, index, warnings: [] };
  if (count > 0) recoverLast(fs, opening, count, recovered);
  const closed = opening.closedAt;
  if (closed !== null && (cursor.segment < closed.segment || (cursor.segment === closed.segment && cursor.offset < closed.offset))) {
    throw damaged(`it was closed with ${closed.offset} bytes and is shorter now`, {
      file: segmentFile(opening.journal.directory, closed.segment),
    });
  }
  return recovered;
}

function recoverSealed(fs: FileSystemPort, opening: Opening, segment: number, cursor: JournalCursor, index: JournalIndex): void {
  if (restoreSealed(fs, opening.journal.directory, segment, cursor, index)) return;
  const file = segmentFile(opening.journal.directory, segment);
  const bytes = contents(fs, file);
  const fault = scanHeader(bytes, segment, file, cursor) ?? scanGroups(bytes, 0, cursor, index);
  if (fault !== null) throw damagedBy(fault, file, bytes);
  const runs = index.seal();
  try {
    writeSealedIndex(fs, opening.journal, { ...cursor }, runs);
  } catch (error) {
    // The index only saves the next opening this scan.
    if (systemCode(error) === undefined) throw error;
  }
}

function recoverLast(fs: FileSystemPort, opening: Opening, segment: number, { cursor, index, warnings }: RecoveredJournal): void {
  const file = segmentFile(opening.journal.directory, segment);
  const bytes = contents(fs, file);
  const headerFault = scanHeader(bytes, segment, file, cursor);
  const fault = headerFault ?? scanGroups(bytes, 0, cursor, index);
  if (headerFault !== null) Object.assign(cursor, { segment, offset: 0 });
  if (fault !== null && !isExplained(bytes, fault, cursor, opening)) throw damagedBy(fault, file, bytes);
  const torn = withoutUnwritten(bytes.subarray(cursor.offset));
  const open = fs.open(file, 'update');
  try {
    if (torn.length > 0) {
      const kept = tornFile(opening.journal.directory, segment, opening.epoch);
      keep(fs, kept, torn);
      warnings.push(
        `${file}: the last write was interrupted (line ${lineNumber(bytes, cursor.offset)}, byte ${cursor.offset}); ` +
          `${torn.length} bytes that nobody was told of were cut and kept in ${kept}`,
      );
    }
    if (bytes.length > cursor.offset) fs.truncate(open, cursor.offset);
    fs.sync(open);
  } finally {
    fs.close(open);
  }
}

/** A header is synced before anything follows it: without one, an intact line behind it means damage. */
function isExplained(bytes: Buffer, fault: Fault, cursor: JournalCursor, { powerLost, closedAt }: Opening): boolean {
  const closedBehind = closedAt !== null && closedAt.segment === cursor.segment && closedAt.offset > cursor.offset;
  return !closedBehind && isTornTail(bytes, 0, fault, cursor.offset === 0 ? { ...cursor, commit: -1 } : cursor, powerLost);
}

function keep(fs: FileSystemPort, file: string, bytes: Buffer): void {
  const open = fs.open(file, 'create');
  try {
    writeFully(fs, open, bytes, bytes.length, 0);
  } finally {
    fs.close(open);
  }
}

function contents(fs: FileSystemPort, file: string): Buffer {
  return readFile(fs, file) ?? Buffer.alloc(0);
}

function damagedBy(fault: Fault, file: string, bytes: Buffer) {
  return damaged(fault.reason, { file, line: lineNumber(bytes, fault.offset), offset: fault.offset });
}
