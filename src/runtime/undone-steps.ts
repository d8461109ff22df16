/** Steps that have completed and were undone since: what they did is not there any more. */
import { COMPENSATION } from './compensation-path.ts';
import type { RunState } from './run-state.ts';

/** Their paths, in the order in which they completed. */
export function undoneSteps({ history, records }: Pick<RunState, 'history' | 'records'>): string[] {
  const standing = new Map<string, boolean>();
  for (const [path, outcome] of history) {
    if (outcome !== 'completed') continue;
    if (path.startsWith(COMPENSATION)) standing.set(path.slice(COMPENSATION.length), false);
    else {
      standing.delete(path);
      standing.set(path, true);
    }
  }
  return [...standing].flatMap(([path, stands]) => (!stands && records.get(path)?.outcome === 'completed' ? [path] : []));
}
