/** What a run has spent of its budget, as people look at it. */
import { added } from '../policy/resource-amounts.ts';
import { RUN_ACCOUNT } from '../policy/token-ledger.ts';
import type { BudgetAccount, BudgetBook } from './budget-book.ts';

/** What has become of one budget so far, in tokens. */
interface BudgetCount {
  /** Everything that may be spent: what the definition says, and what people have given on top; null where nothing limits it. */
  readonly tokens: number | null;
  readonly raised: number;
  readonly spent: number;
  /** For attempts in flight, and for those about to begin. */
  readonly reserved: number;
  /** Neither spent nor reserved; below 0 where attempts have used more than was expected; null where nothing limits it. */
  readonly left: number | null;
  /** Steps that wait and need a share of it. */
  readonly waiting: readonly string[];
}

/** The budget of a step, for everything inside it. */
export interface AccountView extends BudgetCount {
  /** Path of the step. */
  readonly path: string;
  /** Whose it is, in words: `phase build`. */
  readonly owner: string;
}

/** The budget of a run, and those of its steps. */
export interface BudgetView extends BudgetCount {
  /** Of steps that have a budget of their own, in the order in which something inside them began; those of which nothing has are left out. */
  readonly accounts: readonly AccountView[];
}

/** The budget of a run as it stands; null for a run in which nothing has one. */
export function budgetView(book: BudgetBook | null): BudgetView | null {
  if (book === null) return null;
  const steps = [...book.accounts.values()].filter(({ path }) => path !== RUN_ACCOUNT);
  return {
    ...countOf(book, RUN_ACCOUNT),
    accounts: steps.map(({ path, owner }: BudgetAccount): AccountView => ({ path, owner, ...countOf(book, path) })),
  };
}

function countOf({ ledger, line }: BudgetBook, account: string): BudgetCount {
  const { total, raised, spent, reserved } = ledger.account(account);
  const left = total === null ? null : added(total, -added(spent, reserved));
  return { tokens: total, raised, spent, reserved, left, waiting: line.waiting(account).map(({ step }) => step) };
}
