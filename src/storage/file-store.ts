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
import type { JournalStore } from '../protocol/journal.ts';
import type { FileSystemPort } from './file-system-port.ts';
import { SEGMENT_BYTES } from './group-commit.ts';
import { recoverJournal } from './journal-recovery.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { openReadOnly } from './read-only-store.ts';
import { readStoreDocument, STORE_FORMAT, storeDocumentFile } from './store-document.ts';
import { writeFailure } from './store-failure.ts';
import { type StoreLayout, storeLayout } from './store-layout.ts';
import { takeWriterLock } from './writer-lock.ts';
import { type OpenedStore, WritingStore } from './writing-store.ts';

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

async function openLocked(store: OpenedStore, now: () => number): Promise<JournalStore> {
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
  return new WritingStore(store, recovered, document);
}

function makeDirectories(fs: FileSystemPort, layout: StoreLayout): void {
  for (const directory of [layout.journal, layout.definitions, layout.runs, layout.blobs, layout.temporary]) fs.makeDirectory(directory);
  if (fs.identity(layout.document) !== null) return;
  fs.syncDirectory(layout.directory);
  fs.syncDirectory(path.dirname(layout.directory));
}
