/** What is known to be missing, so that not everybody who waits is judged anew. */
import type { Shortage } from '../../policy/lease-decision.ts';
import { canBeInTime } from '../../policy/task-order.ts';
import type { Books } from './books.ts';
import type { LiveLease } from './lease.ts';

/**
 * What was found missing while a queue is judged: nothing is given back meanwhile, so whoever needs as much of the same still lacks it, and need not
 * be judged. Without this a thousand who wait for a place are judged one by one whenever one becomes free.
 */
export class KnownShortages {
  readonly #lacking = new Map<string, Map<string, number>>();

  /** True when it still lacks what it lacked. */
  covers({ request: { owner, turn }, why, until }: LiveLease, books: Books): boolean {
    if (why === null || !isOfHeld(why) || (until !== null && until <= books.now)) return false;
    if (books.holdsSomething(owner) || !canBeInTime(turn, books.now)) return false;
    const known = this.#lacking.get(why.account)?.get(why.kind);
    return known !== undefined && why.needed >= known && why.needed <= (books.accounts.get(why.account)?.limits[why.kind] ?? 0);
  }

  /** It is to wait. */
  note({ why }: LiveLease): void {
    if (why === null || !isOfHeld(why)) return;
    let ofAccount = this.#lacking.get(why.account);
    if (ofAccount === undefined) {
      ofAccount = new Map();
      this.#lacking.set(why.account, ofAccount);
    }
    const known = ofAccount.get(why.kind);
    if (known === undefined || why.needed < known) ofAccount.set(why.kind, why.needed);
  }
}

type HeldShortage = Extract<Shortage, { readonly account: string }>;

/** Of what is given back; a budget may turn out to be spent, and a minute passes. */
const isOfHeld = (why: Shortage): why is HeldShortage => 'account' in why && why.kind !== 'tokens' && why.kind !== 'tokensPerMinute';
