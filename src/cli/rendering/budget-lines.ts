/** What a run has spent of its budget, in words. */
import type { AccountView, BudgetView, RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';

const count = (tokens: number): string => tokens.toLocaleString('en');

/** What was given on top to budgets, by path of the step; to that of the run under the empty one. */
export function tokensOnTop(budget: Readonly<Record<string, number>>): string {
  const each = Object.entries(budget).map(
    ([step, tokens]) => `${count(tokens)} tokens more for ${step === '' ? 'the run' : oneLine(step)}`,
  );
  return each.join(', ');
}

/** The lines about the budget of a run: the whole, then those of its steps, then what each task has spent. None without any budget. */
export function budgetLines({ budget, steps }: Pick<RunView, 'budget' | 'steps'>): string[] {
  if (budget === null) return [];
  const each = steps.flatMap(({ path, tokens }) => {
    if (tokens === null || tokens.spent + tokens.reserved === 0) return [];
    return [`${oneLine(path)} ${count(tokens.spent)}${tokens.reserved === 0 ? '' : `, ${count(tokens.reserved)} reserved`}`];
  });
  return [budgetText(budget), ...budget.accounts.map((account) => `${oneLine(account.owner)}: ${budgetText(account)}`), ...each];
}

function budgetText({ tokens, raised, spent, reserved, left, waiting }: BudgetView | AccountView): string {
  const more = raised === 0 ? '' : ` (${count(raised)} of them given by people)`;
  const limit = tokens === null ? ' tokens' : ` of ${count(tokens)} tokens${more}`;
  const rest = left === null ? ', no limit' : `, ${count(left)} left`;
  const whole = `${count(spent)}${limit} spent, ${count(reserved)} reserved${rest}`;
  return waiting.length === 0 ? whole : `${whole}; waiting: ${waiting.map(oneLine).join(', ')}`;
}
