/**
 * Whose turn it is where steps wait for their shares of budgets.
 *
 * Claims are served in the order in which they came. A claim whose accounts cover it is granted; one that lacks something which others may
 * leave over waits, and nobody who came later takes anything from the accounts that it lacks, so that a large claim is not overtaken for ever
 * by small ones. Whoever needs nothing of those accounts goes by. Where nothing that is under way can help a claim, people are asked for the
 * account that is tightest, one claim at a time for each account, or the claim is refused; while they are asked, the account is closed.
 * A claim that waits for people, or behind somebody, closes nothing itself.
 *
 * Nobody starves: accounts stand in each other, so a claim that lacks something of an outer one closes everything inside it, too, and the
 * first in line is held up by nobody but attempts that end.
 */
import type { Lack, TokenLedger } from './token-ledger.ts';

/** A step that waits for its share. */
export interface Claim {
  readonly step: string;
  /** The estimate of its next attempt, tokens. */
  readonly need: number;
  /** What has to cover it: from the innermost account to that of the run. */
  readonly accounts: readonly string[];
}

/** What becomes of whoever lacks something of a spent account: it is refused; people can be asked; they are being asked. */
export type Resort = 'refuses' | 'asks' | 'asking';

/** What was decided about a claim; `account`: the one that does not cover it. */
export type Ruling =
  | { readonly what: 'granted'; readonly claim: Claim }
  | { readonly what: 'referred' | 'refused'; readonly claim: Claim; readonly account: string };

/** The claims of a run that wait. */
export class ClaimLine {
  readonly #line = new Map<string, Claim>();
  /** By innermost account, which says what is around it: how many wait there. */
  readonly #waiting = new Map<string, { readonly accounts: readonly string[]; count: number }>();

  get size(): number {
    return this.#line.size;
  }

  get(step: string): Claim | null {
    return this.#line.get(step) ?? null;
  }

  /** In the order in which they came; `account`: those alone that need something of it. */
  waiting(account?: string): Claim[] {
    const all = [...this.#line.values()];
    return account === undefined ? all : all.filter(({ accounts }) => accounts.includes(account));
  }

  /** Puts a claim at the end; one that stands in line keeps its place. */
  add(claim: Claim): void {
    if (this.#line.has(claim.step)) return;
    this.#line.set(claim.step, claim);
    const { accounts } = claim;
    const [inner = ''] = accounts;
    const there = this.#waiting.get(inner);
    if (there === undefined) this.#waiting.set(inner, { accounts, count: 1 });
    else there.count++;
  }

  delete(step: string): void {
    const claim = this.#line.get(step);
    if (claim === undefined) return;
    this.#line.delete(step);
    const [inner = ''] = claim.accounts;
    const there = this.#waiting.get(inner);
    if (there !== undefined && --there.count === 0) this.#waiting.delete(inner);
  }

  /**
   * Decides about everybody about whom it can be said what becomes of them. Whoever is granted something has it reserved; whoever is granted
   * or refused has left the line.
   */
  serve(ledger: TokenLedger, resortOf: (account: string) => Resort): Ruling[] {
    const rulings: Ruling[] = [];
    const open = new Map([...this.#waiting].map(([inner, { accounts }]) => [inner, accounts]));
    const named = new Set([...open.values()].flat());
    close(
      open,
      [...named].filter((account) => resortOf(account) === 'asking'),
    );
    for (const claim of this.#line.values()) {
      if (open.size === 0) break;
      if (!open.has(claim.accounts[0] ?? '')) continue;
      const lacking = ledger.lacking(claim.accounts, claim.need);
      const ruling = ruled(claim, lacking, resortOf);
      if (ruling === 'waits') {
        close(
          open,
          lacking.map(({ account }) => account),
        );
        continue;
      }
      if (ruling.what === 'granted') ledger.reserve(claim.step, claim.need, claim.accounts);
      if (ruling.what === 'referred') close(open, [ruling.account]);
      else this.delete(claim.step);
      rulings.push(ruling);
    }
    return rulings;
  }
}

/** Nobody who comes later is given anything of these accounts. `open`: by innermost account, what is around it. */
function close(open: Map<string, readonly string[]>, accounts: readonly string[]): void {
  for (const [inner, around] of open) if (accounts.some((account) => around.includes(account))) open.delete(inner);
}

function ruled(claim: Claim, lacking: readonly Lack[], resortOf: (account: string) => Resort): Ruling | 'waits' {
  if (lacking.length === 0) return { what: 'granted', claim };
  const spent = lacking.filter(({ verdict }) => verdict === 'spent');
  if (spent.length === 0) return 'waits';
  const final = spent.filter(({ account }) => resortOf(account) === 'refuses');
  return final.length > 0 ? { what: 'refused', claim, account: tightest(final) } : { what: 'referred', claim, account: tightest(spent) };
}

/** The account of which the least is left; of two alike the inner one. */
function tightest(lacking: readonly Lack[]): string {
  return lacking.reduce((least, lack) => (lack.left < least.left ? lack : least)).account;
}
