import { LONGEST_TIMER } from './pool/longest-timer.ts';

/**
 * Waits in real time: the `sleep` of a host with a wall clock.
 *
 * @param ms milliseconds, of any size; zero, negative and NaN resolve on the next turn
 * @param signal rejects with its reason as soon as it aborts; timer and listener are released either way
 */
export function realSleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let left = Math.max(ms, 0);
    let timer: NodeJS.Timeout;
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const wait = (): void => {
      const part = Math.min(left, LONGEST_TIMER);
      left -= part;
      timer = setTimeout(() => {
        if (left > 0) return wait();
        signal.removeEventListener('abort', abort);
        resolve();
      }, part);
    };
    signal.addEventListener('abort', abort, { once: true });
    wait();
  });
}
