import type { ErrorData } from '../protocol/errors.ts';
import type { RunRecovered } from '../protocol/facts.ts';
import { attemptId } from '../protocol/ids.ts';
import type { Run } from './run.ts';

/** An attempt that may or may not have done its work before its host died, of a step that does not want it repeated. */
export interface AmbiguousAttempt {
  readonly step: string;
  readonly attempt: number;
  readonly error: ErrorData;
}

/** The interrupted attempts whose steps say `onAmbiguous: escalate`: a person has to look. All others are run again under their key. */
export function ambiguousAttempts({ state }: Run, { interrupted }: RunRecovered): AmbiguousAttempt[] {
  return [...state.inFlight.values()]
    .filter(({ step, attempt }) => interrupted.includes(attemptId(step, attempt)) && !state.neverBegun.has(attemptId(step, attempt)))
    .filter(({ step }) => {
      const definition = state.steps.get(step)?.blueprint.step;
      return definition?.kind === 'task' && definition.onAmbiguous === 'escalate';
    })
    .map(({ step, attempt }) => ({
      step,
      attempt,
      error: {
        code: 'ATTEMPT_AMBIGUOUS',
        message: `attempt ${attempt} of ${step} was in flight when its host died: whether it did its work is not known`,
        hint: 'look at what it was to do outside; the step asks not to be run again on its own',
        retryable: false,
      },
    }));
}
