/** What phases and feedback loops begin with. */
import fc from 'fast-check';
import type { FeedbackLoopInput } from '../../src/machines/feedback-loop.ts';
import type { PhaseInput } from '../../src/machines/phase.ts';

export const loops: fc.Arbitrary<FeedbackLoopInput> = fc.record({
  loop: fc.constant('review'),
  to: fc.constant('build'),
  max: fc.nat({ max: 3 }),
  escalates: fc.boolean(),
  rounds: fc.constant(0),
  before: fc.constant(null),
  findings: fc.constantFrom('1', '2'),
});

export const phases: fc.Arbitrary<PhaseInput> = fc.record({
  path: fc.constant('p'),
  onFailure: fc.constantFrom('retry', 'rework', 'continue', 'stop'),
  max: fc.nat({ max: 2 }),
});
