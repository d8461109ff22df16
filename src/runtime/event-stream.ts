import type { RunEvent } from './run-event.ts';

/** How many unread events a slow reader may leave lying before chatter (`task.progress`) is dropped for it. */
const CHATTER_LIMIT = 10_000;

/**
 * Events as an async iterable that begins when it is made, not when it is first read. It ends after `run.ended`, or when the run leaves
 * this host; leaving the loop early ends it too.
 */
export class EventStream implements AsyncIterableIterator<RunEvent> {
  readonly #unread: RunEvent[] = [];
  readonly #waiting: ((result: IteratorResult<RunEvent>) => void)[] = [];
  #over = false;
  readonly #stop: () => void;

  constructor(observe: (observer: (event: RunEvent) => void) => () => void, over: Promise<unknown>) {
    this.#stop = observe((event) => this.#take(event));
    over.then(
      () => this.#end(),
      () => this.#end(),
    );
  }

  next(): Promise<IteratorResult<RunEvent>> {
    const event = this.#unread.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#over) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<RunEvent>> {
    this.#unread.length = 0;
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(event: RunEvent): void {
    const reader = this.#waiting.shift();
    if (reader !== undefined) reader({ value: event, done: false });
    else if (event.type !== 'task.progress' || this.#unread.length < CHATTER_LIMIT) this.#unread.push(event);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop();
    for (const reader of this.#waiting.splice(0)) reader({ value: undefined, done: true });
  }
}
