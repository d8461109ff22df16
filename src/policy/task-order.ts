/**
 * Whose turn it is when tasks wait for an agent, for room or for resources. Each has a moment at which it is due to have its turn, fixed
 * when it begins to wait; the earliest goes first. So the order of two that wait never changes, and whoever waits long enough is passed
 * by nobody: a new task of the highest priority is at most three steps of ageing ahead of one that waits already.
 */
import { PRIORITIES, type Priority } from '../protocol/coordination.ts';

/** So long, ms, a task waits until it is as pressing as a new one of the next higher priority. */
export const AGEING_MS = 60_000;

/** A task that waits, in view of others. Moments are ms since the epoch. */
export interface TaskTurn {
  readonly priority: Priority;
  readonly since: number;
  /** When it must have begun at the latest to be done in time; null: no matter when. */
  readonly latestStart: number | null;
  /** Counts those who began to wait: among equals, first come, first served. */
  readonly place: number;
}

/**
 * The moment at which a task is due to have its turn, ms: one step of ageing earlier for each level of its priority. One that must begin in
 * time is due so much earlier than that that it goes before whatever came in the meantime.
 */
export function dueTurn({ priority, since, latestStart }: TaskTurn): number {
  const byPriority = since - PRIORITIES.indexOf(priority) * AGEING_MS;
  return latestStart === null ? byPriority : Math.min(byPriority, latestStart - PRIORITIES.length * AGEING_MS);
}

/** Negative when the first goes before the second. */
export function inTaskOrder(a: TaskTurn, b: TaskTurn): number {
  return dueTurn(a) - dueTurn(b) || a.place - b.place;
}

/** Whether a task can still be done in time, beginning at `now`, ms. */
export function canBeInTime({ latestStart }: Pick<TaskTurn, 'latestStart'>, now: number): boolean {
  return latestStart === null || now <= latestStart;
}
