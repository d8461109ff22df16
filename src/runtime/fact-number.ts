/** Moments of a run as people name them: the number of a fact, or a checkpoint. */
import { nearest } from '../definition/nearest-name.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { RunView } from './run-view.ts';

/**
 * The number of the fact that is meant: by its number, or by the path of a checkpoint, which means the fact after which that was passed last.
 * `facts`: how many the run has. Throws INPUT_INVALID where there is no such fact, or no such checkpoint was passed.
 */
export function factNumber(view: Pick<RunView, 'id' | 'checkpoints' | 'steps'>, facts: number, meant: number | string): number {
  if (typeof meant === 'string') return passingOf(view, meant);
  if (Number.isInteger(meant) && meant >= 0 && meant < facts) return meant;
  throw new TroupeError('INPUT_INVALID', `run ${view.id} has no fact ${meant}`, {
    hint: `its facts are 0 to ${facts - 1}; troupe logs ${view.id} lists them`,
    retryable: false,
  });
}

function passingOf({ id, checkpoints, steps }: Pick<RunView, 'id' | 'checkpoints' | 'steps'>, meant: string): number {
  const last = checkpoints.findLast(({ checkpoint }) => checkpoint === meant);
  if (last !== undefined) return last.fact;
  const passed = [...new Set(checkpoints.map(({ checkpoint }) => checkpoint))];
  const near = nearest(meant, passed);
  const isStep = steps.some(({ path }) => path === meant);
  const hint =
    near !== null
      ? `did you mean "${near}"?`
      : passed.length > 0
        ? `it has passed ${passed.join(', ')}`
        : `it has passed no checkpoint so far; name a fact by its number: troupe logs ${id} lists them`;
  const message = isStep ? `"${meant}" is no checkpoint that run ${id} has passed` : `run ${id} has no checkpoint "${meant}"`;
  throw new TroupeError('INPUT_INVALID', message, { hint, retryable: false });
}
