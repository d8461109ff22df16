import { printable } from '../../index.ts';

/**
 * Somebody else's text (an agent's, a file's) made safe for one line of a terminal: no line breaks, no control characters that could
 * move the cursor or recolour the screen.
 */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/gu, ' ').trim());
}

/** A value on one line: texts as they are, everything else as JSON. */
export function valueLine(value: unknown): string {
  return oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}
