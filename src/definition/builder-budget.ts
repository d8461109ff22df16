import type { RunBudget } from './budget.ts';
import { builtWait, type DurationOption } from './builder-timing.ts';

/** What runs may spend, and who is asked when that is spent. */
export interface BudgetOptions {
  /** Tokens of all attempts together. */
  readonly tokens: number;
  /** What an attempt is expected to use of a task without `needs.tokens`. Default: nothing; it is not held up. */
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

/** The budget of a workflow. */
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
