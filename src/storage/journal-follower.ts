/**
 * A journal seen from beside: read without the lock, while its writer goes on.
 *
 * What may be met and is no damage: a group of which a part is written; space set aside; a group that its writer took
 * back (a full disk, an interrupted write) after it was seen here, so that the journal goes on differently. The first
 * two end the reading until the next time. A fault that has intact lines behind it is looked at once more, since the
 * writer may have been faster than one read, and then once more from the start; if it stays, it is damage.
 */
import { readFile } from './file-contents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { type JournalCursor, journalStart } from './journal-cursor.ts';
import { JournalIndex } from './journal-index.ts';
import { type Fault, scanGroups, scanHeader } from './journal-scan.ts';
import { restoreSealed } from './sealed-index.ts';
import { countSegments, segmentFile } from './segment-files.ts';
import { damaged } from './store-failure.ts';
import { isTornTail, lineNumber } from './torn-tail.ts';

export class JournalFollower {
  private readonly fs: FileSystemPort;
  private readonly directory: string;
  private cursor: JournalCursor = journalStart();
  private known = new JournalIndex();

  constructor(fs: FileSystemPort, directory: string) {
    this.fs = fs;
    this.directory = directory;
  }

  /** The index of everything written until now. Throws STORE_DAMAGED or STORE_FORMAT. */
  index(): JournalIndex {
    if (this.follow() === null || this.follow() === null) return this.known;
    this.restart();
    const fault = this.follow();
    if (fault === null) return this.known;
    const file = segmentFile(this.directory, fault.segment);
    const line = lineNumber(readFile(this.fs, file) ?? Buffer.alloc(0), fault.offset);
    throw damaged(fault.reason, { file, line, offset: fault.offset });
  }

  /** Forgets everything, so that the journal is read from its start. */
  restart(): void {
    this.cursor = journalStart();
    this.known = new JournalIndex();
  }

  private follow(): (Fault & { segment: number }) | null {
    const count = countSegments(this.fs, this.directory);
    if (this.cursor.segment > 0) {
      const fault = this.finish(this.cursor.segment < count);
      if (fault !== null) return fault;
    }
    for (let segment = this.cursor.segment + 1; segment <= count; segment += 1) {
      if (segment < count && restoreSealed(this.fs, this.directory, segment, this.cursor, this.known)) continue;
      const fault = this.enter(segment, segment < count);
      if (fault !== null) return fault;
      if (this.cursor.segment < segment) return null;
    }
    return null;
  }

  /** Reads the segment under the cursor to its end. */
  private finish(ended: boolean): (Fault & { segment: number }) | null {
    const { segment, offset } = this.cursor;
    const bytes = readFile(this.fs, segmentFile(this.directory, segment), offset) ?? Buffer.alloc(0);
    const fault = scanGroups(bytes, offset, this.cursor, this.known);
    if (fault === null || (!ended && isTornTail(bytes, offset, fault, this.cursor, false))) return null;
    return { ...fault, segment };
  }

  private enter(segment: number, ended: boolean): (Fault & { segment: number }) | null {
    const file = segmentFile(this.directory, segment);
    const fault = scanHeader(readFile(this.fs, file) ?? Buffer.alloc(0), segment, file, this.cursor);
    if (fault === null) return this.finish(ended);
    return fault.unfinished && !ended ? null : { ...fault, segment };
  }
}
