/**
 * Time as a host gives it to runs: what it is now, a call at a later moment, a pause. The local host lives on the wall clock; the
 * simulation host on virtual time. Runs themselves never see either.
 */
import { LONGEST_TIMER } from '../actors/pool/longest-timer.ts';
import { realSleep } from '../actors/real-sleep.ts';
import { AlarmQueue } from './alarm-queue.ts';

/** The time of a host; replace it to run on virtual time. */
export interface HostTime {
  /** Milliseconds since the epoch (virtual: since the start). */
  now(): number;
  /** Calls `ring` once at `due` or as soon after as possible. Returns what takes it back. */
  alarm(due: number, ring: () => void): () => void;
  /** Waits that many ms; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The wall clock. One platform timer serves all alarms, however many runs wait. */
export function wallTime(now: () => number = Date.now): HostTime {
  const alarms = new AlarmQueue();
  let timer: NodeJS.Timeout | null = null;
  let armedFor = Number.POSITIVE_INFINITY;

  const arm = () => {
    const due = alarms.nextDue();
    if (due === null || due >= armedFor) return;
    if (timer !== null) clearTimeout(timer);
    armedFor = due;
    timer = setTimeout(ring, Math.min(Math.max(0, due - now()), LONGEST_TIMER));
  };
  const ring = () => {
    timer = null;
    armedFor = Number.POSITIVE_INFINITY;
    for (let due = alarms.nextDue(); due !== null && due <= now(); due = alarms.nextDue()) alarms.take()?.();
    arm();
  };

  return {
    now,
    alarm(due, ringOnce) {
      const alarm = alarms.set(due, ringOnce);
      arm();
      return () => {
        alarms.off(alarm);
        if (alarms.size > 0 || timer === null) return;
        clearTimeout(timer);
        timer = null;
        armedFor = Number.POSITIVE_INFINITY;
      };
    },
    sleep: realSleep,
  };
}
