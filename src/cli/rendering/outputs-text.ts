import type { Json } from '../../index.ts';
import { truncate } from '../text/display-width.ts';
import { valueLine } from '../text/one-line.ts';

/** More than this is for `--json`. */
const MOST_LINES = 8;
const WIDEST = 100;

/** A run's outputs in short: a line for each, cut where they are long. Nothing for no outputs. */
export function outputLines(outputs: Json, width: number): string[] {
  const room = Math.min(width, WIDEST);
  if (outputs === null) return [];
  if (typeof outputs !== 'object' || Array.isArray(outputs)) return [truncate(valueLine(outputs), room)];
  const entries = Object.entries(outputs).filter(([, value]) => value !== undefined && value !== null);
  const lines = entries.slice(0, MOST_LINES).map(([name, value]) => truncate(`${valueLine(name)}: ${valueLine(value)}`, room));
  return entries.length > MOST_LINES ? [...lines, `… and ${entries.length - MOST_LINES} more`] : lines;
}
