import type { CoordinationEvent } from '../protocol/coordination.ts';
import { TroupeError } from '../protocol/errors.ts';
import { type CoordinationPattern, matching } from './coordination-pattern.ts';
import type { HostedRun } from './hosted-run.ts';
import type { RunEvent } from './run-event.ts';

/** Hears how members of a run get along. What it throws is its own trouble. */
export type CoordinationListener = (event: CoordinationEvent, run: string) => void;

/** An observer of runs that passes on the coordination events that are meant. Throws DEFINITION_INVALID for a pattern that can never match or no listener. */
export function coordinationObserver(pattern: CoordinationPattern, listener: CoordinationListener): (event: RunEvent) => void {
  const isMeant = matching(pattern);
  if (typeof listener !== 'function') {
    throw new TroupeError('DEFINITION_INVALID', 'nobody listens to coordination: the listener is no function', {
      hint: "coordination('conflict.*', (event, run) => …)",
      retryable: false,
    });
  }
  return (event) => {
    if (event.type === 'coordination' && isMeant(event.event.type)) listener(event.event, event.run);
  };
}

/** Listeners to all runs of a runtime, those that are still to come included. */
export class CoordinationListeners {
  /** By observer: what ends its listening to each run. */
  readonly #observers = new Map<(event: RunEvent) => void, Map<HostedRun, () => void>>();

  /** Listens to the runs that are live, and to those that join later. Returns what ends it. */
  add(observer: (event: RunEvent) => void, live: readonly HostedRun[]): () => void {
    this.#observers.set(observer, new Map(live.map((run) => [run, run.observe(observer, true)])));
    return () => {
      for (const off of this.#observers.get(observer)?.values() ?? []) off();
      this.#observers.delete(observer);
    };
  }

  /** A run is hosted from now on. */
  join(run: HostedRun): void {
    for (const [observer, listening] of this.#observers) listening.set(run, run.observe(observer, true));
  }

  /** A run has left its host. */
  leave(run: HostedRun): void {
    for (const listening of this.#observers.values()) listening.delete(run);
  }
}
