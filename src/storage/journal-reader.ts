import type { Batch } from '../protocol/journal.ts';
import { readRange } from './file-contents.ts';
import type { FileSystemPort } from './file-system-port.ts';
import type { RunRecord } from './journal-index.ts';
import { checkedCrc, parseBatch } from './journal-line.ts';
import { decodeBatch } from './payload-blobs.ts';
import { segmentFile } from './segment-files.ts';
import { damaged } from './store-failure.ts';
import { runNotFound } from './store-refusals.ts';

/** Where batches and their large payloads are. */
export interface ReadablePlace {
  readonly journal: string;
  readonly blobs: string;
}

/**
 * The first `limit` batches of a run, read from their offsets; every line is checked again.
 * Throws STORE_DAMAGED, or RUN_NOT_FOUND when the run has no batch.
 */
export function readBatches(
  fs: FileSystemPort,
  place: ReadablePlace,
  run: string,
  record: RunRecord | undefined,
  limit = Number.POSITIVE_INFINITY,
): Batch[] {
  if (record === undefined || record.recorded === 0) {
    throw runNotFound(run);
  }
  const batches: Batch[] = [];
  const files = new Map<number, number>();
  try {
    for (let at = 0; at < record.extents.length && batches.length < limit; at += 4) {
      const [segment, offset, length] = record.extents.slice(at, at + 3) as [number, number, number];
      const open = files.get(segment) ?? openSegment(fs, segmentFile(place.journal, segment));
      files.set(segment, open);
      const bytes = readRange(fs, open, offset, length);
      const whole = bytes.length === length;
      if (!whole) throw damaged('it ends before the lines that were recorded', { file: segmentFile(place.journal, segment), offset });
      readLines(fs, place, { bytes, run, file: segmentFile(place.journal, segment), offset, limit }, batches);
    }
  } finally {
    for (const open of files.values()) fs.close(open);
  }
  return batches;
}

interface Stretch {
  readonly bytes: Buffer;
  readonly run: string;
  readonly file: string;
  readonly offset: number;
  readonly limit: number;
}

function readLines(fs: FileSystemPort, place: ReadablePlace, stretch: Stretch, batches: Batch[]): void {
  const { bytes, run, file, offset, limit } = stretch;
  for (let at = 0; at < bytes.length && batches.length < limit; ) {
    const end = bytes.indexOf(0x0a, at);
    const line = bytes.subarray(at, end < 0 ? bytes.length : end);
    const batch = checkedCrc(line) === null ? null : parseBatch(line);
    if (batch === null) throw damaged('its checksum does not match', { file, offset: offset + at });
    if (batch.n !== batches.length || batch.run !== run) {
      throw damaged(`batch ${batches.length} of run ${run} is due there, the line is batch ${batch.n} of run ${batch.run}`, {
        file,
        offset: offset + at,
      });
    }
    batches.push(decodeBatch(fs, place.blobs, batch));
    at += line.length + 1;
  }
}

function openSegment(fs: FileSystemPort, file: string): number {
  try {
    return fs.open(file, 'read');
  } catch (error) {
    throw damaged(`it cannot be read (${error instanceof Error ? error.message : error})`, { file });
  }
}
