import { displayWidth, padLeft, padRight, truncate } from './display-width.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** `right` for numbers and times. */
  readonly align?: 'left' | 'right';
  /** Colours a cell of a row after it has been measured and filled. */
  readonly paint?: (cell: string, row: number) => string;
}

const GAP = '  ';

interface Shown extends Column {
  readonly index: number;
  readonly width: number;
}

/**
 * Rows under their titles, columns as wide as their widest cell; a column without anything in it is left out. No line is wider than
 * `width`: what does not fit is cut at the right.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const filled = columns
    .map((column, index) => ({ ...column, index, width: 0 }))
    .filter(({ index }) => rows.some((row) => (row[index] ?? '') !== ''));
  let used = 0;
  const shown: Shown[] = [];
  for (const column of filled) {
    const natural = Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[column.index] ?? '')));
    const room = Math.min(natural, width - used);
    if (room > 0) shown.push({ ...column, width: room });
    used += room + GAP.length;
  }
  const head = shown.map((column) => cellText(column, column.title)).join(GAP);
  const body = rows.map((row, at) =>
    shown
      .map((column) => {
        const cell = cellText(column, row[column.index] ?? '');
        return column.paint?.(cell, at) ?? cell;
      })
      .join(GAP),
  );
  return [head, ...body].map((line) => line.trimEnd());
}

function cellText({ align, width }: Shown, text: string): string {
  return align === 'right' ? padLeft(truncate(text, width), width) : padRight(text, width);
}
