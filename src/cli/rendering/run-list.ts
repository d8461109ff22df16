/** All runs of a store as a table. */

import type { ListedRun } from '../../index.ts';
import { truncate } from '../text/display-width.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { type Column, table } from '../text/table.ts';
import { agoText, dateTime, spanText } from '../text/time-text.ts';
import { awaitedText } from './signal-commands.ts';
import { paintByState } from './state-words.ts';

/** A long name must not push the status out of a narrow terminal. */
const WORKFLOW_WIDTH = 24;

export interface ListOptions {
  readonly width: number;
  /** Ms since the epoch. */
  readonly now: number;
  readonly paint: Paint;
  /** Ids of the runs that a process is running now. */
  readonly live: ReadonlySet<string>;
}

/** How a run stands for people: one that has not ended waits for somebody, or is run by a process, or stands still. */
export function standingOf({ id, summary, awaits }: ListedRun, live: ReadonlySet<string>): string {
  if (summary === null) return 'unreadable';
  if (summary.status !== 'running') return summary.status;
  if (awaits.length > 0) return 'waiting';
  // Without a host nothing wakes it: it has to be taken up.
  if (!live.has(id)) return 'unfinished';
  return summary.waiting === undefined ? 'running' : 'waiting';
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
  const rows = runs.map((run, index) => {
    const { id, summary, error } = run;
    const standing = standings[index] ?? '';
    if (summary === null) return [id, '', standing, '', '', '', oneLine(error?.message ?? '')];
    const { workflow, steps, startedAt, endedAt } = summary;
    const settled = steps.completed + steps.failed + steps.skipped + steps.cancelled;
    const took = endedAt === null ? (live.has(id) ? spanText(now - startedAt) : '') : spanText(endedAt - startedAt);
    return [
      id,
      truncate(oneLine(workflow), WORKFLOW_WIDTH),
      standing,
      `${settled}/${steps.total}`,
      agoText(startedAt, now),
      took,
      oneLine(note(run, standing)),
    ];
  });
  const [head = '', ...lines] = table(columns, rows, width);
  return [paint.dim(head), ...lines];
}

const COLOURED_LIKE: Readonly<Record<string, string>> = { unfinished: 'paused', waiting: 'awaitingSignal', unreadable: 'failed' };

/** What else is worth knowing. Of a run that stands still that is only when it is due: what it was at is not at work. */
function note({ summary, awaits }: ListedRun, standing: string): string {
  const dueAt = summary?.waiting?.dueAt ?? null;
  const due = dueAt === null ? [] : [`due ${dateTime(dueAt)}`];
  if (standing === 'unfinished') return due.join('');
  if (standing !== 'waiting') return summary?.note ?? '';
  return awaits.length > 0 ? [...awaits.map((one) => awaitedText(one)), ...due].join('; ') : (summary?.note ?? '');
}
