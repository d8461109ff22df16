import { inDeliveryOrder } from '../../policy/mailbox.ts';
import type { CoordinationMessage } from '../../protocol/coordination.ts';

interface Reader {
  readonly resolve: (result: IteratorResult<CoordinationMessage>) => void;
  readonly reject: (reason: unknown) => void;
}

const DONE: IteratorResult<CoordinationMessage> = { value: undefined, done: true };

/**
 * Messages on their way to whoever reads them: all listeners, else the reader that has waited longest, else nobody yet; then they are kept,
 * and the most pressing one is read first.
 */
export class MessageReader {
  /** In the order in which they are to be read. */
  #unread: CoordinationMessage[] = [];
  /** What came since they were put in order. */
  #arrived: CoordinationMessage[] = [];
  readonly #listeners = new Set<(message: CoordinationMessage) => void>();
  readonly #readers: Reader[] = [];
  #over: { readonly reason: unknown } | null = null;

  take(message: CoordinationMessage): void {
    this.#arrived.push(message);
    this.#serve();
  }

  listen(listener: (message: CoordinationMessage) => void): () => void {
    this.#listeners.add(listener);
    this.#serve();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Reads one by one. Several of them share the messages; leaving one early loses none. */
  iterate(): AsyncIterableIterator<CoordinationMessage> {
    let left = false;
    return {
      next: () => (left ? Promise.resolve(DONE) : this.#read()),
      return: () => {
        left = true;
        return Promise.resolve(DONE);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Nothing more comes: with a reason readers are told it, without one they are done. */
  end(reason: unknown): void {
    this.#over = { reason };
    this.#listeners.clear();
    this.#serve();
  }

  #read(): Promise<IteratorResult<CoordinationMessage>> {
    const next = new Promise<IteratorResult<CoordinationMessage>>((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#serve();
    });
    // a reader that was left waiting must not bring the process down when the attempt is to stop
    next.catch(() => {});
    return next;
  }

  #serve(): void {
    if (this.#over !== null) {
      const { reason } = this.#over;
      for (const { resolve, reject } of this.#readers.splice(0)) {
        if (reason === null) resolve(DONE);
        else reject(reason);
      }
      return;
    }
    while (this.#listeners.size > 0 || this.#readers.length > 0) {
      const message = this.#next();
      if (message === undefined) return;
      if (this.#listeners.size > 0) this.#tell(message);
      else this.#readers.shift()?.resolve({ value: message, done: false });
    }
  }

  #next(): CoordinationMessage | undefined {
    if (this.#arrived.length > 0) {
      this.#unread = inDeliveryOrder([...this.#unread, ...this.#arrived], (message) => message);
      this.#arrived = [];
    }
    return this.#unread.shift();
  }

  /** What a listener throws is its own trouble. */
  #tell(message: CoordinationMessage): void {
    for (const listener of this.#listeners) {
      try {
        listener(message);
      } catch {
        // The others hear it all the same.
      }
    }
  }
}
