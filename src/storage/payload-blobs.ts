import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Batch } from '../protocol/journal.ts';
import { readFile, replaceFile } from './file-contents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import type { BatchLine } from './journal-line.ts';
import { damaged } from './store-failure.ts';

/** A field of a fact whose JSON is longer than this (in bytes) is kept beside the journal, so that lines stay short. */
export const BLOB_BYTES = 65_536;

/** A field that is kept beside the journal: its SHA-256 is its name. */
export interface Blob {
  readonly hash: string;
  readonly bytes: Buffer;
}

/** A batch as its line will carry it. */
export interface EncodedBatch {
  /** `"n":…,"fact":…,"intents":…`, and `"blobs":…` where there are any. */
  readonly text: string;
  readonly blobs: readonly Blob[];
}

const NO_BLOBS: readonly Blob[] = [];

/** The JSON of a batch, with large fields of its fact taken out. */
export function encodeBatch({ n, fact, intents }: Batch): EncodedBatch {
  const whole = JSON.stringify(fact);
  const requested = intents.length === 0 ? '[]' : JSON.stringify(intents);
  if (whole.length * 3 <= BLOB_BYTES || Buffer.byteLength(whole) <= BLOB_BYTES) {
    return { text: `"n":${n},"fact":${whole},"intents":${requested}`, blobs: NO_BLOBS };
  }
  const blobs: Blob[] = [];
  const named: [string, string][] = [];
  const kept = Object.entries(fact).map(([field, value]): [string, unknown] => {
    const bytes = Buffer.from(JSON.stringify(value) ?? 'null', 'utf8');
    if (bytes.length <= BLOB_BYTES) return [field, value];
    const hash = createHash('sha256').update(bytes).digest('hex');
    blobs.push({ hash, bytes });
    named.push([field, hash]);
    return [field, null];
  });
  const names = named.length === 0 ? '' : `,"blobs":${JSON.stringify(Object.fromEntries(named))}`;
  return { text: `"n":${n},"fact":${JSON.stringify(Object.fromEntries(kept))},"intents":${requested}${names}`, blobs };
}

/** The batch of a line, its blobs put back. Throws STORE_DAMAGED when one is missing or changed. */
export function decodeBatch(fs: FileSystemPort, directory: string, { n, fact, intents, blobs }: BatchLine): Batch {
  if (blobs === undefined) return { n, fact, intents };
  const whole = Object.entries(fact).map(([field, value]): [string, unknown] => {
    const hash = Object.hasOwn(blobs, field) ? blobs[field] : undefined;
    return [field, hash === undefined ? value : readBlob(fs, path.join(directory, hash), hash)];
  });
  return { n, fact: Object.fromEntries(whole) as unknown as Batch['fact'], intents };
}

function readBlob(fs: FileSystemPort, file: string, hash: string): unknown {
  const bytes = readFile(fs, file);
  if (bytes === null) throw damaged('a payload that the journal names is missing', { file });
  if (createHash('sha256').update(bytes).digest('hex') !== hash) throw damaged('its content is not what its name says', { file });
  return JSON.parse(bytes.toString('utf8'));
}

/**
 * Writes blobs before the lines that name them. They are synced whatever the store promises: a line that survives a
 * power cut by chance must not name a payload that did not.
 */
export class BlobWriter {
  private readonly fs: FileSystemPort;
  private readonly directory: string;
  private readonly temporary: string;
  /** Blobs known to be on the medium. One found on disk may be there in name only, so it is written again. */
  private readonly kept = new Set<string>();

  constructor(fs: FileSystemPort, directory: string, temporary: string) {
    this.fs = fs;
    this.directory = directory;
    this.temporary = temporary;
  }

  /** Makes the blobs durable, with one directory sync for all. Throws what the file system throws. */
  write(blobs: readonly Blob[]): void {
    const fresh = blobs.filter(({ hash }) => !this.kept.has(hash));
    if (fresh.length === 0) return;
    for (const { hash, bytes } of fresh) {
      replaceFile(this.fs, bytes, { file: path.join(this.directory, hash), temporary: this.temporary, durable: 'bytes' });
    }
    this.fs.syncDirectory(this.directory);
    for (const { hash } of fresh) this.kept.add(hash);
  }
}
