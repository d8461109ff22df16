/**
 * Those who wait for exactly the same, in the order of their turns. While the first of them must wait, so must all: they need not be judged. Here
 * stands who holds nothing, has no deadline and shares its priority with the others, so that order, age and need are all there is to tell of
 * any of them; whoever is not like that has a lane of its own.
 */
import type { LeaseRequest } from '../../policy/lease-decision.ts';
import { hasAged, isOlder } from '../../policy/lease-turn.ts';
import { AMOUNT_KINDS, type AmountKind, added } from '../../policy/resource-amounts.ts';
import { inTaskOrder } from '../../policy/task-order.ts';
import type { LiveLease } from './lease.ts';

/** True when the first has its turn before the second; equals have it as they came. */
export const isBefore = (a: LiveLease, b: LiveLease): boolean => (inTaskOrder(a.request.turn, b.request.turn) || a.joined - b.joined) < 0;

/** A lane. */
export class LeaseLane {
  /** What those who may stand in it have in common. */
  readonly key: string;
  /** From `#from` on; what is before has left. */
  readonly #waiting: LiveLease[] = [];
  #from = 0;

  constructor(key: string) {
    this.key = key;
  }

  get first(): LiveLease | null {
    return this.#waiting[this.#from] ?? null;
  }

  /** Everybody, in order. */
  get all(): readonly LiveLease[] {
    return this.#waiting.slice(this.#from);
  }

  add(live: LiveLease): void {
    this.#waiting.splice(
      this.#end((other) => isBefore(other, live)),
      0,
      live,
    );
  }

  remove(live: LiveLease): void {
    if (live === this.first) {
      this.#from += 1;
      // What has left is let go of once it takes half of the room: so leaving costs the same however many wait.
      if (this.#from * 2 <= this.#waiting.length) return;
      this.#waiting.splice(0, this.#from);
      this.#from = 0;
      return;
    }
    const place = this.#waiting.indexOf(live, this.#from);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  /** What those ask for together who have aged and have their turn before somebody; of them only the older ones where `isHolder`. null: nobody. */
  agedBefore(live: LiveLease, now: number, isHolder: boolean): LeaseRequest | null {
    const { first } = this;
    if (first === null || !hasAged(first.request.turn, now) || !isBefore(first, live)) return null;
    const { turn } = live.request;
    const counts = (other: LiveLease): boolean =>
      hasAged(other.request.turn, now) && isBefore(other, live) && (!isHolder || isOlder(other.request.turn, turn));
    const count = this.#end(counts) - this.#from;
    return count === 0 ? null : times(first.asked, count);
  }

  /** Where those end for whom something holds that holds for the first ones alone. */
  #end(holds: (live: LiveLease) => boolean): number {
    let from = this.#from;
    let to = this.#waiting.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#waiting[middle];
      if (other !== undefined && holds(other)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** The key of the lane in which somebody may wait beside others; null: in none, as one whose grant is tried again at a moment of its own. */
export function sharedLane({ asked, continues, why }: LiveLease): string | null {
  if (continues || asked.turn.latestStart !== null || why?.kind === 'record') return null;
  return JSON.stringify([asked.turn.priority, asked.accounts, asked.amounts, asked.rate, asked.locks]);
}

/** So many of the same, as one request. */
function times(request: LeaseRequest, count: number): LeaseRequest {
  if (count === 1) return request;
  const amounts: { -readonly [Kind in AmountKind]?: number } = {};
  for (const kind of AMOUNT_KINDS) {
    const amount = request.amounts[kind];
    if (amount !== undefined) amounts[kind] = added(amount * count, 0);
  }
  return { ...request, amounts, rate: added(request.rate * count, 0) };
}
