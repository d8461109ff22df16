/**
 * Appends, in groups: one write and one sync carry everything that was appended meanwhile, whatever run it is of.
 *
 * 1. Appends of one turn of the event loop form a group, and at most one group is on its way. What arrives while it is
 *    forms the next. A lone chain has nobody to wait for: its group goes as soon as all that is ready has run, a few
 *    times in a row, before the loop turns.
 * 2. A batch is acknowledged when its group is on the medium (`full`) or with the system (`process`); groups are
 *    acknowledged in order, and so are the batches of a run.
 * 3. A group is recorded whole or not at all. When it fails, everything waiting behind it fails with the same error,
 *    since later batches of a run must not be recorded without the earlier ones.
 * 4. A full disk is survived: the group is taken back, and later appends are tried anew. After any other failure, a
 *    failed sync above all, the file is not trusted again: every later append is refused until the store is reopened.
 * 5. Nothing is written once the lock is lost.
 */
import { performance } from 'node:perf_hooks';
import type { TroupeError } from '../protocol/errors.ts';
import type { Durability } from '../protocol/journal.ts';
import { type EncodedGroup, type Entry, GroupEncoder } from './group-encoding.ts';
import type { JournalCursor } from './journal-cursor.ts';
import type { JournalIndex, RunRecord } from './journal-index.ts';
import type { BlobWriter, EncodedBatch } from './payload-blobs.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { unwritable, writeFailure } from './store-failure.ts';
import { SyncChoice } from './sync-choice.ts';
import type { WriterLock } from './writer-lock.ts';

/** A segment that has grown to this is ended before the next group. Opening reads at most one: some 60,000 small lines, 150 ms. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;
/** A group ends here even if more is waiting (in UTF-16 units of its batches), so that no write is unbounded. */
const GROUP_UNITS = 4 * 1024 * 1024;
/** So many groups go without a turn of the event loop, which costs some 20 µs; then timers, signals and other connections have their turn. */
const GROUPS_A_TURN = 8;

/** What a group commit works on. */
export interface CommitParts {
  readonly segment: SegmentWriter;
  readonly index: JournalIndex;
  readonly blobs: BlobWriter;
  readonly lock: WriterLock;
  readonly durability: Durability;
  readonly epoch: number;
  readonly segmentBytes: number;
  /** Called with the end of a segment that was ended, before anything is recorded in the next. */
  readonly onSealed: (end: JournalCursor) => void;
}

export class GroupCommit {
  private readonly parts: CommitParts;
  private readonly encoder: GroupEncoder;
  private readonly choice = new SyncChoice();
  private readonly queue: Entry[] = [];
  private scheduled = false;
  private syncing = false;
  /** Groups since the loop has turned. */
  private inTurn = 0;
  /** Why nothing can be appended any more. */
  private ended: TroupeError | null = null;
  private readonly idle: (() => void)[] = [];

  constructor(parts: CommitParts) {
    this.parts = parts;
    this.encoder = new GroupEncoder(parts.epoch, parts.durability !== 'full');
  }

  /** False once nothing can be appended any more. */
  get healthy(): boolean {
    return this.ended === null;
  }

  /** Takes a batch whose n is the run's next. Resolves when it is acknowledged; rejects as {@link JournalStore.append} says. */
  append(record: RunRecord, { text, blobs }: EncodedBatch): Promise<void> {
    if (this.ended !== null) return Promise.reject(this.ended);
    record.pending += 1;
    return new Promise((resolve, reject) => {
      this.queue.push({ record, text, blobs, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    if (this.queue.length > 0 || this.syncing) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.scheduled || this.syncing || this.queue.length === 0) return;
    this.scheduled = true;
    this.inTurn = this.choice.expectsChain ? (this.inTurn + 1) % GROUPS_A_TURN : 0;
    if (this.inTurn > 0) process.nextTick(this.go);
    else setImmediate(this.go);
  }

  private readonly go = (): void => {
    this.scheduled = false;
    this.commit();
    this.rest();
  };

  private rest(): void {
    this.schedule();
    if (this.queue.length > 0 || this.syncing) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private commit(): void {
    const group = this.take();
    const written = this.write(group);
    if (written === null) return;
    if (this.parts.durability !== 'full') {
      this.acknowledge(group, written);
    } else if (this.choice.isBlocking(group)) {
      this.syncNow(group, written);
    } else {
      this.syncLater(group, written);
    }
  }

  private take(): Entry[] {
    let units = 0;
    const end = this.queue.findIndex(({ text }) => {
      units += text.length;
      return units > GROUP_UNITS;
    });
    return end <= 0 ? this.queue.splice(0, end < 0 ? this.queue.length : 1) : this.queue.splice(0, end);
  }

  private write(group: readonly Entry[]): EncodedGroup | null {
    const { segment, lock, blobs } = this.parts;
    try {
      lock.check();
      blobs.write(group.flatMap((entry) => entry.blobs));
      if (segment.cursor.offset >= this.parts.segmentBytes) this.rotate();
      const encoded = this.encoder.encode(group, segment.cursor);
      segment.put(encoded);
      return encoded;
    } catch (error) {
      this.refuse(group, this.takeBack(writeFailure(error, segment.path)));
      return null;
    }
  }

  private rotate(): void {
    const { segment, onSealed } = this.parts;
    const end = { ...segment.cursor };
    segment.rotate();
    onSealed(end);
  }

  private syncNow(group: readonly Entry[], written: EncodedGroup): void {
    const start = performance.now();
    try {
      this.parts.segment.sync();
    } catch (error) {
      this.refuse(group, this.takeBack(writeFailure(error, this.parts.segment.path)));
      return;
    }
    this.choice.note(performance.now() - start);
    this.acknowledge(group, written);
  }

  private syncLater(group: readonly Entry[], written: EncodedGroup): void {
    const start = performance.now();
    this.syncing = true;
    this.parts.segment
      .syncLater()
      .then(
        () => {
          this.choice.note(performance.now() - start);
          this.acknowledge(group, written);
        },
        (error) => this.refuse(group, this.takeBack(writeFailure(error, this.parts.segment.path))),
      )
      .finally(() => {
        this.syncing = false;
        this.rest();
      });
  }

  private acknowledge(group: readonly Entry[], written: EncodedGroup): void {
    const { segment, index, epoch } = this.parts;
    let offset = segment.cursor.offset;
    const base = offset;
    for (const [place, { record, resolve }] of group.entries()) {
      const end = base + (written.ends[place] ?? 0);
      record.pending -= 1;
      index.add(record, segment.cursor, offset, end - offset);
      offset = end;
      resolve();
    }
    segment.advance(written, epoch);
  }

  /** Leaves nothing of a failed group behind, and says what the failure means for the appends to come. */
  private takeBack(failure: TroupeError): TroupeError {
    if (failure.code === 'STORE_FENCED') {
      this.ended = failure;
      return failure;
    }
    if (failure.code !== 'STORE_FULL') this.ended = failure;
    try {
      this.parts.segment.retract();
    } catch (error) {
      this.ended ??= unwritable(error, this.parts.segment.path);
    }
    return failure;
  }

  private refuse(group: readonly Entry[], failure: TroupeError): void {
    for (const { record, reject } of [...group, ...this.queue.splice(0)]) {
      record.pending -= 1;
      this.parts.index.releaseEmpty(record);
      reject(failure);
    }
  }
}
