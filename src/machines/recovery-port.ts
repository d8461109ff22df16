/** The holes in the statecharts of steps and their recoveries: a part of the port (run-port.ts). */
import type { RecoveryUse } from '../definition/recovery-settings.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';

/** What is tried next for a step. */
export interface RecoveryPlan {
  readonly use: RecoveryUse;
  /** The pause before it, ms. */
  readonly pauseMs: number;
  /** Another attempt is not enough: the step is taken back and begins anew. */
  readonly startsAnew: boolean;
}

/** What a person has said should be done. */
export type RecoveryAnswer = 'retry' | 'makeshift' | 'fail';

/** What steps and their recoveries ask of the run. */
export interface RecoveryPort {
  /** A step has failed and may be recovered: its recovery begins, or hears that what it tried has failed. */
  recover(step: string, error: ErrorData | null, thrown: boolean): void;
  /** Chooses what is tried next, and puts it on record; null where nothing is left. */
  chooseRecovery(step: string): RecoveryPlan | null;
  /** Lets a step make another attempt, in the hands of whoever was chosen. */
  attemptAgain(step: string): void;
  /** Calls everybody back who is to begin anew; answered by `way.cleared`. */
  callBackFor(step: string): void;
  /** Takes back what those who were called back have left, and lets them begin anew. */
  beginAnew(step: string): void;
  /** Asks a person what next; the settlement of the question comes back as done. */
  askWhatNext(step: string): void;
  withdrawQuestion(step: string, reason: string): void;
  /** What the person has said. */
  hearAnswer(step: string, settled: WorkflowSettled): RecoveryAnswer;
  /** Lets a step complete with what takes the place of its result. */
  makeshift(step: string): void;
  /** Lets a step fail for good. */
  giveUp(step: string): void;
  /** Puts on record what became of what was tried last. */
  closeRecovery(step: string, result: 'recovered' | 'failed' | 'cancelled'): void;
}

/** Answers where no run stands behind the port. */
export const idleRecoveryPort: RecoveryPort = {
  recover() {},
  chooseRecovery: () => null,
  attemptAgain() {},
  callBackFor() {},
  beginAnew() {},
  askWhatNext() {},
  withdrawQuestion() {},
  hearAnswer: () => 'fail',
  makeshift() {},
  giveUp() {},
  closeRecovery() {},
};
