/** The verbs of steps and their recoveries, carried out on the state of the run: a part of the run's side of the port. */
import type { RecoveryAnswer, RecoveryPlan, RecoveryPort } from '../machines/recovery-port.ts';
import { type ErrorData, TroupeError } from '../protocol/errors.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';
import { attemptAgain, beginAnew, callBackFor, chooseRecovery, closeRecovery, giveUp, makeshift, recover } from './recoveries.ts';
import type { LiveRecovery } from './recovery-book.ts';
import { askWhatNext, hearAnswer, withdrawQuestion } from './recovery-question.ts';
import type { RunState } from './run-state.ts';
import { SagaVerbs } from './saga-verbs.ts';

export class RecoveryVerbs extends SagaVerbs implements RecoveryPort {
  readonly #state: RunState;

  constructor(state: RunState) {
    super(state);
    this.#state = state;
  }

  recover(step: string, error: ErrorData | null, thrown: boolean): void {
    const failed = this.#state.steps.get(step);
    if (failed !== undefined) recover(this.#state, failed, error, thrown);
  }

  chooseRecovery(step: string): RecoveryPlan | null {
    return chooseRecovery(this.#state, this.#recovery(step));
  }

  attemptAgain(step: string): void {
    attemptAgain(this.#state, this.#recovery(step));
  }

  callBackFor(step: string): void {
    callBackFor(this.#state, this.#recovery(step));
  }

  beginAnew(step: string): void {
    beginAnew(this.#state, this.#recovery(step));
  }

  askWhatNext(step: string): void {
    askWhatNext(this.#state, this.#recovery(step));
  }

  withdrawQuestion(step: string, reason: string): void {
    withdrawQuestion(this.#recovery(step), reason);
  }

  hearAnswer(step: string, settled: WorkflowSettled): RecoveryAnswer {
    return hearAnswer(this.#recovery(step), settled);
  }

  makeshift(step: string): void {
    makeshift(this.#state, this.#recovery(step));
  }

  giveUp(step: string): void {
    giveUp(this.#state, this.#recovery(step));
  }

  closeRecovery(step: string, result: 'recovered' | 'failed' | 'cancelled'): void {
    closeRecovery(this.#state, this.#recovery(step), result);
  }

  #recovery(step: string): LiveRecovery {
    const recovery = this.#state.recovery.live.get(step);
    if (recovery === undefined) throw new TroupeError('INTERNAL', `step ${step} is not being recovered`);
    return recovery;
  }
}
