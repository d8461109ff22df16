/** The figures as a table for people. */
import { type Figure, isWithinBudget, median, timesFloor } from './figure.ts';

const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const rounded = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const text = (value: number) => (Math.abs(value) >= 100 ? rounded : number).format(value);

const HEADINGS = ['', 'ours', '', 'floor', '', '× floor', 'budget', ''] as const;

/** The table's text, two lines a figure: the numbers, and what the floor is and what bounds ours. */
export function report(figures: readonly Figure[]): string {
  const rows = figures.map(row);
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const explained = figures.map(({ floorIs, bound }, i) => `${line(rows[i] ?? [])}\n    floor: ${floorIs}\n    bound: ${bound}`);
  return [line(HEADINGS), ...explained].join('\n');
}

function row(figure: Figure): string[] {
  const { name, unit, ours, floor } = figure;
  const times = timesFloor(figure);
  const within = isWithinBudget(figure);
  return [
    name,
    `${text(median(ours))} ${unit}`,
    range(ours),
    floor === null ? '' : text(median(floor)),
    floor === null ? '' : range(floor),
    times === null ? '' : times.toFixed(2),
    budgetText(figure),
    within === null ? '' : within ? 'within' : 'OVER',
  ];
}

const range = (samples: readonly number[]) => `[${text(Math.min(...samples))}..${text(Math.max(...samples))}]`;

function budgetText({ budget }: Figure): string {
  if (budget === null) return '';
  if ('most' in budget) return `≤ ${text(budget.most)}`;
  return 'least' in budget ? `≥ ${text(budget.least)}` : `≤ ${budget.timesFloor} × floor`;
}
