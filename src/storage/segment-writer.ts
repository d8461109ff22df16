/**
 * The end of the journal: the segment being written.
 *
 * Space is set aside ahead of the lines by writing zeros. As long as lines stay within it, neither the file's size nor
 * its blocks change, and a sync has nothing to record but the lines: measured on ext4 (two cores, virtual disk, others at
 * work on it), one write with fdatasync takes 103 µs so, 137 µs where the file was only extended, because then every
 * thirteenth line or so takes a new block, 152 µs when every line grows the file. Where there is no room for the zeros the
 * file is only extended, which costs no blocks. Closing cuts off what was set aside, and every reader takes zeros for the end.
 */
import { writeFully } from './file-contents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import type { EncodedGroup } from './group-encoding.ts';
import type { JournalCursor } from './journal-cursor.ts';
import { encodeHeader, JOURNAL_FORMAT } from './journal-line.ts';
import { segmentFile } from './segment-files.ts';
import { unwritable } from './store-failure.ts';

const SPACE_AHEAD = 64 * 1024;

export class SegmentWriter {
  /** The place behind the last recorded group. */
  readonly cursor: JournalCursor;
  private readonly fs: FileSystemPort;
  private readonly directory: string;
  private file: number;
  /** Bytes of the file, unwritten space included. */
  private allocated: number;

  /** Opens the segment under the cursor, or begins it when the cursor stands at its start. Throws what the file system throws. */
  constructor(fs: FileSystemPort, directory: string, cursor: JournalCursor) {
    this.fs = fs;
    this.directory = directory;
    if (cursor.offset === 0) {
      const begun = this.begin({ ...cursor, segment: Math.max(1, cursor.segment) });
      this.file = begun.file;
      this.cursor = begun.cursor;
    } else {
      this.file = fs.open(segmentFile(directory, cursor.segment), 'update');
      this.cursor = cursor;
    }
    this.allocated = this.cursor.offset;
  }

  /** The path of the segment, for messages. */
  get path(): string {
    return segmentFile(this.directory, this.cursor.segment);
  }

  /** Writes a group behind the cursor, which stays where it is until {@link advance}. */
  put({ bytes, length }: EncodedGroup): void {
    const end = this.cursor.offset + length;
    if (end > this.allocated) {
      this.allocated = end + SPACE_AHEAD;
      if (this.putWithSpace(bytes, length)) return;
      this.fs.truncate(this.file, this.allocated);
    }
    writeFully(this.fs, this.file, bytes, length, this.cursor.offset);
  }

  /** Waits for the medium, blocking. Throws STORE_UNWRITABLE: what a failed sync left behind is unknown. */
  sync(): void {
    try {
      this.fs.sync(this.file);
    } catch (error) {
      throw unwritable(error, this.path);
    }
  }

  /** The same without blocking. */
  async syncLater(): Promise<void> {
    try {
      await this.fs.syncLater(this.file);
    } catch (error) {
      throw unwritable(error, this.path);
    }
  }

  /** Counts a group as recorded. */
  advance(group: EncodedGroup, epoch: number): void {
    const { cursor } = this;
    cursor.offset += group.length;
    cursor.chain = group.chain;
    cursor.seq += group.ends.length;
    cursor.commit += 1;
    cursor.epoch = epoch;
  }

  /** Takes back whatever was put behind the cursor, and unwritten space. */
  retract(): void {
    this.fs.truncate(this.file, this.cursor.offset);
    this.allocated = this.cursor.offset;
    this.sync();
  }

  /** Ends this segment and begins the next. When that fails, writing can go on in this one. */
  rotate(): void {
    this.retract();
    const begun = this.begin({ ...this.cursor, segment: this.cursor.segment + 1 });
    this.fs.close(this.file);
    this.file = begun.file;
    this.allocated = begun.cursor.offset;
    Object.assign(this.cursor, begun.cursor);
  }

  close(): void {
    this.fs.close(this.file);
  }

  /** In one write. False when the zeros have no room: what may never come must not keep out what is there. */
  private putWithSpace(bytes: Buffer, length: number): boolean {
    const whole = length + SPACE_AHEAD;
    if (whole > bytes.length) return false;
    bytes.fill(0, length, whole);
    try {
      writeFully(this.fs, this.file, bytes, whole, this.cursor.offset);
      return true;
    } catch {
      return false;
    }
  }

  /** A new segment, durable with its name and its first line before anything is written behind it. */
  private begin(at: JournalCursor): { file: number; cursor: JournalCursor } {
    const { segment, chain, seq, commit } = at;
    const { bytes, crc } = encodeHeader({ format: JOURNAL_FORMAT, segment, chain, seq, commit });
    const path = segmentFile(this.directory, segment);
    const file = this.fs.open(path, 'create');
    try {
      writeFully(this.fs, file, bytes, bytes.length, 0);
      this.fs.sync(file);
      this.fs.syncDirectory(this.directory);
    } catch (error) {
      this.fs.close(file);
      this.fs.remove(path);
      throw error;
    }
    return { file, cursor: { ...at, offset: bytes.length, chain: crc } };
  }
}
