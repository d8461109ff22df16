import path from 'node:path';
import { Low } from 'lowdb';
import type { JsonObject } from '../protocol/json.ts';
import { FileDocument } from './file-document.ts';
import { fileNameOf } from './file-name.ts';
import type { FileSystemPort } from './file-system-port.ts';
import type { StoreLayout } from './store-layout.ts';

/** Definitions under their content hash: one lowdb document each, synced whatever the store promises: no run can be read without its own. */
export class DefinitionDocuments {
  private readonly fs: FileSystemPort;
  private readonly layout: StoreLayout;
  /** Hashes known to be kept. One found on disk may be there in name only, so it is written again. */
  private readonly kept = new Set<string>();

  constructor(fs: FileSystemPort, layout: StoreLayout) {
    this.fs = fs;
    this.layout = layout;
  }

  async put(hash: string, definition: JsonObject): Promise<void> {
    if (this.kept.has(hash)) return;
    await new Low(this.document(hash), definition).write();
    this.kept.add(hash);
  }

  /** The definition, or null when there is none. Rejects with STORE_DAMAGED. */
  async get(hash: string): Promise<JsonObject | null> {
    const database = new Low<JsonObject | null>(this.document(hash), null);
    await database.read();
    return database.data;
  }

  private document(hash: string): FileDocument<JsonObject | null> {
    const file = path.join(this.layout.definitions, `${fileNameOf(hash)}.json`);
    return new FileDocument(this.fs, { file, temporary: this.layout.temporary, durable: 'file' });
  }
}
