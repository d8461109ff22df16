import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limitsRaised, raisedTo } from '../../../src/policy/raised-limits.ts';
import type { ResourceLimits } from '../../../src/policy/resource-amounts.ts';
import { house, Shelf, steppedTime } from './house.ts';

const limits: fc.Arbitrary<ResourceLimits> = fc.record(
  { memoryMb: fc.nat(3), tokens: fc.nat(3), tokensPerMinute: fc.nat(3) },
  { requiredKeys: [] },
);
const tokens = (said: ResourceLimits) => ({ accounts: [{ name: 'runtime', limits: said }], amounts: { tokens: 60 } });

describe('a limit that somebody has changed', () => {
  test('holds while the same is said as when it was changed, and is over once something else is', () => {
    fc.assert(
      fc.property(limits, limits, limits, (said, to, later) => {
        const { limits: now, raised } = limitsRaised(said, raisedTo({}, said, to));
        expect(now).toEqual({ ...said, ...to });
        const after = limitsRaised(later, raised);
        for (const kind of ['memoryMb', 'tokens', 'tokensPerMinute'] as const) {
          const holds = to[kind] !== undefined && later[kind] === said[kind];
          expect(after.limits[kind]).toBe(holds ? to[kind] : later[kind]);
          expect(after.raised[kind] !== undefined).toBe(holds);
        }
      }),
    );
  });

  test('lets those go on who wait, and is not taken back by whoever asks next', () => {
    const { ask, ledger, heard } = house();
    ask('a', tokens({ tokens: 100 }));
    ask('b', tokens({ tokens: 100 }));
    ledger.limit('runtime', { tokens: 150 });
    expect([heard, ledger.limits('runtime')]).toEqual([['b: held'], { tokens: 150 }]);
    expect(ask('c', tokens({ tokens: 100 })).state()).toBe('waiting');
    expect(ask('d', tokens({ tokens: 90 })).refusal()).toBe(null);
    expect(ledger.limits('runtime')).toEqual({ tokens: 90 });
  });

  test('is on record when it is changed, and holds in the next process, also where nobody was at work', () => {
    const shelf = new Shelf();
    const first = house(shelf);
    first.ask('a', tokens({ tokens: 50 }));
    first.ask('b', tokens({ tokens: 100 })).settle();
    first.ledger.close();
    house(shelf).ledger.limit('runtime', { tokens: 200 });
    const next = house(shelf);
    expect(next.ask('c', tokens({ tokens: 100 })).state()).toBe('held');
    expect(next.ledger.limits('runtime')).toEqual({ tokens: 200 });
    const other = house(shelf);
    expect(other.ask('d', tokens({ tokens: 110 })).refusal()).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  });
});

describe('an account that is over', () => {
  const call = (memoryMb: number) => ({
    accounts: [{ name: 'runtime' }, { name: 'run/r1', limits: { memoryMb: 100 } }],
    amounts: { memoryMb },
  });

  test('counts what is still held of it where it is opened again, and is forgotten with the last of that', () => {
    const { ask, ledger, account } = house(new Shelf(), steppedTime());
    const left = ask('a', call(60));
    ledger.forget('run/r1');
    expect(account('run/r1')?.reserved).toEqual({ memoryMb: 60 });
    const again = ask('b', call(60));
    expect(again.state()).toBe('waiting');
    left.settle();
    expect([again.state(), account('run/r1')?.reserved]).toEqual(['held', { memoryMb: 60 }]);
    ledger.forget('run/r1');
    again.settle();
    expect([account('run/r1'), account('runtime')?.reserved]).toEqual([undefined, { memoryMb: 0 }]);
  });
});
