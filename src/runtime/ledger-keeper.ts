/** Where a ledger is kept: in a document of the store. */
import type { LedgerKeeper } from '../actors/resources/ledger-document.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { JsonObject } from '../protocol/json.ts';
import { soundLedger } from './sound-ledger.ts';

/** The name of the document in which a house remembers what was used up. */
const LEDGER_DOCUMENT = 'ledger';

/** Keeps a ledger in a store, durable at once. Throws STORE_FULL, STORE_UNWRITABLE or STORE_CLOSED. */
export function ledgerKeeper(store: Pick<JournalStore, 'kept' | 'keep'>): LedgerKeeper {
  return {
    load: () => soundLedger(store.kept?.(LEDGER_DOCUMENT) ?? null),
    keep: (document) => store.keep?.(LEDGER_DOCUMENT, document as unknown as JsonObject, 'now'),
  };
}
