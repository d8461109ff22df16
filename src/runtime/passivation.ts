/**
 * Runs that only wait (for people, signals, long timers) are dropped from memory after a while; what is kept of them is who listens and
 * when they are due. Folding a run again costs with the length of its journal, so a long one is kept in memory for longer: however
 * often it is woken, at most a small share of the time goes into folding.
 */
import { type Alarm, AlarmQueue } from './alarm-queue.ts';
import type { HostTime } from './host-time.ts';
import type { HostedRun } from './hosted-run.ts';

/** A run is dropped after a second of rest, unless the runtime says otherwise; ms. */
export const PASSIVATE_AFTER_MS = 1_000;

/** Further rest for each fact of its journal, ms: some hundred times what folding it costs. */
const REST_PER_FACT_MS = 10;

/** So many at a time, so that nobody waits long for ten thousand of them. */
const AT_A_TIME = 200;

/** Runs at rest, on their way out of memory. */
export class Passivation {
  readonly #time: HostTime;
  readonly #afterMs: number;
  readonly #drop: (run: HostedRun) => void;
  readonly #resting = new Map<HostedRun, Alarm>();
  readonly #queue = new AlarmQueue();
  #alarm: { readonly due: number; readonly off: () => void } | null = null;

  /** `afterMs`: how long a run must rest; Infinity: for ever. `drop` is given the runs whose time has come. */
  constructor(time: HostTime, afterMs: number, drop: (run: HostedRun) => void) {
    this.#time = time;
    this.#afterMs = afterMs;
    this.#drop = drop;
  }

  /** The run rests from now on. One that is due again before its time is kept. */
  rests(run: HostedRun, due: number | null): void {
    if (this.#afterMs === Number.POSITIVE_INFINITY) return;
    this.leaves(run);
    const until = this.#time.now() + this.#afterMs + (this.#afterMs === 0 ? 0 : run.taken * REST_PER_FACT_MS);
    if (due !== null && due <= until) return;
    this.#resting.set(
      run,
      this.#queue.set(until, () => {
        this.#resting.delete(run);
        this.#drop(run);
      }),
    );
    this.#arm();
  }

  /** The run has left. */
  leaves(run: HostedRun): void {
    const resting = this.#resting.get(run);
    if (resting === undefined) return;
    this.#resting.delete(run);
    this.#queue.off(resting);
  }

  /** Nothing is dropped any more. */
  stop(): void {
    for (const run of [...this.#resting.keys()]) this.leaves(run);
    this.#alarm?.off();
    this.#alarm = null;
  }

  #arm(): void {
    const due = this.#queue.nextDue();
    if (due === null || (this.#alarm !== null && this.#alarm.due <= due)) return;
    this.#alarm?.off();
    this.#alarm = { due, off: this.#time.alarm(due, () => this.#sweep()) };
  }

  #sweep(): void {
    this.#alarm = null;
    const now = this.#time.now();
    for (let count = 0; count < AT_A_TIME; count++) {
      const due = this.#queue.nextDue();
      if (due === null || due > now) break;
      this.#queue.take()?.();
    }
    this.#arm();
  }
}
