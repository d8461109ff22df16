/** The verbs of undoing: the part of the run's side of the port that sagas ask for. */
import type { CompensationCause } from '../definition/step-data.ts';
import type { RunPort } from '../machines/run-port.ts';
import { type ErrorData, TroupeError } from '../protocol/errors.ts';
import type { SagaSettled } from '../protocol/messages.ts';
import type { RunScope, RunState } from './run-state.ts';
import { hasToUndo, openSaga, stopUndoing, undo, undoFailure, undoingEnded } from './sagas.ts';

type Verb = 'hasToUndo' | 'openSaga' | 'undo' | 'stopUndoing' | 'undoFailure' | 'undoingEnded';

export class SagaVerbs implements Pick<RunPort, Verb> {
  readonly #undoing: RunState;

  constructor(state: RunState) {
    this.#undoing = state;
  }

  hasToUndo(scope: string, cause: CompensationCause): boolean {
    return hasToUndo(this.#undoing, this.#scopeOf(scope), cause);
  }

  openSaga(scope: string, cause: CompensationCause): void {
    this.#undoing.births.push(() => openSaga(this.#undoing, this.#scopeOf(scope), cause));
  }

  undo(saga: string, step: string): void {
    this.#undoing.births.push(() => undo(this.#undoing, saga, step));
  }

  stopUndoing(step: string, reason: string): void {
    stopUndoing(this.#undoing, step, reason);
  }

  undoFailure(step: string): ErrorData | null {
    return undoFailure(this.#undoing, step);
  }

  undoingEnded(settled: SagaSettled): void {
    undoingEnded(this.#undoing, settled);
  }

  #scopeOf(prefix: string): RunScope {
    const scope = this.#undoing.scopes.get(prefix);
    if (scope === undefined) throw new TroupeError('INTERNAL', `scope ${prefix} is not live`);
    return scope;
  }
}
