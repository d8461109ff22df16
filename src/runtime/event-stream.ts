import type { RunEvent } from './run-event.ts';

/** How many unread events a slow reader may leave lying before chatter (`task.progress`) is dropped for it. */
const CHATTER_LIMIT = 10_000;

/** Where a stream gets its events. */
export interface EventSource {
  /** What was announced before the stream began. */
  readonly past: Promise<readonly RunEvent[]>;
  readonly observe: (observer: (event: RunEvent) => void) => () => void;
  /** Settles when nothing more will be announced. */
  readonly over: Promise<unknown>;
}

/**
 * Events as an async iterable: first what happened before, then what happens, in one order and without a gap. It listens from the moment
 * it is made, not from when it is first read. It ends after `run.ended`, or when the run leaves this host; leaving the loop early ends it too.
 * Rejects when the past cannot be read (STORE_…).
 */
export class EventStream implements AsyncIterableIterator<RunEvent> {
  #unread: RunEvent[] = [];
  readonly #waiting: { resolve: (result: IteratorResult<RunEvent>) => void; reject: (thrown: unknown) => void }[] = [];
  #pastRead = false;
  #broken: { readonly thrown: unknown } | null = null;
  #over = false;
  readonly #stop: () => void;

  constructor({ past, observe, over }: EventSource) {
    this.#stop = observe((event) => this.#take(event));
    past.then(
      (events) => this.#begin(events),
      (thrown) => this.#break(thrown),
    );
    const end = () => this.#end();
    over.then(end, end);
  }

  next(): Promise<IteratorResult<RunEvent>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  return(): Promise<IteratorResult<RunEvent>> {
    this.#unread = [];
    this.#pastRead = true;
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(event: RunEvent): void {
    if (event.type === 'task.progress' && this.#unread.length >= CHATTER_LIMIT) return;
    this.#unread.push(event);
    this.#serve();
  }

  #begin(past: readonly RunEvent[]): void {
    if (this.#pastRead) return;
    this.#pastRead = true;
    this.#unread = [...past, ...this.#unread];
    this.#serve();
  }

  #break(thrown: unknown): void {
    this.#broken = { thrown };
    this.#stop();
    this.#serve();
  }

  #end(): void {
    this.#over = true;
    this.#stop();
    this.#serve();
  }

  /** Gives readers what there is for them. */
  #serve(): void {
    for (let reader = this.#waiting[0]; reader !== undefined; reader = this.#waiting[0]) {
      if (this.#broken !== null) reader.reject(this.#broken.thrown);
      else if (!this.#pastRead) return;
      else {
        const event = this.#unread.shift();
        if (event !== undefined) reader.resolve({ value: event, done: false });
        else if (this.#over) reader.resolve({ value: undefined, done: true });
        else return;
      }
      this.#waiting.shift();
    }
  }
}
