/** What was undone, as lines: in order, and what was not and why not. */
import type { RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';

/** One line for what was undone, one for each step that was not; none where nothing was to be undone. */
export function undoingLines({ undone, notUndone }: Pick<RunView, 'undone' | 'notUndone'>): string[] {
  const done = undone.length === 0 ? [] : [undone.map(oneLine).join(', ')];
  return [...done, ...notUndone.map(({ step, error }) => `not ${oneLine(step)}: ${oneLine(error.message)}`)];
}
