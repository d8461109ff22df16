/**
 * The form of the journal, format 1: UTF-8, one JSON object a line, checksum first.
 *
 *   {"crc":"8b1f0c2e","troupe":"journal","format":1,"segment":2,"chain":"5d7e…","seq":812,"commit":97}
 *   {"crc":"…","prev":"8b1f0c2e","seq":812,"epoch":3,"commit":97,"lines":2,"run":"a","n":0,"fact":{…},"intents":[…]}
 *   {"crc":"…","prev":"…","seq":813,"epoch":3,"commit":97,"run":"b","n":4,"fact":{…},"intents":[],"blobs":{"output":"<sha256>"}}
 *
 * `crc` is the CRC-32 of all bytes of the line behind it (from `"prev"` or `"troupe"` to the closing brace). `prev` is
 * the crc of the line before, so a line cannot be lost, doubled or moved unseen; a segment's first line carries the
 * chain over from the segment before. `seq` counts the store's lines from 0, `commit` its group commits from 0, `epoch`
 * the openings that wrote. The first line of a group commit says how many `lines` it has: a group is there whole or not
 * at all. `unsynced` marks groups that were acknowledged without waiting for the disk. `blobs` names fields of the fact
 * that are kept beside the journal; they stand as null in the line.
 */
import { crc32 } from 'node:zlib';
import type { Batch } from '../protocol/journal.ts';
import { isJsonObject } from '../protocol/json.ts';

/** The version of the journal's form. */
export const JOURNAL_FORMAT = 1;

/** The chain's start: the `prev` of a store's very first line. */
export const CHAIN_START = '00000000';

/** Every line begins so; inside a JSON string its quotes would be escaped, so it is found nowhere but at a brace. */
export const LINE_START = Buffer.from('{"crc":"', 'latin1');

/** Bytes of `{"crc":"xxxxxxxx",`: what a checksum does not cover. */
const CRC_BYTES = 18;
const BODY_START = Buffer.from(',"fact":', 'latin1');

/** What stands in front of a batch. */
export interface Frame {
  readonly crc: string;
  readonly prev: string;
  readonly seq: number;
  readonly epoch: number;
  readonly commit: number;
  /** Lines of the group, on its first line only. */
  readonly lines?: number;
  readonly unsynced?: boolean;
  readonly run: string;
  readonly n: number;
}

/** The first line of a segment. */
export interface SegmentHeader {
  readonly crc: string;
  readonly format: number;
  readonly segment: number;
  /** The crc of the last line before this segment. */
  readonly chain: string;
  /** The seq of the segment's first batch, and the number of its first group. */
  readonly seq: number;
  readonly commit: number;
}

/** A batch as it is read back, with the fields that are kept as blobs. */
export interface BatchLine extends Batch {
  readonly run: string;
  readonly blobs?: { readonly [field: string]: string };
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** Writes one line (the text behind its checksum, without the newline) into `target`; returns its end and its crc. */
export function writeLine(target: Buffer, offset: number, rest: string): { end: number; crc: string } {
  const start = offset + CRC_BYTES;
  const end = start + target.write(rest, start, 'utf8');
  const crc = hex(crc32(target.subarray(start, end)));
  target.write(`{"crc":"${crc}",`, offset, 'latin1');
  target[end] = 0x0a;
  return { end: end + 1, crc };
}

/** The most bytes that {@link writeLine} can need for a text. */
export function lineBound(rest: string): number {
  return CRC_BYTES + 1 + rest.length * 3;
}

/** The line that opens a segment, newline included. */
export function encodeHeader(header: Omit<SegmentHeader, 'crc'>): { bytes: Buffer; crc: string } {
  const { format, segment, chain, seq, commit } = header;
  const rest = JSON.stringify({ troupe: 'journal', format, segment, chain, seq, commit }).slice(1);
  const target = Buffer.allocUnsafe(lineBound(rest));
  const { end, crc } = writeLine(target, 0, rest);
  return { bytes: target.subarray(0, end), crc };
}

/** The crc of a line (without its newline) when its bytes agree with it, else null. */
export function checkedCrc(line: Buffer): string | null {
  if (line.length <= CRC_BYTES || line.compare(LINE_START, 0, LINE_START.length, 0, LINE_START.length) !== 0) return null;
  const crc = hex(crc32(line.subarray(CRC_BYTES)));
  const written = `${crc}",`;
  for (let at = 0; at < written.length; at += 1) if (line[LINE_START.length + at] !== written.charCodeAt(at)) return null;
  return crc;
}

/** The frame of a line whose crc holds; null when it is not a batch's line. */
export function parseFrame(line: Buffer, crc: string): Frame | null {
  const end = line.indexOf(BODY_START);
  if (end < 0) return null;
  const frame = parseObject(`{${line.toString('utf8', CRC_BYTES, end)}}`);
  if (frame === null || typeof frame.prev !== 'string' || typeof frame.run !== 'string') return null;
  for (const count of [frame.seq, frame.epoch, frame.commit, frame.n, frame.lines ?? 0]) {
    if (!Number.isSafeInteger(count)) return null;
  }
  return Object.assign(frame, { crc }) as unknown as Frame;
}

/** The header in a line whose crc holds; null when it is not a header. */
export function parseHeader(line: Buffer, crc: string): SegmentHeader | null {
  const header = parseObject(`{${line.toString('utf8', CRC_BYTES)}`);
  if (header === null || header.troupe !== 'journal' || typeof header.format !== 'number') return null;
  return Object.assign(header, { crc }) as unknown as SegmentHeader;
}

/** The batch in a line whose crc holds; null when there is none. */
export function parseBatch(line: Buffer): BatchLine | null {
  const batch = parseObject(line.toString('utf8'));
  if (batch === null || typeof batch.n !== 'number' || !isJsonObject(batch.fact) || !Array.isArray(batch.intents)) return null;
  return batch as unknown as BatchLine;
}

function parseObject(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
