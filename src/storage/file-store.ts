/**
 * The store on disk.
 *
 *   store.json                   what this directory is, and which opening was the last
 *   lock/                        who may write (writer-lock.ts)
 *   journal/00000001.jsonl       the truth: what happened in all runs, in segments (journal-line.ts)
 *   journal/00000001.index.json  where each run's lines are in a segment that is full; derived
 *   definitions/<hash>.json      what runs were asked to do
 *   runs/<id>.json               how runs stand, for people; derived, written late
 *   blobs/<sha256>               payloads too long for a line, durable before the line that names them
 *   tmp/                         files being written
 *
 * One journal for all runs: with a file for each run, two thousand small runs would need a sync for every step of each;
 * together they share one (group-commit.ts). Opening reads the journal from its last full segment on, proves it whole
 * and cuts off what an interrupted write left (journal-recovery.ts). Documents are lowdb's, behind an adapter that
 * replaces them whole (file-document.ts).
 */
import path from 'node:path';
import { Low } from 'lowdb';
import type { Batch, Durability, JournalStore, RunSummary } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { DefinitionDocuments } from './definition-documents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { GroupCommit, SEGMENT_BYTES } from './group-commit.ts';
import type { JournalIndex } from './journal-index.ts';
import { readBatches } from './journal-reader.ts';
import { type RecoveredJournal, recoverJournal } from './journal-recovery.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { BlobWriter, encodeBatch } from './payload-blobs.ts';
import { openReadOnly } from './read-only-store.ts';
import { RunDocuments } from './run-documents.ts';
import { writeSealedIndex } from './sealed-index.ts';
import { SegmentWriter } from './segment-writer.ts';
import { readStoreDocument, STORE_FORMAT, type StoreDocument, storeDocumentFile } from './store-document.ts';
import { writeFailure } from './store-failure.ts';
import { type StoreLayout, storeLayout } from './store-layout.ts';
import { outOfOrder, storeClosed } from './store-refusals.ts';
import { WriteBehind } from './write-behind.ts';
import { takeWriterLock, type WriterLock } from './writer-lock.ts';

/** How to open a store on disk. */
export interface FileStoreOptions {
  /** `full` (default): acknowledged means on the medium. `process`: acknowledged means with the operating system. */
  readonly durability?: 'full' | 'process';
  /** Looks without a lock, also while another process writes; every read sees what was written until then. */
  readonly readOnly?: boolean;
  readonly fileSystem?: FileSystemPort;
  /** Milliseconds since the epoch, for the times people see. */
  readonly now?: () => number;
  /** A segment of the journal that has grown to this is ended; default 16 MB. */
  readonly segmentBytes?: number;
}

/**
 * Opens a store, making it when there is none (not with `readOnly`: then it reads as empty). Rejects with STORE_LOCKED,
 * STORE_DAMAGED, STORE_FORMAT, STORE_FULL or STORE_UNWRITABLE.
 */
