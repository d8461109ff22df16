/** What a run knows of its budget: the account, and who waits for a share of it. */
import type { RunBudget } from '../definition/budget.ts';
import { TokenLedger } from '../policy/budget.ts';

export interface BudgetBook {
  readonly terms: RunBudget;
  readonly ledger: TokenLedger;
  /** Paths of steps whose claims wait, in the order in which they came, with what each needs. */
  readonly line: Map<string, number>;
  /** The step on whose behalf people are asked for more; null for none. */
  asking: string | null;
  /** Why people give nothing more; null while they may. */
  closed: string | null;
}

/** The book of a run with that budget. `before`: that of an earlier life, whose account goes on; people may be asked anew. */
export function openBudget(terms: RunBudget, before: BudgetBook | null = null): BudgetBook {
  return { terms, ledger: new TokenLedger(terms.tokens, before?.ledger ?? null), line: new Map(), asking: null, closed: null };
}

/** What a run has spent of its budget, in tokens. */
export interface BudgetView {
  /** Everything that may be spent: what the workflow says, and what people have given on top. */
  readonly tokens: number;
  readonly raised: number;
  readonly spent: number;
  /** For attempts in flight, and for those about to begin. */
  readonly reserved: number;
  /** Neither spent nor reserved; below 0 where attempts have used more than was expected. */
  readonly left: number;
  /** Steps that wait for a share of it. */
  readonly waiting: readonly string[];
}

/** The budget of a run as it stands; null for a run without one. */
export function budgetView(book: BudgetBook | null): BudgetView | null {
  if (book === null) return null;
  const { total: tokens, raised, count } = book.ledger;
  return { tokens, raised, ...count, left: tokens - count.spent - count.reserved, waiting: [...book.line.keys()] };
}
