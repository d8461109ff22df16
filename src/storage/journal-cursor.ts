import { CHAIN_START } from './journal-line.ts';

/** A place in the journal behind a whole group, with what the next line must continue. */
export interface JournalCursor {
  segment: number;
  /** Bytes of the segment up to here. */
  offset: number;
  /** The crc of the last line. */
  chain: string;
  /** The seq of the next line and the number of the next group. */
  seq: number;
  commit: number;
  /** The epoch of the last line. */
  epoch: number;
}

/** The place before everything. */
export function journalStart(): JournalCursor {
  return { segment: 0, offset: 0, chain: CHAIN_START, seq: 0, commit: 0, epoch: 0 };
}
