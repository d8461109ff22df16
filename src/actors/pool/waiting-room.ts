/**
 * Tasks that wait for an agent. Those that ask for the same stand in one lane: where the first of it cannot be placed, none of it can. So
 * finding the next one looks at the first of each lane alone, however many wait.
 */
import { inTaskOrder, type TaskTurn } from '../../policy/task-order.ts';

/** A task that waits. */
export interface Waiting {
  /** What it asks for: those with the same word are interchangeable. */
  readonly lane: string;
  readonly turn: TaskTurn;
  /** false: it has left, and is passed over. */
  readonly waits: boolean;
}

/** A heap of tasks, the first in order on top. */
class Lane<Task extends Waiting> {
  readonly #heap: Task[] = [];

  get first(): Task | null {
    while (this.#heap.length > 0 && this.#heap[0]?.waits === false) this.#drop();
    return this.#heap[0] ?? null;
  }

  add(task: Task): void {
    let place = this.#heap.push(task) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isBefore(place, above)) return;
      this.#swap(place, above);
      place = above;
    }
  }

  take(): void {
    this.#drop();
  }

  #drop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let place = 0;
    while (true) {
      const left = place * 2 + 1;
      if (left >= this.#heap.length) return;
      const next = left + 1 < this.#heap.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(next, place)) return;
      this.#swap(place, next);
      place = next;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#heap[a];
    const second = this.#heap[b];
    return first !== undefined && second !== undefined && inTaskOrder(first.turn, second.turn) < 0;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}

/** Tasks that wait, by what they ask for. */
export class WaitingRoom<Task extends Waiting> {
  readonly #lanes = new Map<string, Lane<Task>>();
  #length = 0;

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  join(task: Task): void {
    this.#add(task);
    this.#length += 1;
  }

  #add(task: Task): void {
    let lane = this.#lanes.get(task.lane);
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes.set(task.lane, lane);
    }
    lane.add(task);
  }

  /** A task that waits does so no longer; whoever calls this sees to it that it says so. */
  leave(): void {
    this.#length -= 1;
  }

  /** Whether somebody who asks for the same waits already. */
  isAsked(lane: string): boolean {
    return (this.#lanes.get(lane)?.first ?? null) !== null;
  }

  /**
   * Takes the first task in order that can be placed out of the room; null when there is none. Where `place` says null, nobody who asks for
   * the same is looked at; where it says `aside`, the next one of them is.
   */
  next<Placed>(place: (task: Task) => Placed | 'aside' | null): { readonly task: Task; readonly placed: Placed } | null {
    const lanes: Lane<Task>[] = [];
    for (const [key, lane] of this.#lanes) {
      if (lane.first === null) this.#lanes.delete(key);
      else lanes.push(lane);
    }
    if (lanes.length > 1) lanes.sort(byFirst);
    const aside: Task[] = [];
    let found: { readonly task: Task; readonly placed: Placed } | null = null;
    for (let lane = lanes.shift(); lane !== undefined && found === null; lane = lanes.shift()) {
      const task = lane.first;
      const placed = task === null ? null : place(task);
      if (task === null || placed === null) continue;
      lane.take();
      if (placed === 'aside') {
        aside.push(task);
        putBack(lane, lanes);
      } else found = { task, placed };
    }
    for (const task of aside) this.#add(task);
    if (found !== null) this.#length -= 1;
    return found;
  }
}

const byFirst = (a: Lane<Waiting>, b: Lane<Waiting>): number =>
  a.first === null || b.first === null ? 0 : inTaskOrder(a.first.turn, b.first.turn);

/** Puts a lane among others, in the order of their first tasks. */
function putBack<Task extends Waiting>(lane: Lane<Task>, lanes: Lane<Task>[]): void {
  if (lane.first === null) return;
  const place = lanes.findIndex((other) => byFirst(lane, other) < 0);
  lanes.splice(place < 0 ? lanes.length : place, 0, lane);
}
