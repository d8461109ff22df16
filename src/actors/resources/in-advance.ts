/** What a task needs, and what its former attempts asked for while they worked, asked for at once. */
import { addedAmounts } from '../../policy/resource-amounts.ts';
import type { LeaseWish } from '../../protocol/agent.ts';
import type { Lease } from './lease.ts';
import type { Ledger } from './ledger-contract.ts';
import { type Demand, takenBy } from './task-accounts.ts';

/** A lease that is there before its agent asks for it. */
export interface AdvanceLease {
  readonly wish: LeaseWish;
  readonly lease: Lease;
}

/** All of it together. Its tokens are counted as used within a minute: more than the parts come to later, never less. */
export function inAdvance({ accounts, amounts, locks }: Demand, wishes: readonly LeaseWish[]): Demand {
  const taken = wishes.map(takenBy);
  return {
    accounts,
    amounts: taken.reduce((sum, wish) => addedAmounts(sum, wish.amounts), amounts),
    locks: [...locks, ...taken.flatMap((wish) => wish.locks)],
  };
}

/** What was granted together becomes one lease for the task, under the same name, and one for each wish. */
export function handedOut(ledger: Ledger, whole: Lease, demand: Demand, wishes: readonly LeaseWish[]) {
  const owner = { owner: whole.id, turn: whole.turn };
  const [own, ...rest] = ledger.exchange(whole.id, [
    { ...demand, ...owner, lease: whole.id },
    ...wishes.map((wish, n) => ({ accounts: demand.accounts, ...takenBy(wish), ...owner, lease: `${whole.id}~before${n + 1}` })),
  ]);
  const advance = rest.flatMap((lease, n): AdvanceLease[] => {
    const wish = wishes[n];
    return wish === undefined ? [] : [{ wish, lease }];
  });
  return { own: own ?? whole, advance };
}
