/** All runs of a store as a table. */
import type { ListedRun } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { type Column, table } from '../text/table.ts';
import { agoText, spanText } from '../text/time-text.ts';
import { paintByState } from './state-words.ts';

export interface ListOptions {
  readonly width: number;
  /** Ms since the epoch. */
  readonly now: number;
  readonly paint: Paint;
  /** Ids of the runs that a process is running now. */
  readonly live: ReadonlySet<string>;
}

/** A run that has not ended stands still unless somebody runs it. */
export function standingOf({ id, summary }: ListedRun, live: ReadonlySet<string>): string {
  if (summary === null) return 'unreadable';
  return summary.status === 'running' && !live.has(id) ? 'unfinished' : summary.status;
}

/** The lines of the table, the newest run last. */
export function runList(runs: readonly ListedRun[], { width, now, paint, live }: ListOptions): string[] {
  const standings = runs.map((run) => standingOf(run, live));
  const byStanding = (cell: string, row: number) => paintByState(paint, COLOURED_LIKE[standings[row] ?? ''] ?? standings[row] ?? '', cell);
  const columns: Column[] = [
    { title: 'RUN' },
    { title: 'WORKFLOW' },
    { title: 'STATUS', paint: byStanding },
    { title: 'STEPS', align: 'right' },
    { title: 'STARTED' },
    { title: 'TOOK', align: 'right' },
    { title: 'NOTE', paint: (cell) => paint.dim(cell) },
  ];
  const rows = runs.map(({ id, summary, error }, index) => {
    const standing = standings[index] ?? '';
    if (summary === null) return [id, '', standing, '', '', '', oneLine(error?.message ?? '')];
    const { workflow, steps, startedAt, endedAt, note } = summary;
    const settled = steps.completed + steps.failed + steps.skipped + steps.cancelled;
    const took = endedAt === null ? (live.has(id) ? spanText(now - startedAt) : '') : spanText(endedAt - startedAt);
    return [id, oneLine(workflow), standing, `${settled}/${steps.total}`, agoText(startedAt, now), took, oneLine(note ?? '')];
  });
  const [head = '', ...lines] = table(columns, rows, width);
  return [paint.dim(head), ...lines];
}

const COLOURED_LIKE: Readonly<Record<string, string>> = { unfinished: 'paused', unreadable: 'failed' };
