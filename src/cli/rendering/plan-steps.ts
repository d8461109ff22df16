import type { ExecutionPlan, PlacedTask } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import { type Column, table } from '../text/table.ts';
import { spanText } from '../text/time-text.ts';
import type { PageStyle } from './page-style.ts';
import { namesText } from './plan-names.ts';

const SOURCES: Readonly<Record<NonNullable<PlacedTask['source']>, string>> = {
  estimate: '',
  history: 'learned',
  timeout: 'at most',
  person: 'a person',
  default: 'assumed',
  none: '',
};

/** The tasks of a plan in the order of their start. */
export function stepTable({ tasks }: ExecutionPlan, { paint, width }: PageStyle): string[] {
  const columns: Column[] = [
    { title: 'LEVEL', align: 'right' },
    { title: '' },
    { title: 'STEP', paint: (cell, row) => (tasks[row]?.isCritical === true ? paint.bold(cell) : cell) },
    { title: 'BY', paint: paint.dim },
    { title: 'TAKES', align: 'right' },
    { title: '', paint: paint.dim },
    { title: 'STARTS', align: 'right' },
    { title: 'SLACK', align: 'right', paint: paint.dim },
    { title: 'WAITS FOR', paint: paint.dim },
  ];
  const rows = tasks.map(({ level, isCritical, id, persona, type, ms, source, startMs, slackMs, waitsFor }) => [
    String(level),
    isCritical ? '*' : '',
    oneLine(id),
    oneLine(persona ?? type ?? ''),
    spanText(ms),
    source === null ? '' : SOURCES[source],
    startMs === 0 ? '' : `+${spanText(startMs)}`,
    slackMs === 0 ? '' : spanText(slackMs),
    namesText(waitsFor, ', ', 5),
  ]);
  const [head = '', ...lines] = table(columns, rows, width);
  return rows.length === 0 ? [] : [paint.dim(head), ...lines];
}
