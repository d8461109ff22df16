/** The clock of a live actor that lives on its host's time: virtual where that is. */

/** Waits that many ms of the host's time; rejects with the signal's reason when it aborts. */
export type HostSleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** A clock as XState wants it: timers by whatever `setTimeout` gave. */
export interface HostClock {
  setTimeout(call: () => void, ms: number): AbortController;
  clearTimeout(timer: AbortController): void;
}

/** A clock made of the host's pauses. A host whose time ends never calls. */
export function hostClock(sleep: HostSleep): HostClock {
  return {
    setTimeout(call, ms) {
      const timer = new AbortController();
      sleep(ms, timer.signal).then(
        () => {
          if (!timer.signal.aborted) call();
        },
        () => {
          // taken back, or the host is gone
        },
      );
      return timer;
    },
    clearTimeout: (timer) => timer.abort(),
  };
}

/** Alarms made of the host's pauses: rings once at `due`, ms since the epoch, or as soon after as possible; returns what takes it back. */
export function hostAlarm(now: () => number, sleep: HostSleep): (due: number, ring: () => void) => () => void {
  const clock = hostClock(sleep);
  return (due, ring) => {
    const timer = clock.setTimeout(ring, Math.max(0, due - now()));
    return () => clock.clearTimeout(timer);
  };
}
