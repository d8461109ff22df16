import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { DiagnosticCode } from './diagnostic.ts';
import type { SourcePosition } from './workflow.ts';

/** No definition file may be larger than this, in bytes: YAML parsing costs about a microsecond a byte, and no hand-written file comes near. */
const MAX_SOURCE_BYTES = 1_048_576;

/** The text of a file without its byte order mark, and where its lines start. */
export interface SourceText {
  /** Name for messages. */
  readonly file: string;
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
}

/** Why a file gave no text. */
export interface SourceProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string;
}

export type SourceReading =
  | { readonly source: SourceText; readonly problem?: undefined }
  | { readonly source?: undefined; readonly problem: SourceProblem };

/** Reads a file as UTF-8 text; anything that goes wrong is a problem, never a throw. Devices and pipes are refused: reading them may never end. */
export function readSource(path: string, file: string = path): SourceReading {
  let bytes: Buffer;
  try {
    const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(handle);
      if (!stat.isFile()) {
        const what = stat.isDirectory() ? 'is a directory' : 'is not a regular file';
        return { problem: { code: 'FILE_UNREADABLE', message: `the file cannot be read: it ${what}` } };
      }
      if (stat.size > MAX_SOURCE_BYTES) return { problem: tooLarge(stat.size) };
      bytes = readUpTo(handle, MAX_SOURCE_BYTES + 1);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return { problem: { code: 'FILE_UNREADABLE', message: `the file cannot be read: ${reasonOf(error)}` } };
  }
  return sourceFromBytes(bytes, file);
}

/** Text that is already in memory; its size is limited as that of a file is. */
export function sourceFromText(text: string, file: string): SourceReading {
  // a character is at least one byte: the cheap comparison spares counting the bytes of a huge text
  const size = text.length > MAX_SOURCE_BYTES ? text.length : Buffer.byteLength(text);
  if (size > MAX_SOURCE_BYTES) return { problem: tooLarge(size) };
  return checked(text, file);
}

/** Bytes as read from a file: must be UTF-8, a byte order mark is dropped. */
function sourceFromBytes(bytes: Uint8Array, file: string): SourceReading {
  if (bytes.length > MAX_SOURCE_BYTES) return { problem: tooLarge(bytes.length) };
  try {
    return checked(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
  } catch {
    return { problem: { code: 'FILE_ENCODING', message: 'the file is not UTF-8 text', hint: 'save it as UTF-8' } };
  }
}

/** Line and column (1-based) of an offset. */
export function positionAt(source: SourceText, offset: number): SourcePosition {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 };
}

function checked(withMark: string, file: string): SourceReading {
  const text = withMark.startsWith('\uFEFF') ? withMark.slice(1) : withMark;
  if (CONTROL.test(text)) {
    return { problem: { code: 'FILE_ENCODING', message: 'the file holds control characters: it is not a text file' } };
  }
  return { source: { file, text, lineStarts: startsOf(text) } };
}

/** Control characters that YAML itself forbids in a file; those of Latin-1 are harmless leftovers of old editors. */
const CONTROL = /(?![\t\n\r\u0080-\u009f])\p{Cc}/u;

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function readUpTo(handle: number, limit: number): Buffer {
  const buffer = Buffer.allocUnsafe(limit);
  let length = 0;
  while (length < limit) {
    const read = readSync(handle, buffer, length, limit - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

function tooLarge(size: number): SourceProblem {
  return {
    code: 'FILE_TOO_LARGE',
    message: `the file has ${size.toLocaleString('en')} bytes; at most ${MAX_SOURCE_BYTES.toLocaleString('en')} are read`,
    hint: 'split it into nested workflows',
  };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    ENAMETOOLONG: 'the path is too long',
    ELOOP: 'too many symbolic links',
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
