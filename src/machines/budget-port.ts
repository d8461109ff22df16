/** The holes in the statechart of a claim: a part of the port (run-port.ts). */
import type { ErrorData } from '../protocol/errors.ts';
import type { WorkflowSettled } from '../protocol/messages.ts';

/** What claims on the budget ask of the run. */
export interface BudgetPort {
  /** A claim stands in line; answered by `claim.granted`, `claim.referred` or `claim.refused`, at once or later, the first in line first. */
  standInBudget(step: string): void;
  /** A claim is given up before it was granted. */
  leaveBudget(step: string): void;
  /** Asks people for more; the settlement of the question comes back as done. */
  askForMore(step: string): void;
  withdrawAsking(step: string, reason: string): void;
  /** Takes in what people have given. */
  takeMore(step: string, settled: WorkflowSettled): void;
  /** Takes in that people give nothing; says why the step cannot begin. */
  takeRefusal(step: string, settled: WorkflowSettled): ErrorData;
}

/** Answers where no run stands behind the port. */
export const idleBudgetPort: BudgetPort = {
  standInBudget() {},
  leaveBudget() {},
  askForMore() {},
  withdrawAsking() {},
  takeMore() {},
  takeRefusal: (step) => ({ code: 'BUDGET_SPENT', message: `nothing is left for ${step}`, retryable: false }),
};
