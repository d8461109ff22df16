/** Waits for tasks to leave. */

/** Those who wait until enough tasks have left. */
export class Departures {
  readonly #watchers = new Set<() => void>();

  /** A task has left. */
  left(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Waits until something holds, which is looked at whenever a task has left, but no longer than `pause` does: by default as long as it takes. */
  async until(holds: () => boolean, pause: (signal: AbortSignal) => Promise<void> = untilAborted): Promise<void> {
    if (holds()) return;
    const over = new AbortController();
    const watcher = (): void => {
      if (holds()) over.abort();
    };
    this.#watchers.add(watcher);
    await pause(over.signal);
    this.#watchers.delete(watcher);
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
