import { TroupeError } from './errors.ts';
import { isJsonObject } from './json.ts';

/**
 * Why an agent is told to stop, as `signal.reason`: TASK_CANCELLED.
 *
 * @param houseStops the task itself is still wanted, but nobody here waits for it any more: it is begun again, under the same key, once
 *   its run is resumed. Stands in `details.houseStops`
 */
export function stopReason(task: string, reason: string, houseStops: boolean): TroupeError {
  const details = houseStops ? { details: { houseStops } } : {};
  return new TroupeError('TASK_CANCELLED', `the task ${task} was cancelled: ${reason}`, { retryable: false, ...details });
}

/** True for the reason of a signal that says that only the house stops. */
export function isHouseStopping(reason: unknown): boolean {
  return reason instanceof TroupeError && isJsonObject(reason.details) && reason.details.houseStops === true;
}
