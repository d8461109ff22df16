/**
 * What may be spent at one level of a run, and what becomes of an attempt that wants to begin there.
 *
 * A run has an account, and so has each of its steps that says a budget of its own. An attempt counts in every account around it, from the
 * innermost to that of the run; it may begin where all of them cover it, and reserves its estimate in all of them or in none.
 */
import { added } from './resource-amounts.ts';

/** What becomes of an attempt that wants to begin: it may; it waits for what others may leave over; or nothing that is under way can help it. */
export type BudgetVerdict = 'covered' | 'waits' | 'spent';

/** Tokens: spent by attempts that have ended, and reserved for those that have not. */
export interface TokenCount {
  readonly spent: number;
  readonly reserved: number;
}

/** Judges whether an attempt that needs so many tokens may begin on an account. `total`: null where nothing limits it. */
export function budgetVerdict(total: number | null, { spent, reserved }: TokenCount, need: number): BudgetVerdict {
  if (need === 0 || total === null || added(added(spent, reserved), need) <= total) return 'covered';
  return reserved > 0 && added(spent, need) <= total ? 'waits' : 'spent';
}
