import { MAX_CONCURRENT_TASKS } from '../../policy/task-limit.ts';
import { TroupeError } from '../../protocol/errors.ts';

/** How many agents may work at once. Throws TroupeError DEFINITION_INVALID for what is no whole number of at least 1 (Infinity: no limit). */
export function placesOf(maxConcurrentTasks = MAX_CONCURRENT_TASKS): number {
  if (maxConcurrentTasks >= 1 && (Number.isInteger(maxConcurrentTasks) || maxConcurrentTasks === Number.POSITIVE_INFINITY)) {
    return maxConcurrentTasks;
  }
  throw new TroupeError('DEFINITION_INVALID', `maxConcurrentTasks must be a whole number of at least 1, not ${maxConcurrentTasks}`);
}
