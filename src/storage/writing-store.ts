import type { Low } from 'lowdb';
import type { Batch, Durability, JournalStore, RunSummary } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { DefinitionDocuments } from './definition-documents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { GroupCommit } from './group-commit.ts';
import { HouseDocuments, houseDocumentWarnings } from './house-documents.ts';
import type { JournalIndex } from './journal-index.ts';
import { readBatches } from './journal-reader.ts';
import type { RecoveredJournal } from './journal-recovery.ts';
import { BlobWriter, encodeBatch } from './payload-blobs.ts';
import { RunDocuments } from './run-documents.ts';
import { writeSealedIndex } from './sealed-index.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { StoreDocument } from './store-document.ts';
import { writeFailure } from './store-failure.ts';
import type { StoreLayout } from './store-layout.ts';
import { outOfOrder, storeClosed } from './store-refusals.ts';
import { WriteBehind } from './write-behind.ts';
import type { WriterLock } from './writer-lock.ts';

/** A directory whose lock is held. */
export interface OpenedStore {
  readonly fs: FileSystemPort;
  readonly layout: StoreLayout;
  readonly lock: WriterLock;
  readonly durability: Durability;
  readonly segmentBytes: number;
}

/** The store on disk in the hands of its one writer: the journal's end, its index, and the documents beside it. */
export class WritingStore implements JournalStore {
  readonly durability: Durability;
  readonly location: string;
  readonly warnings: readonly string[];
  private readonly store: OpenedStore;
  private readonly document: Low<StoreDocument>;
  private readonly index: JournalIndex;
  private readonly segment: SegmentWriter;
  private readonly commit: GroupCommit;
  private readonly behind = new WriteBehind();
  private readonly definitions: DefinitionDocuments;
  private readonly runDocuments: RunDocuments;
  private readonly houseDocuments: HouseDocuments;
  private closing: Promise<void> | null = null;

  constructor(store: OpenedStore, { cursor, index, warnings }: RecoveredJournal, document: Low<StoreDocument>) {
    const { fs, layout, lock, durability, segmentBytes } = store;
    this.durability = durability;
    this.location = layout.directory;
    this.warnings = [...warnings, ...houseDocumentWarnings(fs, layout)];
    this.store = store;
    this.document = document;
    this.index = index;
    this.segment = new SegmentWriter(fs, layout.journal, cursor);
    this.definitions = new DefinitionDocuments(fs, layout);
    this.houseDocuments = new HouseDocuments(fs, layout, this.behind);
    this.runDocuments = new RunDocuments(fs, layout, this.behind, {
      header: (run) => this.header(run),
      recorded: (run) => this.index.get(run)?.recorded ?? 0,
    });
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
    return this.readNow(run);
  }

  readNow(run: string): Batch[] {
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

  keep(name: string, document: JsonObject, when: 'soon' | 'now'): void {
    this.refuseClosed();
    try {
      this.store.lock.check();
      this.houseDocuments.put(name, document, when);
    } catch (error) {
      throw writeFailure(error, this.location);
    }
  }

  kept(name: string): JsonObject | null {
    this.refuseClosed();
    return this.houseDocuments.get(name);
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
