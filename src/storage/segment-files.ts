import path from 'node:path';
import type { FileSystemPort } from './file-system-port.ts';
import { damaged } from './store-failure.ts';

const SEGMENT = /^(\d{8})\.jsonl$/;

/** The file of a segment: `00000001.jsonl`. */
export function segmentFile(directory: string, segment: number): string {
  return path.join(directory, `${String(segment).padStart(8, '0')}.jsonl`);
}

/** The derived index beside a sealed segment: `00000001.index.json`. */
export function indexFile(directory: string, segment: number): string {
  return path.join(directory, `${String(segment).padStart(8, '0')}.index.json`);
}

/** Where an opening keeps the bytes that it cut from a segment: `00000001.torn-7`. */
export function tornFile(directory: string, segment: number, epoch: number): string {
  return path.join(directory, `${String(segment).padStart(8, '0')}.torn-${epoch}`);
}

/** How many segments there are; they are numbered from 1. Throws STORE_DAMAGED when one is missing. */
export function countSegments(fs: FileSystemPort, directory: string): number {
  const numbers = fs
    .list(directory)
    .map((name) => Number(SEGMENT.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
  for (const [at, number] of numbers.entries()) {
    if (number !== at + 1) throw damaged('the file is missing, later segments are there', { file: segmentFile(directory, at + 1) });
  }
  return numbers.length;
}
