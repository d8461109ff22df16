/**
 * Time as a host gives it to runs: what it is now, a call at a later moment, a pause. The local host lives on the wall clock; the
 * simulation host on virtual time. Runs themselves never see either.
 */
import { realSleep } from '../actors/real-sleep.ts';
import { MinHeap } from '../planning/min-heap.ts';

/** The time of a host; replace it to run on virtual time. */
export interface HostTime {
  /** Milliseconds since the epoch (virtual: since the start). */
  now(): number;
  /** Calls `ring` once at `due` or as soon after as possible. Returns what takes it back. */
  alarm(due: number, ring: () => void): () => void;
  /** Waits that many ms; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The platform fires longer timers at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

interface Alarm {
  readonly due: number;
  readonly id: number;
  readonly ring: () => void;
  off: boolean;
}

/** The wall clock. One platform timer serves all alarms, however many runs wait. */
export function wallTime(now: () => number = Date.now): HostTime {
  const alarms = new MinHeap<Alarm>((a, b) => a.due < b.due || (a.due === b.due && a.id < b.id));
  let timer: NodeJS.Timeout | null = null;
  let armedFor = Number.POSITIVE_INFINITY;
  let lastId = 0;

  const arm = () => {
    let next = alarms.peek();
    for (; next?.off; next = alarms.peek()) alarms.pop();
    if (next === undefined || next.due >= armedFor) return;
    if (timer !== null) clearTimeout(timer);
    armedFor = next.due;
    timer = setTimeout(ring, Math.min(Math.max(0, next.due - now()), LONGEST_TIMER));
  };
  const ring = () => {
    timer = null;
    armedFor = Number.POSITIVE_INFINITY;
    for (let next = alarms.peek(); next !== undefined && (next.off || next.due <= now()); next = alarms.peek()) {
      alarms.pop();
      if (!next.off) next.ring();
    }
    arm();
  };

  return {
    now,
    alarm(due, ringOnce) {
      const alarm: Alarm = { due, id: ++lastId, ring: ringOnce, off: false };
      alarms.push(alarm);
      arm();
      return () => {
        alarm.off = true;
        for (let next = alarms.peek(); next?.off; next = alarms.peek()) alarms.pop();
        if (alarms.size > 0 || timer === null) return;
        clearTimeout(timer);
        timer = null;
        armedFor = Number.POSITIVE_INFINITY;
      };
    },
    sleep: realSleep,
  };
}
