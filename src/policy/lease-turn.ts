/** Who of those that wait for resources may not be passed any more, and who of two is older. */
import { PRIORITIES } from '../protocol/coordination.ts';
import { AGEING_MS, dueTurn, type TaskTurn } from './task-order.ts';

/**
 * True once a request has aged past everything that may still come: nobody who begins to wait at `now`, ms, of whatever priority or with
 * whatever deadline, has its turn before it. At the latest that is four steps of ageing after it was first asked for.
 */
export function hasAged(turn: TaskTurn, now: number): boolean {
  return now - dueTurn(turn) >= PRIORITIES.length * AGEING_MS;
}

/** True when the first was asked for before the second. Nobody's age changes when it asks again. */
export function isOlder(a: TaskTurn, b: TaskTurn): boolean {
  return a.since - b.since < 0 || (a.since === b.since && a.place < b.place);
}
