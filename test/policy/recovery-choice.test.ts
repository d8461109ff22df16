import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RECOVERY_USES, type RecoveryStrategy } from '../../src/definition/recovery-settings.ts';
import { FAILURE_KINDS, SEVERITIES } from '../../src/policy/failure-kinds.ts';
import { chooseRecovery, obstacleTo, pauseMs, type RecoverySituation } from '../../src/policy/recovery-choice.ts';
import { learnedSuccess, RECOVERY_COSTS, RECOVERY_WEIGHTS, recoveryScore, timeWithPause } from '../../src/policy/recovery-score.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const outlooks = fc.record({ success: share, time: share, resources: share, impact: share });

const shaped = (use: RecoveryStrategy['use'], budget: number): RecoveryStrategy =>
  use === 'retry_agent'
    ? { use, budget, delayMs: 1000, factor: 2 }
    : use === 'substitute_agent'
      ? { use, budget, personas: ['senior'] }
      : { use, budget };
const strategies = fc.array(
  fc.tuple(fc.constantFrom(...RECOVERY_USES), fc.integer({ min: 1, max: 3 })).map(([use, budget]) => shaped(use, budget)),
  {
    maxLength: 8,
  },
);
const failures = fc.record({ kind: fc.constantFrom(...FAILURE_KINDS), severity: fc.constantFrom(...SEVERITIES), retryable: fc.boolean() });
const situations: fc.Arbitrary<RecoverySituation> = fc.record({
  strategies,
  failure: failures,
  used: fc.array(fc.nat({ max: 3 }), { minLength: 8, maxLength: 8 }),
  subject: fc.record({ isTask: fc.boolean(), mayBeginAnew: fc.boolean(), mayFallBack: fc.boolean(), mayRestart: fc.boolean() }),
  learned: fc.dictionary(
    fc.constantFrom(...RECOVERY_USES),
    fc.nat({ max: 9 }).chain((tried) => fc.nat({ max: tried }).map((helped) => ({ tried, helped }))),
  ),
});

const PLAIN: RecoverySituation = {
  strategies: [],
  failure: { kind: 'agent.error', severity: 'high', retryable: true },
  used: [],
  subject: { isTask: true, mayBeginAnew: true, mayFallBack: true, mayRestart: true },
  learned: {},
};
const order = (situation: RecoverySituation): string[] => {
  const used = situation.strategies.map(() => 0);
  const chosen: string[] = [];
  for (let next = chooseRecovery({ ...situation, used }); next !== null; next = chooseRecovery({ ...situation, used })) {
    chosen.push(situation.strategies[next.place]?.use ?? '?');
    used[next.place] = (used[next.place] ?? 0) + 1;
  }
  return chosen;
};

describe('the score of a way of recovering', () => {
  test('is bounded, grows with success, and falls with time, resources and impact', () => {
    fc.assert(
      fc.property(outlooks, share, (outlook, other) => {
        const score = recoveryScore(outlook);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        const with_ = (name: keyof typeof outlook) => recoveryScore({ ...outlook, [name]: other });
        if (other >= outlook.success) expect(with_('success')).toBeGreaterThanOrEqual(score);
        for (const cost of ['time', 'resources', 'impact'] as const) {
          if (other >= outlook[cost]) expect(with_(cost)).toBeLessThanOrEqual(score);
        }
      }),
    );
  });

  test('has weights that are one together, and costs for every way', () => {
    expect(Object.values<number>(RECOVERY_WEIGHTS).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
    expect(Object.keys(RECOVERY_COSTS).sort()).toEqual([...RECOVERY_USES].sort());
  });

  test('knows nothing at first, learns from what helped, and is never certain', () => {
    expect(learnedSuccess(0, 0)).toBe(0.5);
    expect(learnedSuccess(3, 3)).toBe(0.8);
    expect(learnedSuccess(3, 0)).toBe(0.2);
    expect(timeWithPause(0.3, 0)).toBe(0.3);
    expect(timeWithPause(0.3, 600_000)).toBeCloseTo(0.65);
  });
});

describe('the choice of a way of recovering', () => {
  test('is one that applies with the best score, the first of equals', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const chosen = chooseRecovery(situation);
        const applying = situation.strategies.map(
          (strategy, place) => obstacleTo(strategy, situation.used[place] ?? 0, situation) === null,
        );
        expect(chosen === null).toBe(!applying.includes(true));
        if (chosen === null) return;
        expect(applying[chosen.place]).toBe(true);
        expect(chooseRecovery({ ...situation, strategies: situation.strategies.slice(0, chosen.place + 1) })).toEqual(chosen);
      }),
    );
  });

  test('tries each way at most as often as its budget', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        expect(order(situation).length).toBeLessThanOrEqual(situation.strategies.reduce((sum, { budget }) => sum + budget, 0));
      }),
    );
  });

  test('with nothing learned climbs from the same agent to doing without, whatever the order of the list', () => {
    const all = ['partial', 'escalate', 'restart', 'fall_back_sequential', 'substitute_agent', 'retry_agent'] as const;
    expect(order({ ...PLAIN, strategies: all.map((use) => shaped(use, 1)) })).toEqual([
      'retry_agent',
      'substitute_agent',
      'fall_back_sequential',
      'restart',
      'escalate',
      'partial',
    ]);
  });

  test('prefers what has helped before in this run', () => {
    const situation = { ...PLAIN, strategies: [shaped('retry_agent', 1), shaped('substitute_agent', 1)] };
    expect(chooseRecovery(situation)?.place).toBe(0);
    const learned = { retry_agent: { tried: 4, helped: 0 }, substitute_agent: { tried: 4, helped: 4 } };
    expect(chooseRecovery({ ...situation, learned })?.place).toBe(1);
  });

  test.each([
    ['retry_agent', { retryable: false }, {}],
    ['substitute_agent', { kind: 'policy.violation' }, {}],
    ['substitute_agent', { kind: 'validation.failure', retryable: false }, {}],
    ['substitute_agent', {}, { isTask: false }],
    ['retry_agent', {}, { mayBeginAnew: false }],
    ['escalate', {}, { mayBeginAnew: false }],
    ['fall_back_sequential', {}, { mayFallBack: false }],
    ['restart', {}, { mayRestart: false }],
    ['partial', { severity: 'critical' }, {}],
  ] as const)('does not try %s after %j on %j', (use, failure, subject) => {
    const situation = {
      ...PLAIN,
      strategies: [shaped(use, 1)],
      failure: { ...PLAIN.failure, ...failure },
      subject: { ...PLAIN.subject, ...subject },
    };
    expect(chooseRecovery(situation)).toBeNull();
    expect(chooseRecovery({ ...PLAIN, strategies: [shaped(use, 1)] })).not.toBeNull();
  });

  test('pauses longer each time before the same agent is asked again, up to a minute', () => {
    const retry = shaped('retry_agent', 9);
    expect([0, 1, 2, 10].map((used) => pauseMs(retry, used))).toEqual([1000, 2000, 4000, 60_000]);
    expect(pauseMs(shaped('escalate', 1), 3)).toBe(0);
  });
});