export async function openFileStore(directory: string, options: FileStoreOptions = {}): Promise<JournalStore> {
  const { fileSystem: fs = nodeFileSystem, durability = 'full', now = Date.now, segmentBytes = SEGMENT_BYTES } = options;
  const layout = storeLayout(path.resolve(directory));
  if (options.readOnly === true) return openReadOnly(fs, layout);
  try {
    makeDirectories(fs, layout);
    const lastEpoch = async () => (await readStoreDocument(fs, layout))?.epoch ?? 0;
    const lock = await takeWriterLock(fs, { directory: layout.directory, lastEpoch, now });
    try {
      return await openLocked({ fs, layout, lock, durability, segmentBytes }, now);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw writeFailure(error, layout.directory);
  }
}

interface LockedStore {
  readonly fs: FileSystemPort;
  readonly layout: StoreLayout;
  readonly lock: WriterLock;
  readonly durability: Durability;
  readonly segmentBytes: number;
}

async function openLocked(store: LockedStore, now: () => number): Promise<JournalStore> {
  const { fs, layout, lock } = store;
  const last = await readStoreDocument(fs, layout);
  const boot = fs.boot();
  const recovered = recoverJournal(fs, {
    journal: { directory: layout.journal, temporary: layout.temporary },
    epoch: lock.epoch,
    powerLost: boot === null || last?.boot !== boot,
    closedAt: last?.closedAt ?? null,
  });
  for (const name of fs.list(layout.temporary)) fs.remove(path.join(layout.temporary, name));
  // Higher than the lock's number only when store.json was lost.
  const epoch = Math.max(lock.epoch, recovered.cursor.epoch + 1);
  const createdAt = last?.createdAt ?? new Date(now()).toISOString();
  const document = new Low(storeDocumentFile(fs, layout), { format: STORE_FORMAT, createdAt, epoch, boot, closedAt: null });
  await document.write();
  return new FileStore(store, recovered, document);
}

function makeDirectories(fs: FileSystemPort, layout: StoreLayout): void {
  for (const directory of [layout.journal, layout.definitions, layout.runs, layout.blobs, layout.temporary]) fs.makeDirectory(directory);
  fs.syncDirectory(layout.directory);
  fs.syncDirectory(path.dirname(layout.directory));
}

class FileStore implements JournalStore {
  readonly durability: Durability;
  readonly location: string;
  readonly warnings: readonly string[];
  private readonly store: LockedStore;
  private readonly document: Low<StoreDocument>;
  private readonly index: JournalIndex;
  private readonly segment: SegmentWriter;
  private readonly commit: GroupCommit;
  private readonly behind = new WriteBehind();
  private readonly definitions: DefinitionDocuments;
  private readonly runDocuments: RunDocuments;
  private closing: Promise<void> | null = null;

  constructor(store: LockedStore, { cursor, index, warnings }: RecoveredJournal, document: Low<StoreDocument>) {
    const { fs, layout, lock, durability, segmentBytes } = store;
    this.durability = durability;
    this.location = layout.directory;
    this.warnings = warnings;
    this.store = store;
    this.document = document;
    this.index = index;
    this.segment = new SegmentWriter(fs, layout.journal, cursor);
    this.definitions = new DefinitionDocuments(fs, layout);
    this.runDocuments = new RunDocuments(fs, layout, this.behind, (run) => this.header(run));
    this.commit = new GroupCommit({
      segment: this.segment,
      index,
      blobs: new BlobWriter(fs, layout.blobs, layout.temporary),
      lock,
      durability,
      epoch: document.data.epoch,
      segmentBytes,
      onSealed: (end) => {
        const runs = index.seal();
        const place = { directory: layout.journal, temporary: layout.temporary };
        this.behind.put(`segment ${end.segment}`, async () => writeSealedIndex(fs, place, end, runs));
      },
    });
  }

  append(run: string, batch: Batch): Promise<void> {
    if (this.closing !== null) return Promise.reject(storeClosed());
    const record = this.index.claim(run);
    const due = record.recorded + record.pending;
    try {
      if (batch.n !== due) throw outOfOrder(run, batch.n, due);
      return this.commit.append(record, encodeBatch(batch));
    } catch (error) {
      this.index.releaseEmpty(record);
      return Promise.reject(error);
    }
  }

  async read(run: string): Promise<Batch[]> {
    this.refuseClosed();
    return readBatches(this.store.fs, this.store.layout, run, this.index.get(run));
  }

  async has(run: string): Promise<boolean> {
    this.refuseClosed();
    return (this.index.get(run)?.recorded ?? 0) > 0;
  }

  async runs(): Promise<string[]> {
    this.refuseClosed();
    return this.index.ids();
  }

  async putDefinition(hash: string, definition: JsonObject): Promise<void> {
    this.refuseClosed();
    try {
      this.store.lock.check();
      await this.definitions.put(hash, definition);
    } catch (error) {
      throw writeFailure(error, this.location);
    }
  }

  async getDefinition(hash: string): Promise<JsonObject | null> {
    this.refuseClosed();
    return this.definitions.get(hash);
  }

  putSummary(summary: RunSummary): void {
    if (this.closing === null) this.runDocuments.put(summary);
  }

  async getSummary(run: string): Promise<RunSummary | null> {
    this.refuseClosed();
    return this.runDocuments.get(run);
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await this.commit.settled();
    await this.behind.flush();
    await this.noteEnd().catch(() => {
      // The next opening reads the journal itself; this only saves it some work and doubt.
    });
    try {
      this.segment.close();
    } finally {
      this.store.lock.release();
    }
  }

  private async noteEnd(): Promise<void> {
    if (!this.commit.healthy) return;
    this.store.lock.check();
    this.segment.retract();
    const { segment, offset } = this.segment.cursor;
    this.document.data = { ...this.document.data, closedAt: { segment, offset } };
    await this.document.write();
  }

  private header(run: string) {
    this.store.lock.check();
    const record = this.index.get(run);
    const [first] = record === undefined ? [] : readBatches(this.store.fs, this.store.layout, run, record, 1);
    return { durability: this.durability, batches: record?.recorded ?? 0, first };
  }

  private refuseClosed(): void {
    if (this.closing !== null) throw storeClosed();
  }
}
