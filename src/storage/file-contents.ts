import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { FileSystemPort } from './file-system-port.ts';
import { systemCode } from './store-failure.ts';

/** All bytes of a file from an offset, or null when there is no such file. */
export function readFile(fs: FileSystemPort, file: string, from = 0): Buffer | null {
  let open: number;
  try {
    open = fs.open(file, 'read');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return readRange(fs, open, from, Math.max(0, fs.size(open) - from));
  } finally {
    fs.close(open);
  }
}

/** Up to `length` bytes of an open file from `position`; fewer where the file ends before. */
export function readRange(fs: FileSystemPort, open: number, position: number, length: number): Buffer {
  const target = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const taken = fs.read(open, target.subarray(done), length - done, position + done);
    if (taken === 0) return target.subarray(0, done);
    done += taken;
  }
  return target;
}

/** Writes the first `length` bytes, however often the system takes only a part. */
export function writeFully(fs: FileSystemPort, open: number, bytes: Uint8Array, length: number, position: number): void {
  let done = 0;
  while (done < length) {
    const taken = fs.write(open, bytes, done, length - done, position + done);
    if (taken <= 0) throw new Error('the system took none of the bytes');
    done += taken;
  }
}

/** Where a file is put and how well it is kept. */
export interface Placement {
  readonly file: string;
  /** A directory of the same file system for the half-written file. */
  readonly temporary: string;
  /** `file`: bytes and name are on the medium on return; `bytes`: the caller syncs the directory; `none`: neither, for what can be derived again. */
  readonly durable: 'file' | 'bytes' | 'none';
}

/** Puts a file in place whole: a reader sees the former one or this one, never a part, also after a crash. */
export function replaceFile(fs: FileSystemPort, bytes: Uint8Array, { file, temporary, durable }: Placement): void {
  const draft = path.join(temporary, `${process.pid}-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const open = fs.open(draft, 'create');
    try {
      writeFully(fs, open, bytes, bytes.length, 0);
      if (durable !== 'none') fs.sync(open);
    } finally {
      fs.close(open);
    }
    fs.rename(draft, file);
  } catch (error) {
    discard(fs, draft);
    throw error;
  }
  if (durable === 'file') fs.syncDirectory(path.dirname(file));
}

/** The failure that led here is the one to report; a draft left behind is removed at the next opening. */
function discard(fs: FileSystemPort, draft: string): void {
  try {
    fs.remove(draft);
  } catch {
    return;
  }
}
