import { TroupeError } from '../protocol/errors.ts';
import { type Deferred, deferred } from './deferred.ts';
import type { RunResult } from './run-event.ts';

/** How a hosted run leaves its host: with its result, or for a reason that keeps it from going on here. The promise is made when it is asked for. */
export class Departure {
  #awaited: Deferred<RunResult> | null = null;
  #left: { readonly reason: unknown; readonly result: RunResult | null } | null = null;

  get hasLeft(): boolean {
    return this.#left !== null;
  }

  /** Resolves with the run's result; rejects with what made it leave. */
  get result(): Promise<RunResult> {
    this.#awaited ??= deferred();
    this.#settle();
    return this.#awaited.promise;
  }

  /** Why nothing can be taken in any more. */
  refusal(run: string): unknown {
    return this.#left?.reason ?? new TroupeError('RUN_ENDED', `run ${run} has ended`, { hint: `troupe show ${run} tells how it went` });
  }

  /** Leaves, once: with a result, or without one for a reason. */
  leave(reason: unknown, result: RunResult | null): void {
    this.#left ??= { reason, result };
    this.#settle();
  }

  #settle(): void {
    if (this.#left === null || this.#awaited === null) return;
    if (this.#left.result === null) this.#awaited.reject(this.#left.reason);
    else this.#awaited.resolve(this.#left.result);
  }
}
