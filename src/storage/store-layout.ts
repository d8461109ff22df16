import path from 'node:path';

/** The files of a store. */
export interface StoreLayout {
  readonly directory: string;
  /** lowdb document: format, creation, last opening. */
  readonly document: string;
  readonly journal: string;
  readonly definitions: string;
  readonly runs: string;
  readonly blobs: string;
  /** What a house remembers; there once it has something to remember. */
  readonly house: string;
  /** Half-written files; emptied by every opening for writing. */
  readonly temporary: string;
}

/** Where a store keeps what. */
export function storeLayout(directory: string): StoreLayout {
  const at = (name: string) => path.join(directory, name);
  return {
    directory,
    document: at('store.json'),
    journal: at('journal'),
    definitions: at('definitions'),
    runs: at('runs'),
    blobs: at('blobs'),
    house: at('house'),
    temporary: at('tmp'),
  };
}
