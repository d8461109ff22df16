/**
 * In which order a receiver is given its messages: the more pressing first, but never one of a sender before an earlier one of the same
 * sender. A pressing message therefore lifts what its sender has said before it (priority inheritance: Sha, Rajkumar and Lehoczky, 1990);
 * among equals, first come, first served.
 */
import { type CoordinationMessage, PRIORITIES } from '../protocol/coordination.ts';

/** What decides about a message's turn. */
type Letter = Pick<CoordinationMessage, 'from' | 'priority'>;

/** Anything that carries messages, given in the order in which they came, in the order in which they are to be given. */
export function inDeliveryOrder<Carrier>(carriers: readonly Carrier[], letterOf: (carrier: Carrier) => Letter): Carrier[] {
  const lifted = new Map<string, number>();
  const ranked = carriers.toReversed().map((carrier) => {
    const { from, priority } = letterOf(carrier);
    const rank = Math.max(PRIORITIES.indexOf(priority), lifted.get(from) ?? 0);
    lifted.set(from, rank);
    return { carrier, rank };
  });
  // Sorting keeps the order of equals; of one sender no later message ranks above an earlier one.
  return ranked
    .reverse()
    .sort((a, b) => b.rank - a.rank)
    .map(({ carrier }) => carrier);
}
