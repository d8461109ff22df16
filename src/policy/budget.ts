/**
 * What a run may spend on tokens, and what it has spent.
 *
 * Before an attempt begins, its estimate is reserved; when it has ended, what it says it has used takes the place of the estimate. An attempt
 * that says nothing counts with its estimate. One that was cancelled or ran out of time does so, too, until its late answer says otherwise:
 * what it says is counted and never applied. Each attempt is counted once, whatever is said of it twice.
 *
 * No estimate is reserved unless everything that is spent and reserved, itself included, is within the total, and no attempt begins without.
 * Where attempts use no more than their estimates the total is therefore never passed; where they do, it is passed by no more than what those
 * whose estimates are reserved at the time use beyond them.
 * An attempt without an estimate reserves nothing and is not held up; what it uses counts.
 */

/** What becomes of an attempt that wants to begin: it may; it waits for what others may leave over; or nothing that is under way can help it. */
export type BudgetVerdict = 'covered' | 'waits' | 'spent';

/** Tokens: spent by attempts that have ended, and reserved for those that have not. */
export interface TokenCount {
  readonly spent: number;
  readonly reserved: number;
}

/** Judges whether an attempt that needs so many tokens may begin. */
export function budgetVerdict(total: number, { spent, reserved }: TokenCount, need: number): BudgetVerdict {
  if (need === 0 || spent + reserved + need <= total) return 'covered';
  return reserved > 0 && spent + need <= total ? 'waits' : 'spent';
}

/** An attempt as it counts. */
interface Entry {
  readonly step: string;
  /** Its estimate. */
  readonly need: number;
  /** What it counts with; null while it is in flight. */
  counted: number | null;
  /** It has said itself what it used. */
  isReported: boolean;
}

/** The account of a run. */
export class TokenLedger {
  /** As the definition says. */
  readonly granted: number;
  #raised = 0;
  #spent = 0;
  #reserved = 0;
  /** Reserved for steps whose attempt has not begun yet. */
  readonly #claims = new Map<string, number>();
  readonly #attempts = new Map<string, Entry>();
  readonly #steps = new Map<string, { spent: number; reserved: number }>();

  /** `before`: the account of an earlier life of the run, which goes on; what was in flight then counts as cancelled. */
  constructor(granted: number, before: TokenLedger | null = null) {
    this.granted = granted;
    if (before === null) return;
    this.#raised = before.#raised;
    for (const [id, { step, need, counted, isReported }] of before.#attempts)
      this.#enter(id, { step, need, counted: counted ?? need, isReported });
  }

  /** What people have given on top, and the whole. */
  get raised(): number {
    return this.#raised;
  }

  get total(): number {
    return this.granted + this.#raised;
  }

  get count(): TokenCount {
    return { spent: this.#spent, reserved: this.#reserved };
  }

  /** What a step has spent and reserved so far; null where it has nothing to do with it. */
  of(step: string): TokenCount | null {
    return this.#steps.get(step) ?? null;
  }

  verdict(need: number): BudgetVerdict {
    return budgetVerdict(this.total, this.count, need);
  }

  raise(tokens: number): void {
    this.#raised += tokens;
  }

  /** Reserves the estimate of the next attempt of a step. */
  reserve(step: string, need: number): void {
    this.#claims.set(step, need);
    this.#move(step, { spent: 0, reserved: need });
  }

  /** The attempt of a step will not begin. */
  release(step: string): void {
    this.#move(step, { spent: 0, reserved: -(this.#claims.get(step) ?? 0) });
    this.#claims.delete(step);
  }

  /** An attempt begins on what was reserved for its step. */
  begin(step: string, attempt: string): void {
    this.#attempts.set(attempt, { step, need: this.#claims.get(step) ?? 0, counted: null, isReported: false });
    this.#claims.delete(step);
  }

  /** An attempt has ended, or its late answer has come; `used`: what it says it has used, null where it does not say. */
  settle(attempt: string, used: number | null): void {
    const entry = this.#attempts.get(attempt);
    if (entry === undefined || entry.isReported) return;
    const { step, need, counted } = entry;
    if (counted !== null && used === null) return;
    entry.counted = used ?? need;
    entry.isReported = used !== null;
    this.#move(step, { spent: entry.counted - (counted ?? 0), reserved: counted === null ? -need : 0 });
  }

  #enter(id: string, entry: Entry): void {
    this.#attempts.set(id, entry);
    this.#move(entry.step, { spent: entry.counted ?? 0, reserved: 0 });
  }

  #move(step: string, { spent, reserved }: TokenCount): void {
    this.#spent += spent;
    this.#reserved += reserved;
    const own = this.#steps.get(step) ?? { spent: 0, reserved: 0 };
    this.#steps.set(step, { spent: own.spent + spent, reserved: own.reserved + reserved });
  }
}
