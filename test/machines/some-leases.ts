/** Requests for resources and what the ledger may say to them. */
import fc from 'fast-check';
import type { LeaseInput } from '../../src/machines/resource-lease.ts';
import type { LeaseVerdict, Shortage } from '../../src/policy/lease-decision.ts';

const SHORTAGES: readonly Shortage[] = [
  { kind: 'tokens', account: 'house', needed: 5, free: 1, limit: 9, until: null },
  { kind: 'lock', lock: 'x', mode: 'shared', holders: ['b'], until: null },
  { kind: 'deadline', latestStart: 1, until: 2 },
];

/** What a lease can start from. */
export const leases: fc.Arbitrary<LeaseInput> = fc.record({
  request: fc.record({
    lease: fc.constant('a'),
    owner: fc.constant('r'),
    turn: fc.constant({ priority: 'medium' as const, since: 0, latestStart: null, place: 1 }),
    accounts: fc.constant(['house']),
    amounts: fc.constantFrom({}, { tokens: 5 }, { memoryMb: 1 }),
    rate: fc.constant(0),
    locks: fc.constant([]),
  }),
});

/** Any verdict. */
export const verdicts: fc.Arbitrary<LeaseVerdict> = fc.oneof(
  fc.constant({ verdict: 'grant' as const }),
  fc.constantFrom(...SHORTAGES).map((why) => ({ verdict: 'wait' as const, why, until: why.until })),
  fc.tuple(fc.constantFrom('never' as const, 'die' as const), fc.constantFrom(...SHORTAGES)).map(([verdict, why]) => ({ verdict, why })),
);
