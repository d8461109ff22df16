/**
 * Those who had to give way: steps whose attempts were refused something because they had something else (RESOURCE_CONFLICT).
 *
 * The next attempt of such a step keeps the age of the first one, so that it is among the oldest sooner or later. And it asks before it begins
 * for all that the former ones lacked, when it has nothing yet and may wait for everything: so each attempt that has to give way teaches
 * the next one something, and an agent that asks for n things gives way n times at most.
 */
import type { TaskTurn } from '../../policy/task-order.ts';
import type { LeaseWish } from '../../protocol/agent.ts';
import type { Task } from '../../protocol/task.ts';

/** Whoever has not come again for so long, ms, is new when it comes. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1000;

/** What is remembered of a step. */
export interface FormerAsking {
  /** That of its first attempt. */
  readonly turn: TaskTurn;
  /** What its attempts lacked. */
  readonly wishes: readonly LeaseWish[];
}

const NOTHING: readonly LeaseWish[] = [];

const stepOf = ({ run, step }: Task): string => `${run}/${step}`;

/** Remembers them, as long as the process lives. */
export class GaveWay {
  /** By step, the one that gave way longest ago first. `at`: ms since the epoch. */
  readonly #steps = new Map<string, FormerAsking & { readonly at: number }>();

  /** An attempt with this turn was refused what it wished for, at `now`, ms since the epoch. */
  note(task: Task, turn: TaskTurn, wish: LeaseWish, now: number): void {
    const step = stepOf(task);
    const before = this.#steps.get(step);
    this.#steps.delete(step);
    this.#steps.set(step, { turn: before?.turn ?? turn, wishes: [...(before?.wishes ?? NOTHING), wish], at: now });
    for (const [oldest, { at }] of this.#steps) {
      if (now - at < FORGOTTEN_MS) return;
      this.#steps.delete(oldest);
    }
  }

  /** What is remembered of the step of a task; null: it has not given way. */
  of(task: Task): FormerAsking | null {
    return this.#steps.size === 0 ? null : (this.#steps.get(stepOf(task)) ?? null);
  }

  /** All that its attempts lacked is more than there is at once: it has its age, and asks for one thing after the other as before. */
  forgetWishes(task: Task): void {
    const before = this.#steps.get(stepOf(task));
    if (before !== undefined) this.#steps.set(stepOf(task), { ...before, wishes: NOTHING });
  }

  /** It has what it wanted, or is wanted no longer. */
  forget(task: Task): void {
    if (this.#steps.size > 0) this.#steps.delete(stepOf(task));
  }
}
