/** What there is of resources and who has it, as people look at it: accounts, leases, and who waits for what. */
import { Books } from '../actors/resources/books.ts';
import type { Ledger } from '../actors/resources/ledger-contract.ts';
import type { LedgerDocument } from '../actors/resources/ledger-document.ts';
import { type AccountStanding, type LeaseStanding, type LedgerStanding, standingOf } from '../actors/resources/ledger-standing.ts';
import { accountInWords } from '../policy/account-in-words.ts';
import type { Shortage } from '../policy/lease-decision.ts';
import { shortageInWords } from '../policy/lease-refusal.ts';
import { checkedAmounts, LIMIT_KINDS, type LimitKind, type ResourceLimits } from '../policy/resource-amounts.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { JournalStore } from '../protocol/journal.ts';
import { ledgerKeeper } from './ledger-keeper.ts';

/** An account: `limits` as they hold now, what is reserved of them, and tokens that are used up. */
export interface ResourceAccount extends AccountStanding {
  /** What it is called: `the runtime`, `run r1`, `build of run r1`. */
  readonly title: string;
}

/** Resources that somebody has, or waits for. Moments are ms since the epoch. */
export interface ResourceLease extends Pick<LeaseStanding, 'lease' | 'since' | 'amounts' | 'locks'> {
  /** Key of the task whose they are: `run/step#attempt`. */
  readonly task: string;
}

/** Plain JSON. */
export interface ResourceView {
  /** That of the runtime, those of runs, and those of what in them limits its members, as far as anything was asked of them. */
  readonly accounts: readonly ResourceAccount[];
  /** `since`: when it was granted. */
  readonly held: readonly ResourceLease[];
  /** Who has waited longest counts first, unless others are more pressing. `since`: when it was first asked for; `why`: what is missing. */
  readonly waiting: readonly (ResourceLease & { readonly why: string | null; readonly shortage: Shortage | null })[];
}

/** The view of a ledger that is at work. */
export function resourceView({ accounts, held, waiting }: LedgerStanding): ResourceView {
  return {
    accounts: accounts.map((account) => ({ ...account, title: accountInWords(account.name) })),
    held: held.map(leaseView),
    waiting: waiting.map((each) => ({
      ...leaseView(each),
      why: each.why === null ? null : shortageInWords(each.why),
      shortage: each.why,
    })),
  };
}

const leaseView = ({ lease, owner, since, amounts, locks }: LeaseStanding): ResourceLease => ({
  lease,
  task: owner,
  since,
  amounts,
  locks,
});

/** What the store remembers of resources while nobody is at work; at `now`, ms since the epoch. */
export function readResources(store: Pick<JournalStore, 'kept'>, now: number): ResourceView {
  const document = ledgerKeeper(store).load();
  const books = new Books(document, now);
  for (const [name, limits] of limitsSaid(document)) books.open(name, limits);
  return resourceView(standingOf(books, [], []));
}

const limitsSaid = (document: LedgerDocument | null): Map<string, ResourceLimits> =>
  new Map([...Object.keys(document?.raised ?? {}).map((name) => [name, {}] as const), ...Object.entries(document?.limits ?? {})]);

const LIMITED: Readonly<Record<LimitKind, string>> = {
  memoryMb: 'memory',
  cpu: 'cores',
  io: 'input and output',
  concurrency: 'attempts at once',
  tokens: 'tokens',
  tokensPerMinute: 'tokens per minute',
};

/**
 * Changes limits that an account has, as `Ledger.limit` does.
 *
 * @throws TroupeError INPUT_INVALID for an account that is not there or has no such limit, DEFINITION_INVALID for what is no amount, STORE_…
 */
export function changeLimits(ledger: Pick<Ledger, 'limit' | 'limits'>, account: string, limits: ResourceLimits): void {
  checkedAmounts(limits, accountInWords(account));
  const before = ledger.limits(account);
  const unlimited = LIMIT_KINDS.find((kind) => limits[kind] !== undefined && before[kind] === undefined);
  if (unlimited !== undefined) {
    const known = LIMIT_KINDS.filter((kind) => before[kind] !== undefined);
    throw new TroupeError('INPUT_INVALID', `${accountInWords(account)} has no limit on ${LIMITED[unlimited]}`, {
      hint:
        known.length === 0
          ? 'nothing is limited there now: limits are said when a runtime is started, or in the file of a run, for as long as the run goes on'
          : `limited there: ${known.map((kind) => LIMITED[kind]).join(', ')}`,
      retryable: false,
    });
  }
  ledger.limit(account, limits);
}

/** The same where nobody is at work: whoever is next and says the same limits as before begins with these. */
export function changeStoredLimits(store: Pick<JournalStore, 'kept' | 'keep'>, account: string, limits: ResourceLimits, now: number): void {
  const keeper = ledgerKeeper(store);
  const document = keeper.load();
  const books = new Books(document, now);
  const said = limitsSaid(document).get(account);
  if (said !== undefined) books.open(account, said);
  const change = (name: string, to: ResourceLimits): void => {
    books.raise(name, to);
    keeper.keep(books.document());
  };
  changeLimits({ limits: (name) => books.accounts.get(name)?.limits ?? {}, limit: change }, account, limits);
}
