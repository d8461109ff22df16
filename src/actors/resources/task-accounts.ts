/** What a task takes, and from which accounts: what is asked of the ledger before it begins, and whenever its agent asks for more. */
import { AMOUNT_KINDS, type Amounts, type ResourceLimits } from '../../policy/resource-amounts.ts';
import type { NamedLock } from '../../policy/resource-locks.ts';
import type { Task, TaskNeeds } from '../../protocol/task.ts';
import { expectedOf, type KnownUse, spreadOf } from './expected-use.ts';
import type { LeaseAccount, LeaseAsk } from './lease-ask.ts';

/** The account of everything that is used here. */
export const HOUSE_ACCOUNT = 'runtime';

/** What is taken, and from where. */
export type Demand = Required<Pick<LeaseAsk, 'accounts' | 'amounts' | 'locks'>> & Pick<LeaseAsk, 'spreadMs'>;

/** The accounts that a task takes from, the outermost first. `limits`: what there is over all; null: of everything plenty. */
export function accountsOf({ accounts = [] }: Task, limits: ResourceLimits | null): readonly LeaseAccount[] {
  return [{ name: HOUSE_ACCOUNT, ...(limits === null ? {} : { limits }) }, ...accounts];
}

/** Whether an account is one of those that a task takes from. */
export const takesFrom = ({ accounts }: Task, account: string): boolean =>
  account === HOUSE_ACCOUNT || accounts?.some(({ name }) => name === account) === true;

/**
 * What a task must be granted before it begins; null: nothing, and nobody counts what it uses. Locks are asked for where nothing is limited,
 * too. Where tokens are limited a task that states none takes what is `known` of its agent, else none, and what it then says it has used is
 * counted.
 */
export function demandOf(task: Task, limits: ResourceLimits | null, known: KnownUse | null = null): Demand | null {
  const { needs, accounts, expectedMs } = task;
  if (needs === undefined && accounts === undefined && limits === null) return null;
  const { amounts: stated, locks } = takenBy(needs ?? {});
  const chain = accountsOf(task, limits);
  const limited = known === null ? [] : chain.flatMap((account) => account.limits ?? []);
  const amounts = known === null ? stated : expectedOf(stated, known, limited);
  const spread = known === null ? null : spreadOf(stated, amounts, limited);
  const taken = chain.some((account) => account.limits?.concurrency !== undefined) ? { ...amounts, concurrency: 1 } : amounts;
  if (locks.length === 0 && !chain.some((account) => concerns(account.limits, taken))) return null;
  return { accounts: chain, amounts: taken, locks, ...spreadOver(spread ?? expectedMs) };
}

const spreadOver = (spreadMs: number | undefined): Pick<Demand, 'spreadMs'> => (spreadMs === undefined ? {} : { spreadMs });

/** Whether limits say something about a task that takes so much. */
function concerns(limits: ResourceLimits | undefined, taken: Amounts): boolean {
  if (limits === undefined) return false;
  if (limits.tokens !== undefined || limits.tokensPerMinute !== undefined) return true;
  return AMOUNT_KINDS.some((kind) => limits[kind] !== undefined && (taken[kind] ?? 0) > 0);
}

/** The accounts of a task that takes nothing from them. */
export const demandOfNothing = (task: Task, limits: ResourceLimits | null): Demand => ({
  accounts: accountsOf(task, limits),
  amounts: {},
  locks: [],
});

/** Needs as they are counted and locked. */
export function takenBy({ memoryMb, cpu, io, tokens, locks }: Omit<TaskNeeds, 'capabilities'>): Pick<Demand, 'amounts' | 'locks'> {
  return {
    amounts: {
      ...(memoryMb === undefined ? {} : { memoryMb }),
      ...(cpu === undefined ? {} : { cpu }),
      ...(io === undefined ? {} : { io }),
      ...(tokens === undefined ? {} : { tokens }),
    },
    locks: Object.entries(locks ?? {}).map(([name, mode]): NamedLock => ({ name, mode })),
  };
}
