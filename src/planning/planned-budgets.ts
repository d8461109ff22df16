/** What steps that have a budget are expected to use of it. */
import type { TaskGraph, TaskNode } from './task-graph.ts';

/** A budget of a step, and the tasks inside it, by their ids. */
export interface BudgetedTasks {
  /** Path of the step, `map[0]/step` in an item of a map. */
  readonly step: string;
  /** What it may spend, tokens. */
  readonly tokens: number;
  readonly tasks: readonly string[];
}

/** A budget of a step as it stands in a plan. */
export interface PlannedBudget extends Pick<BudgetedTasks, 'step' | 'tokens'> {
  /** Of all attempts inside it, those that are expected to fail included. */
  readonly expectedTokens: number;
}

/** Tokens that one attempt is expected to use. */
export const tokensOfAttempt = ({ demands, attemptTokens }: Pick<TaskNode, 'demands' | 'attemptTokens'>): number =>
  demands?.tokens ?? attemptTokens ?? 0;

/** Tokens times the attempts a task is expected to need: 1 + f + f² … up to its retries, in all rounds. */
function tokensOf(node: TaskNode): number {
  const { failureRate = 0, retries = 0, rounds = 1 } = node;
  const attempts = (1 - failureRate ** (retries + 1)) / (1 - failureRate);
  return tokensOfAttempt(node) * attempts * rounds;
}

/** What all tasks of a graph are expected to use together, tokens. */
export function expectedTokens({ nodes }: TaskGraph): number {
  return nodes.reduce((sum, node) => sum + tokensOf(node), 0);
}

/** The budgets of steps of which anything is in the graph. */
export function plannedBudgets({ nodes }: TaskGraph, budgets: readonly BudgetedTasks[]): PlannedBudget[] {
  if (budgets.length === 0) return [];
  const expected = new Map(nodes.map((node) => [node.id, tokensOf(node)]));
  return budgets.flatMap(({ step, tokens, tasks }) => {
    const inside = tasks.filter((id) => expected.has(id));
    return inside.length === 0 ? [] : [{ step, tokens, expectedTokens: inside.reduce((sum, id) => sum + (expected.get(id) ?? 0), 0) }];
  });
}
