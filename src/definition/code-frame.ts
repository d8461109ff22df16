import { printable } from './printable.ts';
import { positionAt, type SourceText } from './source-text.ts';

/** How much of a long line is shown around the place. */
const WIDTH = 100;

/** Up to two lines before and one after an offset, numbered, with a caret under it. */
export function codeFrame(source: SourceText, offset: number): string {
  const { line, column } = positionAt(source, offset);
  const first = Math.max(1, line - 2);
  const last = Math.min(source.lineStarts.length, line + 1);
  const gutter = String(last).length;
  const from = column > WIDTH - 20 ? column - 1 - WIDTH / 2 : 0;
  const rows: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const shown = lineOf(source, number, from);
    rows.push(`${number === line ? '>' : ' '} ${String(number).padStart(gutter)} | ${shown}`.trimEnd());
    if (number === line) rows.push(`  ${' '.repeat(gutter)} | ${' '.repeat(column - 1 - from)}^`);
  }
  return rows.join('\n');
}

function lineOf(source: SourceText, number: number, from: number): string {
  const start = source.lineStarts[number - 1] ?? source.text.length;
  const end = source.lineStarts[number] ?? source.text.length;
  // a tab is shown as one space, so that the caret stands under the column it names
  return printable(source.text.slice(start + from, Math.min(end, start + from + WIDTH)).replace(/[\r\n]+$/u, '')).replaceAll('\t', ' ');
}
