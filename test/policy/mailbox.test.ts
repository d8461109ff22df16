import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inDeliveryOrder } from '../../src/policy/mailbox.ts';
import { type CoordinationMessage, PRIORITIES, type Priority } from '../../src/protocol/coordination.ts';

const message = (n: number, from: string, priority: Priority): CoordinationMessage => ({
  id: `${from}#1:${n}`,
  kind: 'notify',
  from,
  to: 'receiver',
  priority,
  body: n,
  inReplyTo: null,
  deadlineMs: null,
});
const messages = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...PRIORITIES)), { maxLength: 12 })
  .map((all) => all.map(([from, priority], n) => message(n, from, priority)));
const ordered = (all: readonly CoordinationMessage[]) => inDeliveryOrder(all, (each) => each);
const given = (...all: readonly (readonly [string, Priority])[]) =>
  ordered(all.map(([from, priority], n) => message(n, from, priority))).map(({ body }) => body);

/** Asks, for each turn anew, which sender has the most pressing thing left to say; of several the one whose next message came first. */
function byTurns(all: readonly CoordinationMessage[]): CoordinationMessage[] {
  const rest = [...all];
  const order: CoordinationMessage[] = [];
  while (rest.length > 0) {
    const most = (from: string) =>
      Math.max(...rest.filter((each) => each.from === from).map(({ priority }) => PRIORITIES.indexOf(priority)));
    const top = Math.max(...rest.map(({ from }) => most(from)));
    const next = rest.findIndex(({ from }) => most(from) === top);
    order.push(...rest.splice(next, 1));
  }
  return order;
}

describe('a mailbox', () => {
  it('gives the more pressing first, among equals what came first', () => {
    expect(given(['a', 'low'], ['b', 'critical'], ['c', 'high'], ['d', 'critical'])).toEqual([1, 3, 2, 0]);
  });

  it('never lets a sender overtake itself: what is pressing lifts what was said before', () => {
    expect(given(['b', 'medium'], ['a', 'low'], ['a', 'critical'], ['a', 'low'])).toEqual([1, 2, 0, 3]);
  });

  it('gives everything once, each sender’s in the order in which it was said', () => {
    fc.assert(
      fc.property(messages, (all) => {
        expect(ordered(all).toSorted((a, b) => Number(a.body) - Number(b.body))).toEqual(all);
        for (const sender of ['a', 'b', 'c']) {
          expect(ordered(all).filter(({ from }) => from === sender)).toEqual(all.filter(({ from }) => from === sender));
        }
      }),
    );
  });

  it('gives nothing pressing after something less pressing of somebody who has nothing pressing to say', () => {
    fc.assert(
      fc.property(messages, (all) => {
        expect(ordered(all)).toEqual(byTurns(all));
      }),
    );
  });
});
