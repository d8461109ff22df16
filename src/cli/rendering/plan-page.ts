/** A plan on one page: what starts when, what waits for what, and what decides how long it takes. */
import type { PlannedStep } from '../../index.ts';
import type { Forecast } from '../../testing/index.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { type Column, table } from '../text/table.ts';
import { spanText } from '../text/time-text.ts';
import { fieldLines } from './fields.ts';

const SOURCES: Readonly<Record<PlannedStep['estimate']['source'], string>> = {
  estimate: '',
  timeout: 'at most (timeout)',
  person: 'a person answers',
  default: 'assumed',
  none: '',
};

/** The lines of the page. */
export function planPage(
  name: string,
  { plan, maxConcurrency, makespanMs }: Forecast,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const { steps, levels, criticalPath, criticalMs, workMs } = plan;
  const columns: Column[] = [
    { title: 'LEVEL', align: 'right' },
    { title: '' },
    { title: 'STEP', paint: (cell, row) => (steps[row]?.isCritical === true ? paint.bold(cell) : cell) },
    { title: 'BY', paint: paint.dim },
    { title: 'TAKES', align: 'right' },
    { title: '', paint: paint.dim },
    { title: 'STARTS', align: 'right' },
    { title: 'WAITS FOR', paint: paint.dim },
  ];
  const rows = steps.map((step) => [
    String(step.level),
    step.isCritical ? '*' : '',
    oneLine(step.id),
    oneLine(step.persona ?? step.type),
    spanText(step.estimate.ms),
    SOURCES[step.estimate.source],
    step.startMs === 0 ? '' : `+${spanText(step.startMs)}`,
    oneLine(step.waitsFor.join(', ')),
  ]);
  const [head = '', ...lines] = table(columns, rows, width);
  const summary = fieldLines(
    [
      [
        'estimate',
        `${spanText(makespanMs)} with room for ${maxConcurrency === 1 ? 'one task at a time' : `${maxConcurrency} tasks at once`}`,
      ],
      ['at least', `${spanText(criticalMs)}: ${criticalPath.map(oneLine).join(' → ')}`],
      ['one by one', spanText(workMs)],
    ],
    paint,
  );
  const title = `${paint.bold(oneLine(name))}  ${steps.length} ${steps.length === 1 ? 'step' : 'steps'} on ${levels.length} ${levels.length === 1 ? 'level' : 'levels'}`;
  return [
    title,
    ...summary,
    '',
    paint.dim(head),
    ...lines,
    '',
    paint.dim('* on the longest chain. If nothing fails, no condition is false and people answer at once.'),
  ].join('\n');
}
