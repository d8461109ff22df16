/**
 * Tasks that may not stand in line for an agent yet: those that undo something, until nobody of their run is being stopped; and those that
 * need resources of which there is not enough now. Whoever is let through has what it needs, and gives it back when it ends.
 */

import type { ResourceLimits } from '../policy/resource-amounts.ts';
import type { Task, TaskReport } from '../protocol/task.ts';
import type { Flight } from './flight.ts';
import type { Lease } from './resources/lease.ts';
import type { Ledger } from './resources/ledger-contract.ts';
import { demandOf } from './resources/task-accounts.ts';

/** What an antechamber goes by. */
export interface AntechamberHost {
  /** Where resources are asked for. */
  readonly ledger: Ledger;
  /** What there is of them over all; null: everything is there in plenty, and only locks are asked for. */
  readonly limits: ResourceLimits | null;
  /** Whether somebody of a run is being stopped. */
  readonly isStopping: (run: string) => boolean;
  /** A task that was held back may stand in line, or ends with this report. */
  readonly released: (flight: Flight, report: TaskReport | null) => void;
}

/** Holds tasks back. */
export class Antechamber {
  readonly #host: AntechamberHost;
  readonly #undoing = new Set<Flight>();
  readonly #leases = new Map<Flight, Lease>();

  constructor(host: AntechamberHost) {
    this.#host = host;
  }

  /** Whether a task may go on: `wait` until it is released, or the report it ends with. */
  enter(flight: Flight): 'pass' | 'wait' | TaskReport {
    const { task } = flight;
    if (task.undoes !== undefined && this.#host.isStopping(task.run)) {
      this.#undoing.add(flight);
      return 'wait';
    }
    return this.#ask(flight);
  }

  /** Somebody has stopped: what undoes may go on where nobody else of its run is being stopped. */
  letThrough(): void {
    for (const flight of [...this.#undoing]) {
      if (this.#host.isStopping(flight.task.run)) continue;
      this.#undoing.delete(flight);
      const answer = this.#ask(flight);
      if (answer !== 'wait') this.#host.released(flight, answer === 'pass' ? null : answer);
    }
  }

  get holdsUndoers(): boolean {
    return this.#undoing.size > 0;
  }

  /** A task has ended, was withdrawn, or has begun elsewhere: what it had is given back, its use settled where it began. */
  left(flight: Flight, report: TaskReport | null): void {
    this.#undoing.delete(flight);
    const lease = this.#leases.get(flight);
    if (lease === undefined) return;
    this.#leases.delete(flight);
    if (flight.member === null) lease.release();
    else lease.settle(report?.usage?.tokens === undefined ? {} : { tokens: report.usage.tokens });
  }

  #ask(flight: Flight): 'pass' | 'wait' | TaskReport {
    const { task } = flight;
    const { limits, ledger } = this.#host;
    const demand = demandOf(task, limits);
    if (demand === null) return 'pass';
    const lease = ledger.ask(
      {
        lease: task.key,
        owner: task.key,
        ...demand,
        ...(task.priority === undefined ? {} : { priority: task.priority }),
        deadlineAt: task.deadlineAt ?? null,
      },
      // Whoever gives something back is still at it when this is heard.
      (granted) => queueMicrotask(() => this.#heard(flight, granted)),
    );
    const refusal = lease.refusal();
    if (refusal !== null) return refused(task, refusal);
    this.#leases.set(flight, lease);
    return lease.state() === 'held' ? 'pass' : 'wait';
  }

  #heard(flight: Flight, lease: Lease): void {
    if (this.#leases.get(flight) !== lease) return;
    const refusal = lease.refusal();
    if (refusal !== null) this.#leases.delete(flight);
    this.#host.released(flight, refusal === null ? null : refused(flight.task, refusal));
  }
}

const refused = ({ step }: Task, error: NonNullable<ReturnType<Lease['refusal']>>): TaskReport => ({
  ok: false,
  thrown: true,
  error: { ...error, where: `step ${step}` },
});
