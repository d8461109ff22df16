/** Agents, what guards them, and what stops them, as they can begin. */
import fc from 'fast-check';
import type { AgentInput } from '../../src/machines/agent.ts';
import type { CancellationInput } from '../../src/machines/cancellation.ts';
import type { BreakerInput } from '../../src/machines/circuit-breaker.ts';

const grace = fc.constant(1000);

/** What the statechart of an agent can start from. */
export const agents: fc.Arbitrary<AgentInput> = fc.record({
  agent: fc.constant('a'),
  needsStart: fc.boolean(),
  startGraceMs: grace,
  closeGraceMs: grace,
  releaseGraceMs: grace,
  maxMissed: fc.integer({ min: 1, max: 2 }),
  intensity: fc.constantFrom({ restarts: 0, windowMs: 9_000, delayMs: 100 }, { restarts: 1, windowMs: 9_000, delayMs: 100 }),
});

/** What a circuit breaker can start from. */
export const breakers: fc.Arbitrary<BreakerInput> = fc.record({
  guarded: fc.constant('a'),
  settings: fc.constant({ failures: 2, windowMs: 9_000, coolMs: 1_000, successes: 1 }),
  former: fc.constantFrom(null, { state: 'open' as const, failures: [1], openedAt: 1, successes: 0 }),
  now: fc.constant(500),
});

/** What the stopping of an attempt can start from. */
export const cancellations: fc.Arbitrary<CancellationInput> = fc.record({
  task: fc.constant('r/a#1'),
  graceMs: grace,
  forceGraceMs: grace,
  canBeForced: fc.boolean(),
});
