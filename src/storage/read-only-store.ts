import { TroupeError } from '../protocol/errors.ts';
import type { Batch, JournalStore, RunSummary } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { DefinitionDocuments } from './definition-documents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { readHouseDocument } from './house-documents.ts';
import { JournalFollower } from './journal-follower.ts';
import { readBatches } from './journal-reader.ts';
import { readRunSummary } from './run-documents.ts';
import { readStoreDocument } from './store-document.ts';
import type { StoreLayout } from './store-layout.ts';
import { readOnly, storeClosed } from './store-refusals.ts';

/** Opens a store for looking: no lock, nothing is changed, and every read sees what was written until then. */
export async function openReadOnly(fs: FileSystemPort, layout: StoreLayout): Promise<JournalStore> {
  await readStoreDocument(fs, layout);
  return new ReadOnlyStore(fs, layout);
}

class ReadOnlyStore implements JournalStore {
  readonly durability = 'full';
  readonly location: string;
  readonly warnings: readonly string[] = [];
  private readonly fs: FileSystemPort;
  private readonly layout: StoreLayout;
  private readonly follower: JournalFollower;
  private closed = false;

  constructor(fs: FileSystemPort, layout: StoreLayout) {
    this.fs = fs;
    this.layout = layout;
    this.location = layout.directory;
    this.follower = new JournalFollower(fs, layout.journal);
  }

  async append(): Promise<void> {
    throw readOnly(this.location);
  }

  async read(run: string): Promise<Batch[]> {
    this.refuseClosed();
    try {
      return this.batches(run);
    } catch (error) {
      if (!(error instanceof TroupeError) || error.code !== 'STORE_DAMAGED') throw error;
      // The writer may have taken back what was seen here before: only what is damaged from the start is damaged.
      this.follower.restart();
      return this.batches(run);
    }
  }

  async has(run: string): Promise<boolean> {
    this.refuseClosed();
    return this.follower.index().get(run) !== undefined;
  }

  async runs(): Promise<string[]> {
    this.refuseClosed();
    return this.follower.index().ids();
  }

  async putDefinition(): Promise<void> {
    throw readOnly(this.location);
  }

  async getDefinition(hash: string): Promise<JsonObject | null> {
    this.refuseClosed();
    return new DefinitionDocuments(this.fs, this.layout).get(hash);
  }

  putSummary(): void {
    // A summary is derived and may be lost; one that cannot be kept is.
  }

  async getSummary(run: string): Promise<RunSummary | null> {
    this.refuseClosed();
    return readRunSummary(this.fs, this.layout, run, this.follower.index().get(run)?.recorded ?? 0);
  }

  kept(name: string): JsonObject | null {
    this.refuseClosed();
    return readHouseDocument(this.fs, this.layout, name);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private batches(run: string): Batch[] {
    return readBatches(this.fs, this.layout, run, this.follower.index().get(run));
  }

  private refuseClosed(): void {
    if (this.closed) throw storeClosed();
  }
}
