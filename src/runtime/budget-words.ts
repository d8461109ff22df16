/** What is said about budgets that do not cover an attempt: to people who may give more, in errors, and in reasons. */
import type { Claim } from '../policy/claim-line.ts';
import { RUN_ACCOUNT } from '../policy/token-ledger.ts';
import type { ErrorData } from '../protocol/errors.ts';
import type { JsonObject } from '../protocol/json.ts';
import { askedFor, type BudgetAccount, type BudgetBook } from './budget-book.ts';
import type { LiveStep } from './run-state.ts';

const count = (tokens: number): string => tokens.toLocaleString('en');

/** Why a step cannot begin of whose account nothing is known. */
export function nothingLeft(step: string): ErrorData {
  return { code: 'BUDGET_SPENT', message: `nothing is left for ${step}`, retryable: false };
}

/** Why a step cannot begin whose estimate an account does not cover. */
export function spentError(
  { ledger }: BudgetBook,
  { path, owner, closed }: BudgetAccount,
  { step, need }: Pick<Claim, 'step' | 'need'>,
  cause: ErrorData | null = null,
): ErrorData {
  const { total, spent } = ledger.account(path);
  const isRun = path === RUN_ACCOUNT;
  const left = `${count(Math.max(0, (total ?? 0) - spent))} of ${count(total ?? 0)}`;
  const whose = isRun ? `${left} are left` : `${left} are left in the budget of ${owner}`;
  return {
    code: 'BUDGET_SPENT',
    message: `${step} is expected to use ${count(need)} tokens, and ${whose}${closed === null ? '' : `; ${closed}`}`,
    hint: `go on with more: troupe retry <run> --budget ${isRun ? '' : `${path}=`}<tokens>; or let people be asked for more: "on_spent: ask"`,
    where: step,
    retryable: false,
    ...(isRun ? {} : { details: { account: path } }),
    ...(cause === null ? {} : { cause }),
  };
}

/** What people are shown who are asked for more: proposed is what the step lacks, and those who wait for the same account behind it. */
export function moreAsked(
  { ledger, line }: BudgetBook,
  { path: account, owner, terms }: BudgetAccount,
  { path, name }: LiveStep,
): JsonObject {
  const { total, spent, reserved } = ledger.account(account);
  const isRun = account === RUN_ACCOUNT;
  const waiting = line.waiting(account);
  const wanted = waiting.reduce((sum, { need }) => sum + need, 0);
  const needs = line.get(path)?.need ?? 0;
  const figures = { next: name, needs, waiting: waiting.map(({ step }) => step), spent, reserved, total };
  const used = `${count(spent)} of ${count(total ?? 0)} tokens are used`;
  return {
    subject: isRun
      ? `The budget is spent: ${used}. How many more may the run use?`
      : `The budget of ${owner} is spent: ${used}. How many more may it use?`,
    params: isRun ? figures : { account, ...figures },
    values: { tokens: Math.max(1, Math.ceil(spent + reserved + wanted - (total ?? 0))) },
    assignees: terms?.assignees === undefined ? null : [...terms.assignees],
    role: terms?.role ?? null,
  };
}

/** The sentence for a step that waits for its share. */
export function budgetInWords(book: BudgetBook, step: string): string {
  const { ledger, line } = book;
  const claim = line.get(step);
  if (claim === null) return 'waits for its share of the budget';
  const asked = claim.accounts.map((path) => book.accounts.get(path)).find((account) => account?.asking != null);
  const lacking = asked?.path ?? ledger.lacking(claim.accounts, claim.need)[0]?.account;
  if (lacking === undefined) return `waits for its share of the budget: it needs ${claim.need} tokens, and others came before it`;
  const { total, spent, reserved } = ledger.account(lacking);
  const left = Math.max(0, (total ?? 0) - spent - reserved);
  const why = asked === undefined ? `${reserved} are reserved for attempts in flight` : `more is asked for, for ${asked.asking}`;
  const whose = lacking === RUN_ACCOUNT ? '' : ` of ${book.accounts.get(lacking)?.owner ?? lacking}`;
  return `waits for its share of the budget${whose}: it needs ${claim.need} tokens, ${left} of ${total ?? 0} are left; ${why}`;
}

/** What is asked on behalf of a step that waits; null where nothing is. */
export function askedFromBudget(book: BudgetBook, step: LiveStep): JsonObject | null {
  const account = askedFor(book, step.path);
  return account === null ? null : moreAsked(book, account, step);
}
