/**
 * The ledger of a store in this process. Houses that stand beside each other on one store have one: what there is of resources is there once,
 * and so is the document that it is kept in.
 */
import { createLedger } from '../actors/resources/ledger.ts';
import type { Ledger } from '../actors/resources/ledger-contract.ts';
import { HOUSE_ACCOUNT } from '../actors/resources/task-accounts.ts';
import type { ResourceLimits } from '../policy/resource-amounts.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { HostTime } from './host-time.ts';
import { ledgerKeeper } from './ledger-keeper.ts';

/** What a runtime is made of, as far as it matters here. */
interface LedgerTerms {
  /** A runtime on the same store. */
  readonly beside?: object;
  readonly limits?: ResourceLimits | 'kept';
}

/**
 * That of the runtime beside which another one begins, as long as somebody is at work with it; else a new one.
 *
 * @throws TroupeError DEFINITION_INVALID where that runtime is on another store
 */
export function commonLedger({ beside, limits }: LedgerTerms, store: JournalStore, time: HostTime): CommonLedger {
  const said = limits === 'kept' ? keptLimits(store) : limits;
  if (beside === undefined) return new CommonLedger(store, time, said ?? null);
  const common = 'common' in beside && beside.common instanceof CommonLedger ? beside.common : null;
  if (common?.store !== store) {
    throw new TroupeError('DEFINITION_INVALID', 'the runtime beside which this one is to work has another store', {
      hint: 'open the store once (openFileStore, createMemoryStore), and give it to both',
      retryable: false,
    });
  }
  return common.isOpen ? common : new CommonLedger(store, time, said ?? common.limits);
}

/** What the last runtime on a store that had limits was told of them. */
const keptLimits = (store: JournalStore): ResourceLimits | undefined => ledgerKeeper(store).load()?.limits?.[HOUSE_ACCOUNT];

/** A ledger, and the houses that have it. */
export class CommonLedger {
  readonly store: JournalStore;
  readonly ledger: Ledger;
  /** What there is over all; null: of everything plenty. */
  readonly limits: ResourceLimits | null;
  /** Of each house: what hears that limits have changed. */
  readonly #houses = new Set<() => void>();

  constructor(store: JournalStore, time: HostTime, limits: ResourceLimits | null) {
    this.store = store;
    this.ledger = createLedger({ time, keeper: ledgerKeeper(store) });
    this.limits = limits;
    if (limits !== null) this.ledger.open(HOUSE_ACCOUNT, limits);
  }

  /** False once everybody has left. */
  get isOpen(): boolean {
    return this.#houses.size > 0;
  }

  /** A house has it, too, until it leaves by what this returns. The last one closes it; that throws what the store throws. */
  join(limitsChanged: () => void): () => void {
    this.#houses.add(limitsChanged);
    return () => {
      if (!this.#houses.delete(limitsChanged)) return;
      if (this.isOpen) this.ledger.keep();
      else this.ledger.close();
    };
  }

  /** Changes limits, as the ledger does; every house sees to those who were stopped by the former ones. */
  readonly limit = (account: string, limits: ResourceLimits): void => {
    try {
      this.ledger.limit(account, limits);
    } finally {
      // they hold even where they could not be written down
      for (const limitsChanged of [...this.#houses]) limitsChanged();
    }
  };
}
