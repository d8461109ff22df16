/** The platform fires longer timers at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls once after `ms`, however long that is. Returns what takes it back. */
export function after(ms: number, ring: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer = setTimeout(() => (left > LONGEST_MS ? wait(left - LONGEST_MS) : ring()), Math.min(left, LONGEST_MS));
  };
  wait(ms);
  return () => clearTimeout(timer);
}
