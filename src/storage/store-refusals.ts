import { TroupeError } from '../protocol/errors.ts';

/** STORE_CLOSED: the caller uses a store that it closed. */
export function storeClosed(): TroupeError {
  return new TroupeError('STORE_CLOSED', 'The store is closed.', { hint: 'Open it again.', retryable: false });
}

/** RUN_NOT_FOUND: the store has no batch of that run. */
export function runNotFound(run: string): TroupeError {
  return new TroupeError('RUN_NOT_FOUND', `There is no run ${run} in this store.`, {
    hint: 'List the runs of the store; a run that never started has no journal.',
  });
}

/** INTERNAL: the host appended a batch that does not continue its run, which would make the journal unreadable. */
export function outOfOrder(run: string, given: number, due: number): TroupeError {
  return new TroupeError('INTERNAL', `Batch ${given} of run ${run} was appended where batch ${due} is due.`, {
    hint: 'Read the run again and continue after its last batch: an earlier append may have failed, or two hosts may be driving this run.',
    retryable: false,
  });
}

/** STORE_UNWRITABLE: the store was opened for reading only. */
export function readOnly(location: string): TroupeError {
  return new TroupeError('STORE_UNWRITABLE', `${location} was opened for reading only.`, {
    where: location,
    hint: 'Open it without readOnly to write.',
    retryable: false,
  });
}
