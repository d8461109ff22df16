/** Tasks that wait for a place or an agent until they cannot be done in time any more. */
import type { TaskReport } from '../../protocol/task.ts';
import { tooLate } from './dispatch-refusal.ts';
import type { DispatcherHost } from './dispatcher-host.ts';
import type { Flight } from './flight.ts';

/** Says so as soon as a task that stands in line cannot be done in time any more. `latestStart`: ms since the epoch. */
export async function giveUpAt(
  flight: Flight,
  latestStart: number,
  host: DispatcherHost,
  settle: (flight: Flight, report: TaskReport) => void,
): Promise<void> {
  const over = new AbortController();
  flight.onEnd(() => over.abort());
  await host.pause(Math.max(0, latestStart - host.now()) + 1, over.signal);
  if (flight.state === 'waiting') settle(flight, tooLate(flight.task, host.now() - latestStart));
}
