import { TroupeError } from '../protocol/errors.ts';

/** What the system says when there is no room: no blocks, no quota, or a file at its largest. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The `code` of a thrown system error, or undefined. */
export function systemCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** A refused write as people see it: STORE_FULL when room is missing, else STORE_UNWRITABLE. Errors of ours pass unchanged. */
export function writeFailure(error: unknown, where: string): TroupeError {
  if (error instanceof TroupeError) return error;
  if (NO_ROOM.has(systemCode(error))) {
    return new TroupeError('STORE_FULL', `There is no room left for the store: ${messageOf(error)}.`, {
      where,
      hint: 'Make room on that disk and try again: nothing was half-recorded, and the store goes on by itself.',
      cause: error,
    });
  }
  return unwritable(error, where);
}

/** A store whose disk can no longer be trusted: STORE_UNWRITABLE. */
export function unwritable(error: unknown, where: string): TroupeError {
  return new TroupeError('STORE_UNWRITABLE', `The store cannot be written: ${messageOf(error)}.`, {
    where,
    hint: 'Check the disk and the rights on that path, then open the store again: everything acknowledged before is kept.',
    cause: error,
  });
}

/** Damage that opening cannot have caused: STORE_DAMAGED with file, line (1 for the first) and byte offset. */
export function damaged(what: string, place: { file: string; line?: number; offset?: number }, hint?: string): TroupeError {
  const line = place.line === undefined ? '' : `:${place.line}`;
  const offset = place.offset === undefined ? '' : ` (byte ${place.offset})`;
  return new TroupeError('STORE_DAMAGED', `${place.file}${line}${offset} is damaged: ${what}.`, {
    where: `${place.file}${line}`,
    hint:
      hint ??
      'Nothing was changed. Copy the store before anything else, then restore the file from a backup, or look at the named place: lines before it are intact.',
    retryable: false,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
