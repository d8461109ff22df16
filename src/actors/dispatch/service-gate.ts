/** Stands before tasks that require services outside: while one of these is spared, they wait and are told so, or end. */
import type { Task, TaskReport } from '../../protocol/task.ts';
import { sparedUntil } from '../services/circuit-open.ts';
import type { Services } from '../services/services.ts';
import { serviceIsSpared } from './dispatch-refusal.ts';

/** What it goes by. */
export interface ServiceGateHost {
  readonly services: Pick<Services, 'refusal'>;
  /** ms since the epoch. */
  readonly now: () => number;
  /** What becomes of a task: it waits, or fails with CIRCUIT_OPEN. */
  readonly whenAway: 'wait' | 'fail';
  /** Says what a task waits for. */
  readonly waits: (task: Task, why: string) => void;
}

/** Lets tasks through whose services are not spared. */
export class ServiceGate {
  readonly #host: ServiceGateHost;
  /** For which service a task was last said to wait. */
  readonly #told = new WeakMap<Task, string>();

  constructor(host: ServiceGateHost) {
    this.#host = host;
  }

  /** Whether a task may begin now: it passes, waits, or ends with a report. */
  answer(task: Task): 'pass' | 'wait' | TaskReport {
    const services = task.needs?.services;
    if (services === undefined) return 'pass';
    const refusal = this.#host.services.refusal(services);
    if (refusal === null) return 'pass';
    if (this.#host.whenAway === 'fail') return serviceIsSpared(task, refusal, this.#host.now());
    if (this.#told.get(task) !== refusal.service) {
      this.#told.set(task, refusal.service);
      this.#host.waits(task, sparedUntil(refusal));
    }
    return 'wait';
  }
}
