/** What a run knows of its budget: the accounts of the run and of its steps, and who waits for a share of them. */
import type { RunBudget } from '../definition/budget.ts';
import { ClaimLine, type Resort } from '../policy/claim-line.ts';
import { RUN_ACCOUNT, TokenLedger } from '../policy/token-ledger.ts';

/** The account of the run, or of a step that says a budget of its own. */
export interface BudgetAccount {
  /** Path of the step; RUN_ACCOUNT for the run. */
  readonly path: string;
  /** Whose it is, in words: `phase build`. */
  readonly owner: string;
  /** null: nothing limits it, it only counts. */
  readonly terms: RunBudget | null;
  /** The step on whose behalf people are asked for more; null for none. */
  asking: string | null;
  /** Why people give nothing more; null while they may. */
  closed: string | null;
}

export interface BudgetBook {
  readonly ledger: TokenLedger;
  /** By path, in the order in which they were opened. */
  readonly accounts: Map<string, BudgetAccount>;
  readonly line: ClaimLine;
}

/** The book of a run with that budget, or null for none. `before`: that of an earlier life, whose accounts go on; people may be asked anew. */
export function openBudget(terms: RunBudget | null, before: BudgetBook | null = null): BudgetBook {
  const book: BudgetBook = { ledger: new TokenLedger(before?.ledger ?? null), accounts: new Map(), line: new ClaimLine() };
  openAccount(book, { path: RUN_ACCOUNT, owner: 'the run', terms });
  for (const account of before?.accounts.values() ?? []) if (account.path !== RUN_ACCOUNT) openAccount(book, account);
  return book;
}

/** Opens an account; one that is open stays as it is. */
export function openAccount(
  { accounts, ledger }: BudgetBook,
  { path, owner, terms }: Pick<BudgetAccount, 'path' | 'owner' | 'terms'>,
): void {
  if (accounts.has(path)) return;
  accounts.set(path, { path, owner, terms, asking: null, closed: null });
  ledger.open(path, terms?.tokens ?? null);
}

/** What becomes of whoever lacks something of an account. */
export function resortOf({ accounts }: BudgetBook, path: string): Resort {
  const { asking = null, closed = null, terms = null } = accounts.get(path) ?? {};
  if (asking !== null) return 'asking';
  return terms?.onSpent === 'ask' && closed === null ? 'asks' : 'refuses';
}

/** The account for which people are asked on behalf of a step, or null. */
export function askedFor({ accounts }: BudgetBook, step: string): BudgetAccount | null {
  for (const account of accounts.values()) if (account.asking === step) return account;
  return null;
}
