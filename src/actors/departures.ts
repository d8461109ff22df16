/** Waits for tasks to leave. */

/** Those who wait until enough tasks have left. */
export class Departures {
  readonly #watchers = new Set<() => void>();

  /** A task has left. */
  left(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Waits until something holds, which is looked at whenever a task has left, but no longer than `pause` does. */
  async until(holds: () => boolean, pause: (signal: AbortSignal) => Promise<void>): Promise<void> {
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
