/** Why a run is not begun, or not taken up, here. */
import { TroupeError } from '../protocol/errors.ts';

/** There is a run of this id already: RUN_EXISTS. */
export function runExists(id: string): TroupeError {
  return new TroupeError('RUN_EXISTS', `there is a run named "${id}" already`, { hint: 'choose another id, or resume that run' });
}

/** The run is at work in this runtime, and what is asked for needs it to rest: RUN_UNDER_WAY. */
export function runUnderWay(id: string): TroupeError {
  return new TroupeError(
    'RUN_UNDER_WAY',
    `run ${id} is under way in this runtime: it goes back, or on by another definition, only at rest`,
    {
      hint: 'let it end or cancel it, or stop the runtime, and ask the next one; or fork it: that can be done at any time',
      retryable: false,
    },
  );
}
