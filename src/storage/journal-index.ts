import type { JournalCursor } from './journal-cursor.ts';

/** Where a run's batches stand in the journal. */
export interface RunRecord {
  readonly id: string;
  /** The id as JSON text, as every line of the run repeats it. */
  readonly json: string;
  /** Batches recorded. */
  recorded: number;
  /** Batches accepted and not yet recorded. */
  pending: number;
  /** Flat quadruples: segment, offset, bytes, n of the first batch. Neighbouring lines share one. */
  readonly extents: number[];
}

/** One stretch of a run's lines inside a segment: offset, bytes, first n, last n. */
export type Extent = readonly [offset: number, length: number, firstN: number, lastN: number];

/**
 * The journal by run, in memory: appends ask it for the next n, reads for offsets, listings for the order of first
 * appearance (oldest first). Runs are kept in a Map, never as object keys: `"1"` and `"__proto__"` are fair run ids.
 */
export class JournalIndex {
  private readonly records = new Map<string, RunRecord>();
  /** Runs with lines in the segment being written, with the length of their extents before it. */
  private touched = new Map<RunRecord, number>();

  get(run: string): RunRecord | undefined {
    return this.records.get(run);
  }

  /** The record of a run, made when there is none. */
  claim(run: string): RunRecord {
    let record = this.records.get(run);
    if (record === undefined) {
      record = { id: run, json: JSON.stringify(run), recorded: 0, pending: 0, extents: [] };
      this.records.set(run, record);
    }
    return record;
  }

  /** Forgets a run of which nothing was recorded, so that its place in the order is free again. */
  releaseEmpty(record: RunRecord): void {
    if (record.recorded === 0 && record.pending === 0) this.records.delete(record.id);
  }

  /** Adds one line of a run. */
  add(record: RunRecord, { segment }: Pick<JournalCursor, 'segment'>, offset: number, length: number): void {
    const { extents } = record;
    const last = extents.length - 4;
    if (!this.touched.has(record)) this.touched.set(record, extents.length);
    if (last >= 0 && extents[last] === segment && Number(extents[last + 1]) + Number(extents[last + 2]) === offset) {
      extents[last + 2] = Number(extents[last + 2]) + length;
    } else {
      extents.push(segment, offset, length, record.recorded);
    }
    record.recorded += 1;
  }

  /** Ids of runs with at least one batch, oldest first. */
  ids(): string[] {
    const ids: string[] = [];
    for (const record of this.records.values()) if (record.recorded > 0) ids.push(record.id);
    return ids;
  }

  /** Closes the books of the segment being written: its runs and their stretches, in order of first appearance. */
  seal(): [run: string, ...Extent[]][] {
    const sealed: [string, ...Extent[]][] = [];
    for (const [record, start] of this.touched) {
      const stretches: Extent[] = [];
      for (let at = start; at < record.extents.length; at += 4) {
        const [, offset, length, firstN] = record.extents.slice(at, at + 4) as [number, number, number, number];
        stretches.push([offset, length, firstN, (record.extents[at + 7] ?? record.recorded) - 1]);
      }
      sealed.push([record.id, ...stretches]);
    }
    this.touched = new Map();
    return sealed;
  }

  /** Takes over what {@link seal} gave for a segment. False, and nothing taken, when it does not continue this index. */
  restore(segment: number, sealed: readonly (readonly [run: string, ...Extent[]])[]): boolean {
    for (const [run, ...stretches] of sealed) {
      let next = this.records.get(run)?.recorded ?? 0;
      for (const [, , firstN, lastN] of stretches) {
        if (firstN !== next || lastN < firstN) return false;
        next = lastN + 1;
      }
    }
    for (const [run, ...stretches] of sealed) {
      const record = this.claim(run);
      for (const [offset, length, firstN, lastN] of stretches) {
        record.extents.push(segment, offset, length, firstN);
        record.recorded = lastN + 1;
      }
    }
    return true;
  }
}
