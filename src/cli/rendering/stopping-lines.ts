/** Attempts that are being stopped, one sentence each. */
import type { Stopping } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { spanText } from '../text/time-text.ts';

/** A sentence for every attempt that was told to stop and has not. `now`: ms since the epoch. */
export function stoppingLines(stopping: readonly Stopping[], now: number, paint: Paint): string[] {
  return stopping.map(({ step, attempt, reason, ...how }) => {
    const which = attempt > 1 ? `attempt ${attempt} ` : '';
    return `${paint.bold(oneLine(step))} ${which}${standing(how, now)} (${oneLine(reason)})`;
  });
}

function standing({ state, until, canBeForced }: Pick<Stopping, 'state' | 'until' | 'canBeForced'>, now: number): string {
  if (state === 'forced') return 'is being killed';
  const left = spanText(Math.max(0, Math.round((until - now) / 1000) * 1000));
  return `has been asked to stop, ${canBeForced ? 'will be killed' : 'is left to itself'} in ${left}`;
}
