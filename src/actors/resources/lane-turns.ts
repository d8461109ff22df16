/** Lanes in the order of the turns of those who are first in them. */
import { MinHeap } from '../../planning/min-heap.ts';
import { isBefore, type LeaseLane } from './lease-lane.ts';

/** Gives every lane its turn. */
export class LaneTurns {
  readonly #heap = new MinHeap<LeaseLane>((a, b) => a.first !== null && b.first !== null && isBefore(a.first, b.first));

  constructor(lanes: readonly LeaseLane[]) {
    for (const lane of lanes) this.again(lane);
  }

  /** The lane whose first one is next; null: all have had their turn. It does not come again by itself. */
  next(): LeaseLane | null {
    return this.#heap.pop() ?? null;
  }

  /** A lane whose first one has left has another turn when the one after it is due. */
  again(lane: LeaseLane): void {
    if (lane.first !== null) this.#heap.push(lane);
  }
}
