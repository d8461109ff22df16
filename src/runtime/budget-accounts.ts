/** In which accounts an attempt counts: those of the steps around it that have a budget, from the innermost, and that of the run. */
import type { Step } from '../definition/workflow.ts';
import type { Claim } from '../policy/claim-line.ts';
import { RUN_ACCOUNT } from '../policy/token-ledger.ts';
import { type BudgetBook, openAccount } from './budget-book.ts';
import { COMPENSATION } from './compensation-path.ts';
import type { LiveGroup, LiveStep, RunState } from './run-state.ts';

/** A step that is live, or about to be. */
export type StepPlace = Pick<LiveStep, 'path' | 'group' | 'blueprint'>;

/** Paths of the accounts around a step; those that are met for the first time are opened. */
export function accountsAround(state: RunState, book: BudgetBook, step: StepPlace): string[] {
  const around: string[] = [];
  for (let place: StepPlace | undefined = step; place !== undefined; place = holderOf(state, place.group)) {
    const { step: definition } = place.blueprint;
    if (definition.budget === undefined) continue;
    openAccount(book, { path: place.path, owner: `${kindOf(definition)} ${place.path}`, terms: definition.budget });
    around.push(place.path);
  }
  return [...around, RUN_ACCOUNT];
}

/** The step whose member a group's members are: what it stands in, else what its workflow is nested in. */
function holderOf({ steps }: RunState, { within, scope }: LiveGroup): LiveStep | undefined {
  return steps.get(within) ?? steps.get(scope.prefix.slice(0, -1));
}

/** Types of steps whose names say what they are. */
const SAYING: ReadonlySet<string> = new Set(['group', 'parallel', 'sequence', 'phase', 'conditional', 'map', 'vote', 'workflow']);

const kindOf = ({ type }: Step): string => (SAYING.has(type) ? type : 'step');

/**
 * What the next attempt of a task needs, and of which accounts; null where nothing holds it up. A task that does not say what it is expected to
 * use goes by the innermost account that says so for all. What undoes something is never held up for want of tokens.
 */
export function claimFor(state: RunState, place: StepPlace): Claim | null {
  const { budget } = state;
  const { step } = place.blueprint;
  if (budget === null || step.kind !== 'task' || place.path.startsWith(COMPENSATION)) return null;
  const accounts = accountsAround(state, budget, place);
  const usual = accounts.map((path) => budget.accounts.get(path)?.terms?.attempt).find((attempt) => attempt !== undefined);
  const need = step.needs?.tokens ?? usual ?? 0;
  return need === 0 ? null : { step: place.path, need, accounts };
}
