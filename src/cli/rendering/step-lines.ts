/** Steps as lines of a tree: mark, step, state, persona, attempt, elapsed, and why it stands where it stands. */
import type { StepView } from '../../index.ts';
import { displayWidth, padLeft, padRight, truncate } from '../text/display-width.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { spanText } from '../text/time-text.ts';
import { paintByState, stateMark, stateWord } from './state-words.ts';

export interface StepLineOptions {
  /** Cells of a line; never exceeded. */
  readonly width: number;
  /** Ms since the epoch, for what is still going on. */
  readonly now: number;
  readonly paint: Paint;
  /** What an agent at work said last, by step. */
  readonly notes?: ReadonlyMap<string, string>;
}

type ColumnName = 'step' | 'state' | 'persona' | 'attempt' | 'elapsed';

interface Cells extends Readonly<Record<ColumnName, string>> {
  readonly view: StepView;
  readonly why: string;
}

const GAP = 2;
const INDENT = '  ';
/** Less than this says nothing: then the sentence is left out. */
const SHORTEST_WHY = 12;
/** A long id may not push everything else out. */
const STEP_SHARE = 0.45;
/** What is given up first where there is little room stands last. */
const LAYOUTS: readonly (readonly ColumnName[])[] = [
  ['step', 'state', 'persona', 'attempt', 'elapsed'],
  ['step', 'state', 'attempt', 'elapsed'],
  ['step', 'state', 'elapsed'],
  ['step', 'state'],
];

/** One line for each step, all with the same columns. */
export function stepLines(steps: readonly StepView[], options: StepLineOptions): string[] {
  const rows = steps.map((step) => cellsOf(step, options));
  const { columns, widths } = layout(rows, options.width);
  return rows.map((row) => lineOf(row, columns, widths, options));
}

/** The last part of a step's path: the rest is said by where it stands in the tree. What the run does on its own behalf stands nowhere. */
function stepId(path: string): string {
  if (path.startsWith('(')) return path;
  return path.slice(path.lastIndexOf('/') + 1);
}

function cellsOf(view: StepView, { now, notes }: StepLineOptions): Cells {
  const { path, depth, state, persona, attempts, outcome, startedAt, endedAt, why, degraded, chosen, type } = view;
  const isLive = outcome === null && startedAt !== null;
  const showsTime = startedAt !== null && (isLive || (outcome !== 'skipped' && endedAt !== null && attempts > 0));
  return {
    view,
    step: `${INDENT.repeat(depth)}${oneLine(stepId(path))}`,
    state: degraded ? 'degraded' : stateWord(state),
    persona: oneLine(chosen === null ? (persona ?? '') : `${persona ?? type}: ${chosen.agent}`),
    attempt: attempts > 1 ? `attempt ${attempts}` : '',
    elapsed: showsTime ? elapsedText(startedAt, endedAt, now) : '',
    why: oneLine((state === 'attempting' ? notes?.get(path) : outcome === 'completed' && !degraded ? '' : why) ?? ''),
  };
}

/** While it grows it is shown in tenths of seconds: milliseconds would only flicker. */
function elapsedText(startedAt: number, endedAt: number | null, now: number): string {
  if (endedAt !== null) return spanText(endedAt - startedAt);
  const span = Math.max(0, now - startedAt);
  return span < 1000 ? `${(Math.floor(span / 100) / 10).toFixed(1)} s` : spanText(span);
}

function layout(rows: readonly Cells[], width: number): { columns: readonly ColumnName[]; widths: ReadonlyMap<ColumnName, number> } {
  const natural = (column: ColumnName) => Math.max(0, ...rows.map((row) => displayWidth(row[column])));
  const stepWidth = Math.min(natural('step'), Math.max(12, Math.floor(width * STEP_SHARE)));
  for (const columns of LAYOUTS) {
    const used = columns.filter((column) => natural(column) > 0);
    const widths = new Map(used.map((column) => [column, column === 'step' ? stepWidth : natural(column)]));
    if (totalOf(widths) <= width) return { columns: used, widths };
  }
  return { columns: ['step'], widths: new Map([['step', Math.min(stepWidth, Math.max(0, width - 2))]]) };
}

/** The mark and its space, then the columns with their gaps. */
function totalOf(widths: ReadonlyMap<ColumnName, number>): number {
  return 2 + [...widths.values()].reduce((sum, each) => sum + each, 0) + GAP * (widths.size - 1);
}

function lineOf(row: Cells, columns: readonly ColumnName[], widths: ReadonlyMap<ColumnName, number>, options: StepLineOptions): string {
  const { paint, width } = options;
  const { state } = row.view;
  const cells = columns.map((column) => {
    const cell = (column === 'elapsed' ? padLeft : padRight)(row[column], widths.get(column) ?? 0);
    if (column === 'step') return state === 'pending' || state === 'skipped' ? paint.dim(cell) : cell;
    return column === 'state' ? paintByState(paint, state, cell) : paint.dim(cell);
  });
  const room = width - totalOf(widths) - GAP;
  const why = room >= SHORTEST_WHY ? truncate(row.why, room) : '';
  const tail = why === '' ? '' : `${' '.repeat(GAP)}${state === 'failed' ? paint.red(why) : paint.dim(why)}`;
  return `${paintByState(paint, state, stateMark(state))} ${cells.join(' '.repeat(GAP))}${tail}`.trimEnd();
}
