/** Asks an agent again and again whether it is alive. */
import type { Agent } from '../../protocol/agent.ts';
import { LONGEST_TIMER } from './longest-timer.ts';

/** How often an agent is asked where it does not say, ms. */
const BEAT_EVERY_MS = 30_000;

/** What a beat came to. */
export type Beat = 'beat.came' | 'beat.missed';

/**
 * Asks, once each interval of real time, and never before the last answer or the end of its patience; tells what came of it. An agent
 * without `beat` is not asked. Never keeps the process alive. Returns what ends it.
 */
export function startHeartbeat(agent: Pick<Agent, 'beat' | 'beatEveryMs'>, tell: (beat: Beat) => void): () => void {
  if (agent.beat === undefined) return () => {};
  const everyMs = Math.min(agent.beatEveryMs ?? BEAT_EVERY_MS, LONGEST_TIMER);
  let timer: NodeJS.Timeout | null = null;
  let over = false;
  const again = (): void => {
    if (!over) timer = setTimeout(ask, everyMs).unref();
  };
  const ask = (): void => {
    let answered = false;
    const hear = (beat: Beat): void => {
      if (answered || over) return;
      answered = true;
      clearTimeout(patience);
      tell(beat);
      again();
    };
    const patience = setTimeout(() => hear('beat.missed'), everyMs).unref();
    Promise.resolve()
      .then(() => agent.beat?.())
      .then(
        () => hear('beat.came'),
        () => hear('beat.missed'),
      );
  };
  again();
  return () => {
    over = true;
    if (timer !== null) clearTimeout(timer);
  };
}
