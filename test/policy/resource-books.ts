/** Books kept by hand: what the live ledger keeps, without any of its actors. */
import type { LeaseRequest, ResourceStanding } from '../../src/policy/lease-decision.ts';
import { newAccount, reservedOn, settledOn } from '../../src/policy/resource-account.ts';
import type { ResourceLimits } from '../../src/policy/resource-amounts.ts';

/** A request of an owner for the account `house`. */
export function asking(lease: string, more: Partial<LeaseRequest> & { readonly at?: number } = {}): LeaseRequest {
  const { at = 0, ...rest } = more;
  const turn = { priority: 'medium', since: at, latestStart: null, place: at } as const;
  return { lease, owner: lease, turn, accounts: ['house'], amounts: {}, rate: 0, locks: [], ...rest };
}

/** What stands when these limits are set and these requests are granted. */
export function standing(
  limits: Readonly<Record<string, ResourceLimits>>,
  granted: readonly LeaseRequest[] = [],
  {
    now = 0,
    settled = [],
  }: { readonly now?: number; readonly settled?: readonly (readonly [LeaseRequest, tokens: number, at: number])[] } = {},
): ResourceStanding {
  const accounts = new Map(Object.entries(limits).map(([name, each]) => [name, newAccount(each)]));
  const change = (request: LeaseRequest, next: (account: ReturnType<typeof newAccount>) => ReturnType<typeof newAccount>) => {
    for (const name of request.accounts) accounts.set(name, next(accounts.get(name) ?? newAccount()));
  };
  for (const [request, tokens, at] of settled) {
    change(request, (account) => settledOn(reservedOn(account, request), request, { tokens, rate: tokens }, at));
  }
  for (const request of granted) change(request, (account) => reservedOn(account, request));
  return {
    now,
    accounts,
    held: new Map(granted.map((request) => [request.lease, request])),
    holdsSomething: (owner) => granted.some((each) => each.owner === owner),
    heldBy: (owner) => granted.filter((each) => each.owner === owner),
    holdersOf: (lock) => granted.filter(({ locks }) => locks.some(({ name }) => name === lock)),
  };
}
