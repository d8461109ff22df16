import path from 'node:path';
import { Low } from 'lowdb';
import { TroupeError } from '../protocol/errors.ts';
import type { Batch, Durability, RunSummary } from '../protocol/journal.ts';
import { FileDocument } from './file-document.ts';
import { fileNameOf } from './file-name.ts';
import type { FileSystemPort } from './file-system-port.ts';
import type { StoreLayout } from './store-layout.ts';
import type { WriteBehind } from './write-behind.ts';

/** `runs/<id>.json`: what a person wants to see of a run without reading its journal. Derived. */
export interface RunDocument {
  readonly format: 1;
  readonly id: string;
  readonly durability: Durability;
  /** The hash of the bound definition: `definitions/<hash>.json`. */
  readonly definition: string | null;
  /** Batches recorded when this was written. */
  readonly batches: number;
  readonly summary: RunSummary;
}

/** What a run's document takes from the journal. */
export interface RunHeader {
  readonly durability: Durability;
  readonly batches: number;
  readonly first: Batch | undefined;
}

/** Summaries of runs, one lowdb document each, written behind. */
export class RunDocuments {
  private readonly fs: FileSystemPort;
  private readonly layout: StoreLayout;
  private readonly header: (run: string) => RunHeader;
  private readonly behind: WriteBehind;
  /** Summaries that are not written yet. */
  private readonly fresh = new Map<string, RunSummary>();

  /** `header` is asked when a document is written; what it throws drops that document. */
  constructor(fs: FileSystemPort, layout: StoreLayout, behind: WriteBehind, header: (run: string) => RunHeader) {
    this.fs = fs;
    this.layout = layout;
    this.behind = behind;
    this.header = header;
  }

  put(summary: RunSummary): void {
    this.fresh.set(summary.id, summary);
    this.behind.put(`run ${summary.id}`, () => this.write(summary.id));
  }

  async get(run: string): Promise<RunSummary | null> {
    return this.fresh.get(run) ?? readRunSummary(this.fs, this.layout, run);
  }

  private async write(run: string): Promise<void> {
    const summary = this.fresh.get(run);
    this.fresh.delete(run);
    if (summary === undefined) return;
    const { durability, batches, first } = this.header(run);
    const definition = first?.fact.type === 'run.started' ? first.fact.definition : null;
    const document: RunDocument = { format: 1, id: run, durability, definition, batches, summary };
    await new Low(documentFile(this.fs, this.layout, run), document).write();
  }
}

/** The summary as last written; null when there is none, or none that can be read: it is derived again. */
export async function readRunSummary(fs: FileSystemPort, layout: StoreLayout, run: string): Promise<RunSummary | null> {
  const database = new Low<RunDocument | null>(documentFile(fs, layout, run), null);
  try {
    await database.read();
  } catch (error) {
    if (error instanceof TroupeError && error.code === 'STORE_DAMAGED') return null;
    throw error;
  }
  // On a file system that folds case, two ids can share a file.
  return database.data?.id === run ? database.data.summary : null;
}

function documentFile(fs: FileSystemPort, layout: StoreLayout, run: string): FileDocument<RunDocument | null> {
  const file = path.join(layout.runs, `${fileNameOf(run)}.json`);
  return new FileDocument(fs, { file, temporary: layout.temporary, durable: 'none' });
}
