/**
 * What a run may spend on tokens, and what it has spent, by account.
 *
 * Before an attempt begins, its estimate is reserved in every account around it; when it has ended, what it says it has used takes the place of
 * the estimate in all of them. An attempt that says nothing counts with its estimate. One that was cancelled or ran out of time does so, too,
 * until its late answer says otherwise: what it says is counted and never applied. Each attempt is counted once in each account, whatever is
 * said of it twice.
 *
 * No estimate is reserved unless everything that is spent and reserved, itself included, is within the total of each account, and no attempt
 * begins without. Where attempts use no more than their estimates no total is therefore ever passed; where they do, it is passed by no more
 * than what those whose estimates are reserved at the time use beyond them.
 * An attempt without an estimate reserves nothing and is not held up; what it uses counts.
 */
import { type BudgetVerdict, budgetVerdict, type TokenCount } from './budget.ts';
import { added } from './resource-amounts.ts';

/** The account of the run itself; those of steps are named by their paths. */
export const RUN_ACCOUNT = '';

/** An account as it stands. */
export interface AccountState extends TokenCount {
  /** What may be spent, what was given on top included; null where nothing limits it. */
  readonly total: number | null;
  /** What was given on top of what the definition says. */
  readonly raised: number;
}

/** An account that does not cover an attempt. */
export interface Lack {
  readonly account: string;
  readonly verdict: Exclude<BudgetVerdict, 'covered'>;
  /** What is neither spent nor reserved, tokens; below 0 where attempts have used more than was expected. */
  readonly left: number;
}

interface Account {
  /** As the definition says; null: nothing limits it, it only counts. */
  granted: number | null;
  raised: number;
  spent: number;
  reserved: number;
}

interface Reservation {
  /** The estimate of the attempt, tokens. */
  readonly need: number;
  /** Where it is reserved: from the innermost account to that of the run. */
  readonly accounts: readonly string[];
}

/** An attempt as it counts. */
interface Entry extends Reservation {
  readonly step: string;
  /** What it counts with; null while it is in flight. */
  counted: number | null;
  /** It has said itself what it used. */
  isReported: boolean;
}

/** The accounts of a run. */
export class TokenLedger {
  readonly #accounts = new Map<string, Account>();
  /** Reserved for steps whose attempt has not begun yet. */
  readonly #claims = new Map<string, Reservation>();
  readonly #attempts = new Map<string, Entry>();
  readonly #steps = new Map<string, { spent: number; reserved: number }>();

  /** `before`: the accounts of an earlier life of the run, which go on; what was in flight then counts as cancelled. */
  constructor(before: TokenLedger | null = null) {
    if (before === null) return;
    for (const [name, { granted, raised }] of before.#accounts) this.#accounts.set(name, { granted, raised, spent: 0, reserved: 0 });
    for (const [id, { step, accounts, need, counted, isReported }] of before.#attempts) {
      const entry = { step, accounts, need, counted: counted ?? need, isReported };
      this.#attempts.set(id, entry);
      this.#move(entry, step, { spent: entry.counted, reserved: 0 });
    }
  }

  /** Opens an account, or sets what the definition grants one that is open. `granted`: tokens; null: nothing limits it. */
  open(account: string, granted: number | null): void {
    this.#of(account).granted = granted;
  }

  /** An account as it stands; one that was never opened is empty and limits nothing. */
  account(name: string): AccountState {
    const { granted = null, raised = 0, spent = 0, reserved = 0 } = this.#accounts.get(name) ?? {};
    return { total: granted === null ? null : added(granted, raised), raised, spent, reserved };
  }

  /** What a step has spent and reserved so far; null where it has nothing to do with it. */
  of(step: string): TokenCount | null {
    return this.#steps.get(step) ?? null;
  }

  /** Those of the accounts that do not cover an attempt with this estimate, in their order. */
  lacking(accounts: readonly string[], need: number): Lack[] {
    return accounts.flatMap((account) => {
      const { total, ...count } = this.account(account);
      const verdict = budgetVerdict(total, count, need);
      return verdict === 'covered' || total === null ? [] : [{ account, verdict, left: added(total, -added(count.spent, count.reserved)) }];
    });
  }

  /** Gives tokens on top of what an account holds. */
  raise(account: string, tokens: number): void {
    const to = this.#of(account);
    to.raised = added(to.raised, tokens);
  }

  /** Reserves the estimate of the next attempt of a step in all of its accounts. */
  reserve(step: string, need: number, accounts: readonly string[]): void {
    const claim = { need, accounts };
    this.#claims.set(step, claim);
    this.#move(claim, step, { spent: 0, reserved: need });
  }

  /** The attempt of a step will not begin. */
  release(step: string): void {
    const claim = this.#claims.get(step);
    if (claim === undefined) return;
    this.#move(claim, step, { spent: 0, reserved: -claim.need });
    this.#claims.delete(step);
  }

  /** An attempt begins on what was reserved for its step. `accounts`: where it counts, if nothing was. */
  begin(step: string, attempt: string, accounts: readonly string[]): void {
    const claim = this.#claims.get(step) ?? { need: 0, accounts };
    this.#attempts.set(attempt, { ...claim, step, counted: null, isReported: false });
    this.#claims.delete(step);
  }

  /** An attempt has ended, or its late answer has come; `used`: what it says it has used, null where it does not say. */
  settle(attempt: string, used: number | null): void {
    const entry = this.#attempts.get(attempt);
    if (entry === undefined || entry.isReported) return;
    const { step, need, counted } = entry;
    entry.counted = used ?? need;
    entry.isReported = used !== null;
    this.#move(entry, step, { spent: entry.counted - (counted ?? 0), reserved: counted === null ? -need : 0 });
  }

  #of(name: string): Account {
    let account = this.#accounts.get(name);
    if (account === undefined) {
      account = { granted: null, raised: 0, spent: 0, reserved: 0 };
      this.#accounts.set(name, account);
    }
    return account;
  }

  #move({ accounts }: Reservation, step: string, { spent, reserved }: TokenCount): void {
    for (const name of accounts) {
      const account = this.#of(name);
      account.spent = added(account.spent, spent);
      account.reserved = added(account.reserved, reserved);
    }
    const own = this.#steps.get(step);
    if (own === undefined) this.#steps.set(step, { spent, reserved });
    else {
      own.spent = added(own.spent, spent);
      own.reserved = added(own.reserved, reserved);
    }
  }
}
