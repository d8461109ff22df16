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
  /** Batches recorded when the summary was made: it tells nothing of a run that has gone on since. */
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
  /** How many batches of a run are recorded. */
  private readonly recorded: (run: string) => number;
  /** Summaries that are not written yet. */
  private readonly fresh = new Map<string, { readonly summary: RunSummary; readonly batches: number }>();

  /** `header` is asked when a document is written; what it throws drops that document. */
  constructor(
    fs: FileSystemPort,
    layout: StoreLayout,
    behind: WriteBehind,
    journal: { readonly header: (run: string) => RunHeader; readonly recorded: (run: string) => number },
  ) {
    this.fs = fs;
    this.layout = layout;
    this.behind = behind;
    this.header = journal.header;
    this.recorded = journal.recorded;
  }

  put(summary: RunSummary): void {
    this.fresh.set(summary.id, { summary, batches: this.recorded(summary.id) });
    this.behind.put(`run ${summary.id}`, () => this.write(summary.id));
  }

  async get(run: string): Promise<RunSummary | null> {
    const recorded = this.recorded(run);
    const fresh = this.fresh.get(run);
    if (fresh === undefined) return readRunSummary(this.fs, this.layout, run, recorded);
    return fresh.batches === recorded ? fresh.summary : null;
  }

  private async write(run: string): Promise<void> {
    const fresh = this.fresh.get(run);
    this.fresh.delete(run);
    if (fresh === undefined) return;
    const { summary, batches } = fresh;
    const { durability, first } = this.header(run);
    const definition = first?.fact.type === 'run.started' ? first.fact.definition : null;
    const document: RunDocument = { format: 1, id: run, durability, definition, batches, summary };
    await new Low(documentFile(this.fs, this.layout, run), document).write();
  }
}

/** The summary as last written; null when there is none that can be read, or the run has gone on since: it is derived again. `recorded`: batches. */
export async function readRunSummary(fs: FileSystemPort, layout: StoreLayout, run: string, recorded: number): Promise<RunSummary | null> {
  const database = new Low<RunDocument | null>(documentFile(fs, layout, run), null);
  try {
    await database.read();
  } catch (error) {
    if (error instanceof TroupeError && error.code === 'STORE_DAMAGED') return null;
    throw error;
  }
  // On a file system that folds case, two ids can share a file.
  return database.data?.id === run && database.data.batches === recorded ? database.data.summary : null;
}

function documentFile(fs: FileSystemPort, layout: StoreLayout, run: string): FileDocument<RunDocument | null> {
  const file = path.join(layout.runs, `${fileNameOf(run)}.json`);
  return new FileDocument(fs, { file, temporary: layout.temporary, durable: 'none' });
}
