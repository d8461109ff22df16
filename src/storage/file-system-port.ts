/**
 * The one door to the disk. Everything that storage does to files goes through this port, so that a test can drop
 * unsynced bytes, fill the disk or end the process after any single operation.
 *
 * Most operations block: for the short, cached calls that a store makes, a call on the main thread is two to three
 * times cheaper than the same call through Node's thread pool (see sync-choice.ts for the figures). The one call that
 * really waits for hardware, the sync, exists in both forms. Failures are thrown as Node throws them, with `code`.
 */
export interface FileSystemPort {
  /** Opens a file: `read` an existing one, `update` an existing one for reading and writing, `create` a new or emptied one. */
  open(path: string, mode: 'read' | 'update' | 'create'): number;
  close(file: number): void;
  /** Reads up to `length` bytes at `position` into the start of `target`; returns how many, 0 at the end. */
  read(file: number, target: Uint8Array, length: number, position: number): number;
  /** Writes `length` bytes of `source` from `offset` at `position`; returns how many were taken, which may be fewer. */
  write(file: number, source: Uint8Array, offset: number, length: number, position: number): number;
  /** Cuts or extends a file to `length` bytes; an extension reads as zeros. */
  truncate(file: number, length: number): void;
  /** Bytes of an open file. */
  size(file: number): number;
  /** Blocks until the file's bytes, and what is needed to find them, are on the medium. */
  sync(file: number): void;
  /** The same without blocking the event loop. */
  syncLater(file: number): Promise<void>;
  /** Blocks until the names in a directory are on the medium. */
  syncDirectory(path: string): void;
  /** Creates a directory and its parents; fine when it exists. */
  makeDirectory(path: string): void;
  /** Names in a directory; empty when there is none. */
  list(path: string): string[];
  rename(from: string, to: string): void;
  /** Gives a file a second name; fails with EEXIST when the name is taken. This is the port's only test-and-set. */
  link(existing: string, name: string): void;
  /** Removes a file; fine when there is none. */
  remove(path: string): void;
  /** A number that stays the same while the path names the same file, or null when it names none. */
  identity(path: string): number | null;
  /** Marks a path as held by this process until released. However the process ends, the system drops the hold. */
  hold(path: string): Promise<Hold>;
  /** True while some process on this machine holds the path. */
  isHeld(path: string): Promise<boolean>;
  /** Names the machine's current start, or null where that cannot be known: what was synced or not matters only across two of them. */
  boot(): string | null;
}

/** A hold on a path, see {@link FileSystemPort.hold}. */
export interface Hold {
  release(): void;
}
