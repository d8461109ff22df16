import type { RunBudget } from './budget.ts';
import { builtWait, type DurationOption } from './builder-timing.ts';

/** Of tasks, votes and what holds other steps. */
export interface SpendingOptions {
  /** What it may spend with everything inside it, in all its attempts and rounds. Default: only the budgets around it limit it. */
  readonly budget?: BudgetOptions;
}

/** What runs or steps may spend, and who is asked when that is spent. */
export interface BudgetOptions {
  /** Tokens of all attempts together. */
  readonly tokens: number;
  /** What an attempt is expected to use of a task without `needs.tokens`. Default: what is said around it, else nothing; it is not held up. */
  readonly attempt?: number;
  /** Default fail. */
  readonly onSpent?: 'fail' | 'ask' | SpentOptions;
}

/** Who is asked for more. */
export interface SpentOptions {
  /** Who may give more. Default: anybody. */
  readonly assignee?: string | readonly string[];
  /** What they are asked as. */
  readonly role?: string;
  /** How long they are waited for; then nothing is given. Default: as long as it takes. */
  readonly timeout?: DurationOption;
}

/** The budget that is said, for the step. */
export function spending({ budget }: SpendingOptions): { readonly budget?: RunBudget } {
  return budget === undefined ? {} : { budget: builtBudget(budget) };
}

/** The budget of a workflow or a step. */
export function builtBudget({ tokens, attempt, onSpent = 'fail' }: BudgetOptions): RunBudget {
  const { assignee, role, timeout } = typeof onSpent === 'string' ? ({} as SpentOptions) : onSpent;
  return {
    tokens,
    ...(attempt === undefined ? {} : { attempt }),
    ...(onSpent === 'fail' ? {} : { onSpent: 'ask' as const }),
    ...(assignee === undefined ? {} : { assignees: [assignee].flat() }),
    ...(role === undefined ? {} : { role }),
    ...(timeout === undefined ? {} : { timeoutMs: builtWait(timeout) }),
  };
}
