import { PRIORITIES } from '../protocol/coordination.ts';
import type { Task } from '../protocol/task.ts';
import type { RunState } from './run-state.ts';

/**
 * In which order attempts begin again that were in flight when their host died: first those that somebody had been at, whose work may be
 * half done or go on elsewhere; then those that had only waited. Among these the more pressing first, and among equals as they were asked
 * for. `demanding` puts beside a task what its step requires.
 */
export function againInOrder({ inFlight, neverBegun }: RunState, demanding: (task: Task) => Task): Task[] {
  const ranked = Array.from(inFlight, ([id, task]) => {
    const whole = demanding(task);
    const pressing = PRIORITIES.indexOf(whole.priority ?? 'medium');
    return { whole, rank: neverBegun.has(id) ? pressing : pressing + PRIORITIES.length };
  });
  return ranked.sort((a, b) => b.rank - a.rank).map(({ whole }) => whole);
}
