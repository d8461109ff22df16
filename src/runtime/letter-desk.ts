/** What a runtime offers about dead letters. */
import type { JournalStore } from '../protocol/journal.ts';
import { dropStoredLetter, findDeadLetter, type LetterDropping, readDeadLetters, refuseClosed, type StoredLetter } from './dead-letters.ts';
import type { HostTime } from './host-time.ts';
import type { RetryOptions } from './retried-run.ts';
import type { RunHandle } from './run-handle.ts';

/** Messages that nobody could be given, and tasks that have failed for good, of every run of a store. */
export interface DeadLetters {
  /** Those that somebody has still to see to, the oldest runs first; `all`: those that were seen to as well. */
  list(options?: { readonly all?: boolean }): Promise<StoredLetter[]>;
  /** The letter of that name. Rejects with LETTER_NOT_FOUND. */
  find(letter: string): Promise<StoredLetter>;
  /**
   * A task: its run goes back to the step (see `Runtime.retry`). A message: it is sent again, under another id that refers to this one, and its
   * run is taken up for that. Rejects with LETTER_NOT_FOUND, LETTER_CLOSED (it was seen to before), RUN_UNDER_WAY, RUN_ENDED (nobody is there
   * any more to be given a message), STORE_….
   */
  retry(letter: string): Promise<RunHandle>;
  /** Puts a letter aside: that is recorded, and it is listed no more. Rejects with LETTER_NOT_FOUND, LETTER_CLOSED, INPUT_INVALID, STORE_…. */
  drop(letter: string, dropping: LetterDropping): Promise<void>;
}

/** What the desk needs of its runtime. */
export interface LetterHost {
  readonly store: JournalStore;
  readonly time: HostTime;
  run(id: string): RunHandle | null;
  resume(id: string): Promise<RunHandle>;
  retry(id: string, options: RetryOptions): Promise<RunHandle>;
}

export class LetterDesk implements DeadLetters {
  readonly #host: LetterHost;

  constructor(host: LetterHost) {
    this.#host = host;
  }

  list(options: { readonly all?: boolean } = {}): Promise<StoredLetter[]> {
    return readDeadLetters(this.#host.store, options);
  }

  find(letter: string): Promise<StoredLetter> {
    return findDeadLetter(this.#host.store, letter);
  }

  async retry(letter: string): Promise<RunHandle> {
    const found = await this.find(letter);
    refuseClosed(found);
    const { run, id, kind, from } = found;
    if (kind === 'task') return this.#host.retry(run, { from });
    const handle = this.#host.run(run) ?? (await this.#host.resume(run));
    const lost = handle.state().deadLetters.find(({ message }) => message.id === id)?.message;
    if (lost !== undefined) await handle.send(lost.to, lost.body, { priority: lost.priority, again: id });
    return handle;
  }

  async drop(letter: string, dropping: LetterDropping): Promise<void> {
    const { store, time } = this.#host;
    const found = await this.find(letter);
    const handle = this.#host.run(found.run);
    if (handle === null) await dropStoredLetter(store, letter, dropping, time.now());
    else {
      refuseClosed(found);
      await handle.dropLetter(found.id, dropping);
    }
  }
}
