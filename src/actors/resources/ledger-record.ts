/** The record of a ledger: what is kept of its books, and whether that is up to date. */
import type { Books } from './books.ts';
import type { LedgerKeeper } from './ledger-document.ts';

/** Keeps the books where they are to be kept. */
export class LedgerRecord {
  readonly #books: Books;
  readonly #keeper: LedgerKeeper | null;
  #isStale = false;

  constructor(books: Books, keeper: LedgerKeeper | null) {
    this.#books = books;
    this.#keeper = keeper;
  }

  /** The books have changed. */
  changed(): void {
    this.#isStale = true;
  }

  /** Keeps what has changed. Throws what the keeper throws; it is not up to date then. */
  keep(): void {
    if (this.#isStale) this.#keeper?.keep(this.#books.document());
    this.#isStale = false;
  }
}
