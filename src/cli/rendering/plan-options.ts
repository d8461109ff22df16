/** The ways in which a plan could be run: the chosen one, and the others with their scores and why they were not taken. */
import type { ExecutionPlan, ScheduleOption } from '../../index.ts';
import { type Column, table } from '../text/table.ts';
import { spanText } from '../text/time-text.ts';
import { wrapped } from '../text/wrapped.ts';
import type { PageStyle } from './page-style.ts';

/** Options that come to the same share a line. */
interface Row {
  readonly names: readonly string[];
  readonly option: ScheduleOption;
  /** Why it was not taken; null for the chosen one. */
  readonly reason: string | null;
}

/** Best first; the reason below each. */
export function optionLines(plan: ExecutionPlan, { paint, width }: PageStyle): string[] {
  const rows = rowsOf(plan);
  const columns: Column[] = [
    { title: '' },
    { title: 'WAY', paint: (cell, row) => (rows[row]?.reason === null ? paint.bold(cell) : cell) },
    { title: 'TAKES', align: 'right' },
    { title: 'SCORE', align: 'right' },
    ...['TIME', 'RESOURCES', 'QUALITY', 'RISK'].map((title): Column => ({ title, align: 'right', paint: paint.dim })),
  ];
  const cells = rows.map(({ names: [name = ''], option: { schedule, score }, reason }) => [
    reason === null ? '>' : ' ',
    name,
    spanText(schedule.makespanMs),
    ...[score.total, score.time, score.resources, score.quality, score.risk].map((part) => part.toFixed(2)),
  ]);
  const [head = '', ...lines] = table(columns, cells, width);
  const below = (row: Row | undefined): string[] => {
    if (row === undefined) return [];
    const same = row.names.length < 2 ? [] : [`the same as ${row.names.slice(1).join(', ')}`];
    const said = [...(row.reason === null ? [] : [row.reason]), ...same].join('; ');
    return said === '' ? [] : wrapped(said, width - 3).map((line) => paint.dim(`   ${line}`));
  };
  return [paint.dim(head), ...lines.flatMap((line, i) => [line, ...below(rows[i])]), ...peakLines(plan, width)];
}

function rowsOf({ chosen, rejected }: ExecutionPlan): Row[] {
  const rows: Row[] = [{ names: [chosen.name], option: chosen, reason: null }];
  for (const option of rejected) {
    const twin = rows.findIndex(({ option: other }) => isAlike(option, other));
    const row = rows[twin];
    if (row === undefined) rows.push({ names: [option.name], option, reason: option.reason });
    else rows[twin] = { ...row, names: [...row.names, option.name] };
  }
  return rows;
}

const isAlike = (a: ScheduleOption, b: ScheduleOption): boolean =>
  a.schedule.makespanMs === b.schedule.makespanMs &&
  (['time', 'resources', 'quality', 'risk'] as const).every((part) => a.score[part].toFixed(4) === b.score[part].toFixed(4));

/** How much of each limit the chosen way uses at its peak. */
function peakLines({ chosen }: ExecutionPlan, width: number): string[] {
  const used = chosen.peaks.map(({ resource, peak, limit }) => `${shown(peak)} of ${shown(limit)} ${wording(resource)}`);
  return wrapped(`at its peak: ${used.join(', ')}`, width - 3).map((line) => `   ${line}`);
}

const shown = (amount: number): string => (Number.isInteger(amount) ? amount : Number(amount.toFixed(1))).toLocaleString('en');

const WORDINGS: Readonly<Record<string, string>> = {
  places: 'places',
  memoryMb: 'MB of memory',
  cpu: 'cores',
  io: 'input and output',
  tokensPerMinute: 'tokens a minute',
};

function wording(resource: string): string {
  if (resource.startsWith('block ')) return `at once in ${resource.slice('block '.length)}`;
  return WORDINGS[resource] ?? resource.replace(/^capability /u, '');
}
