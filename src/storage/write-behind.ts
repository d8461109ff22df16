/**
 * Work that may be late and may be lost: documents that can be derived from the journal.
 *
 * Writing a small document costs about as much as half a synced append. Two thousand runs that end within a second
 * must not slow the appends beside them by that, so writes wait a little, the newest under a key replaces the one
 * waiting, and they are done a few at a time with pauses between. What waits is bounded by the number of keys. Nothing
 * here keeps the process alive, and a failure is forgotten: the document is derived again.
 */
const FIRST_DELAY_MS = 250;
const PAUSE_MS = 25;
/** About 1 ms of work at a time: 4 % of the event loop while there is a backlog. */
const AT_A_TIME = 16;

export class WriteBehind {
  private readonly waiting = new Map<string, () => Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> = Promise.resolve();

  /** Does some work later, in place of what waits under the same key. */
  put(key: string, work: () => Promise<void>): void {
    this.waiting.set(key, work);
    this.arm(FIRST_DELAY_MS);
  }

  /** Does everything that waits, now. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.work(this.waiting.size);
  }

  private arm(delay: number): void {
    if (this.timer !== null || this.waiting.size === 0) return;
    this.timer = setTimeout(() => {
      void this.work(AT_A_TIME).then(() => {
        this.timer = null;
        this.arm(PAUSE_MS);
      });
    }, delay);
    this.timer.unref();
  }

  private work(count: number): Promise<void> {
    this.working = this.working.then(() => this.doSome(count));
    return this.working;
  }

  private async doSome(count: number): Promise<void> {
    let left = count;
    for (const [key, work] of this.waiting) {
      if (left === 0) return;
      left -= 1;
      this.waiting.delete(key);
      await work().catch(() => {});
    }
  }
}
