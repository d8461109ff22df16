import { TroupeError } from '../protocol/errors.ts';
import { FileDocument } from './file-document.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { damaged } from './store-failure.ts';
import type { StoreLayout } from './store-layout.ts';

/** The version of a store's directory layout. */
export const STORE_FORMAT = 1;

/** `store.json`. */
export interface StoreDocument {
  readonly format: number;
  /** ISO time. */
  readonly createdAt: string;
  /** The number of the last opening for writing. */
  readonly epoch: number;
  /** The machine's start during that opening; null where it cannot be known. */
  readonly boot: string | null;
  /** Where the journal ended when that opening was closed in order, else null. */
  readonly closedAt: { readonly segment: number; readonly offset: number } | null;
}

/** The adapter under `store.json`: always synced, since the epoch must never go back. */
export function storeDocumentFile(fs: FileSystemPort, layout: StoreLayout): FileDocument<StoreDocument> {
  return new FileDocument(fs, { file: layout.document, temporary: layout.temporary, durable: 'file' });
}

/** `store.json`, or null in a new store. Rejects with STORE_DAMAGED, or STORE_FORMAT when a newer version made the store. */
export async function readStoreDocument(fs: FileSystemPort, layout: StoreLayout): Promise<StoreDocument | null> {
  const document = await storeDocumentFile(fs, layout).read();
  if (document === null) return null;
  if (typeof document.format !== 'number' || !Number.isSafeInteger(document.epoch)) {
    const hint = 'Restore it from a backup, or remove it: it is made again, and the journal keeps what matters.';
    throw damaged('it does not describe a store', { file: layout.document }, hint);
  }
  if (document.format > STORE_FORMAT) {
    throw new TroupeError('STORE_FORMAT', `${layout.directory} has format ${document.format}; this version reads up to ${STORE_FORMAT}.`, {
      where: layout.document,
      hint: 'Open the store with the version that made it, or a newer one.',
      retryable: false,
    });
  }
  return document;
}
