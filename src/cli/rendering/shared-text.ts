/** The shared context on a page: each key with its value, and who changed it how often. */
import type { RunView } from '../../index.ts';
import { truncate } from '../text/display-width.ts';
import { oneLine, valueLine } from '../text/one-line.ts';

/** `plan {"a":1}  (by review, version 4, 3 changes)`, a line for each key; none where a run has no shared context. */
export function sharedLines({ shared }: RunView, width: number): string[] {
  if (shared === null) return [];
  return Object.entries(shared.keys).map(([key, { value, version, by }]) => {
    const changes = shared.changes.filter((change) => change.key === key).length;
    const story = by === null ? 'as it began' : `by ${oneLine(by)}, version ${version}, ${changes} ${changes === 1 ? 'change' : 'changes'}`;
    const head = `${oneLine(key)} `;
    const tail = `  (${story})`;
    return truncate(`${head}${truncate(valueLine(value), Math.max(20, width - head.length - tail.length))}${tail}`, Math.max(40, width));
  });
}
