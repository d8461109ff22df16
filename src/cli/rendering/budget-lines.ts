/** What a run has spent of its budget, in words. */
import type { BudgetView, RunView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';

const count = (tokens: number): string => tokens.toLocaleString('en');

/** The lines about the budget of a run: the whole, then by step. None without a budget. */
export function budgetLines({ budget, steps }: Pick<RunView, 'budget' | 'steps'>): string[] {
  if (budget === null) return [];
  const each = steps.flatMap(({ path, tokens }) => {
    if (tokens === null || tokens.spent + tokens.reserved === 0) return [];
    return [`${oneLine(path)} ${count(tokens.spent)}${tokens.reserved === 0 ? '' : `, ${count(tokens.reserved)} reserved`}`];
  });
  return [budgetText(budget), ...each];
}

function budgetText({ tokens, raised, spent, reserved, left, waiting }: BudgetView): string {
  const more = raised === 0 ? '' : ` (${count(raised)} of them given by people)`;
  const whole = `${count(spent)} of ${count(tokens)} tokens${more} spent, ${count(reserved)} reserved, ${count(left)} left`;
  return waiting.length === 0 ? whole : `${whole}; waiting: ${waiting.map(oneLine).join(', ')}`;
}
