/** Attempts whose agents were told to stop and have not yet. */
import { type Cancellation, type Stopping, startCancellation } from './cancellation.ts';
import type { DispatcherHost } from './dispatcher-host.ts';
import type { Flight } from './flight.ts';

/** Those who are being stopped. */
export class Stoppings {
  /** With how far its stopping is, where somebody but the end of the dispatcher has asked for it. */
  readonly #flights = new Map<Flight, Cancellation | null>();

  get size(): number {
    return this.#flights.size;
  }

  flights(): readonly Flight[] {
    return [...this.#flights.keys()];
  }

  /** Tells an agent to stop because everything does: nobody sees to it. */
  ask(flight: Flight, reason: string): void {
    this.#flights.set(flight, null);
    flight.abort(reason, true);
  }

  /** Tells an agent to stop and sees to it: after `graceMs` of the host's time it is forced, then abandoned. */
  stop(flight: Flight, reason: string, host: DispatcherHost, graceMs: number, abandon: () => void): void {
    this.#flights.set(flight, null);
    const cancellation = startCancellation(flight, reason, host, graceMs, abandon);
    if (this.#flights.has(flight)) this.#flights.set(flight, cancellation);
  }

  left(flight: Flight): void {
    this.#flights.delete(flight);
  }

  /** Waits no longer for the agents of a run. */
  force(run: string): void {
    for (const [{ task }, cancellation] of [...this.#flights]) if (task.run === run) cancellation?.force();
  }

  /** Whether somebody of a run is being stopped. */
  includes(run: string): boolean {
    for (const { task } of this.#flights.keys()) if (task.run === run) return true;
    return false;
  }

  standing(): readonly Stopping[] {
    return [...this.#flights.values()].flatMap((cancellation) => (cancellation === null ? [] : [cancellation.standing()]));
  }
}
