import { padRight } from '../text/display-width.ts';
import type { Paint } from '../text/paint.ts';

/** What a page says about one thing: a name and a line, or several lines below each other. */
export type Field = readonly [name: string, value: string | readonly string[]];

/** Names in one column, values in the next; fields without a value are left out. */
export function fieldLines(fields: readonly Field[], paint: Paint): string[] {
  const filled = fields
    .map(([name, value]) => [name, typeof value === 'string' ? [value] : value] as const)
    .filter(([, lines]) => lines.join('') !== '');
  const width = Math.max(0, ...filled.map(([name]) => name.length));
  return filled.flatMap(([name, lines]) => lines.map((line, index) => `  ${paint.dim(padRight(index === 0 ? name : '', width))}  ${line}`));
}
