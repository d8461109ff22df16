/** What a task takes, and from which accounts: what is asked of the ledger before it begins, and whenever its agent asks for more. */
import type { ResourceLimits } from '../../policy/resource-amounts.ts';
import type { NamedLock } from '../../policy/resource-locks.ts';
import type { Task, TaskNeeds } from '../../protocol/task.ts';
import type { LeaseAccount, LeaseAsk } from './lease-ask.ts';

/** The account of everything that is used here. */
const HOUSE_ACCOUNT = 'runtime';

/** What is taken, and from where. */
export type Demand = Required<Pick<LeaseAsk, 'accounts' | 'amounts' | 'locks'>>;

/** The accounts that a task takes from, the outermost first. `limits`: what there is over all; null: of everything plenty. */
export function accountsOf(_task: Task, limits: ResourceLimits | null): readonly LeaseAccount[] {
  return [{ name: HOUSE_ACCOUNT, ...(limits === null ? {} : { limits }) }];
}

/** What a task must be granted before it begins; null: nothing, and nobody counts what it uses. Locks are asked for where nothing is limited, too. */
export function demandOf(task: Task, limits: ResourceLimits | null): Demand | null {
  if (task.needs === undefined) return null;
  const taken = takenBy(task.needs);
  if (taken.locks.length === 0 && limits === null) return null;
  return { accounts: accountsOf(task, limits), ...taken };
}

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
