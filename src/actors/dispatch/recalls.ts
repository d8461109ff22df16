/**
 * Work that was begun elsewhere by an earlier process, and that nobody begins again here because it is not wanted any more: whoever may have
 * it is told to end it. Everybody who plays its part is told, since nobody knows any more who was given it; for the others it is a key that
 * was never begun.
 */
import type { Task } from '../../protocol/task.ts';
import type { Crew } from '../crews/crew.ts';

/** So long, ms of real time, those who are to be told are waited for when the house closes. */
const PATIENCE_MS = 5_000;

/** Those who are being told. */
export class Recalls {
  readonly #crew: Pick<Crew, 'candidates'>;
  readonly #pending = new Set<Promise<void>>();

  constructor(crew: Pick<Crew, 'candidates'>) {
    this.#crew = crew;
  }

  /** Tells them. Workers who cannot be told cannot be helped: that is no failure of anything here. */
  tell(task: Task, reason: string): void {
    for (const agent of this.#crew.candidates(task)) {
      if (agent.recall === undefined) continue;
      const told = (async () => agent.recall?.(task, reason))()
        .catch(() => {})
        .finally(() => this.#pending.delete(told));
      this.#pending.add(told);
    }
  }

  /** Resolves when everybody has been told, or nobody is waited for any more. */
  async settled(): Promise<void> {
    if (this.#pending.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([Promise.all(this.#pending), patience]);
    clearTimeout(timer);
  }
}
