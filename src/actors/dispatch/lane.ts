import { kindOf } from '../../policy/task-policy.ts';
import type { Task } from '../../protocol/task.ts';
import type { Pool } from '../pool/pool.ts';

const NO_NAMES: readonly string[] = [];

/**
 * What a task asks for of the house, in one word: where the first of those with the same word cannot be given to anybody, none of them can.
 *
 * @param byKind policies of the house go by the kind of a task
 */
export function laneOf(task: Task, pool: Pool | null, byKind: boolean): string {
  if (pool === null) return '';
  const { capabilities = NO_NAMES, services = NO_NAMES } = task.needs ?? {};
  if (!byKind && capabilities.length + services.length === 0) return pool.lane;
  return [pool.lane, byKind ? kindOf(task) : '', ...capabilities, '', ...services].join('\n');
}
