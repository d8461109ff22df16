import type { Adapter } from 'lowdb';
import { type Placement, readFile, replaceFile } from './file-contents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { damaged } from './store-failure.ts';

/**
 * A lowdb adapter for one small JSON document, readable by people. lowdb's own file adapter neither syncs nor keeps two
 * writers apart (one fixed temporary name); this one writes under a unique name, syncs, renames, and syncs the
 * directory. Documents that can be derived again skip the syncs.
 */
export class FileDocument<T> implements Adapter<T> {
  private readonly fs: FileSystemPort;
  private readonly placement: Placement;

  constructor(fs: FileSystemPort, placement: Placement) {
    this.fs = fs;
    this.placement = placement;
  }

  /** The document, or null when there is none. Rejects with STORE_DAMAGED when it is not JSON. */
  async read(): Promise<T | null> {
    const bytes = readFile(this.fs, this.placement.file);
    if (bytes === null) return null;
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      throw damaged(`it is not JSON (${error instanceof Error ? error.message : error})`, this.placement);
    }
  }

  async write(data: T): Promise<void> {
    replaceFile(this.fs, Buffer.from(`${JSON.stringify(data, null, 2)}\n`, 'utf8'), this.placement);
  }
}
